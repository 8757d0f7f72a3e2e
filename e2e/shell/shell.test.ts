import { describe, expect, it } from 'vitest';
import { shellProgram } from '../../src/shell/program.ts';
import { World } from '../../src/shell/test-world.ts';
import { utilityPrograms } from '../../src/shell/utilities.ts';
import { BUSYBOX, GNU } from '../../src/tools/coreutils/index.ts';
import { RARE_TOOLS } from '../../src/userland/rare-tools.ts';
import { withoutNumbers } from './real.ts';
import { type Answer, keyOf, readAnswers, readTable, type TableCommand } from './table.ts';

const table = readTable();
const answers = readAnswers();
const bash = shellProgram('bash');
const PROGRAMS = {
  bash: { ...GNU, awk: RARE_TOOLS.awk('gnu'), ...utilityPrograms('bash'), bash, sh: shellProgram('dash') },
  busybox: { ...BUSYBOX, awk: RARE_TOOLS.awk('busybox'), ...utilityPrograms('ash'), sh: shellProgram('ash') },
};

function run({ kind, command }: TableCommand): Answer {
  const files = Object.fromEntries(Object.entries(table.files).map(([path, text]) => [`/data/${path}`, text]));
  const world = new World(PROGRAMS[kind], files);
  const { out, error, code } = world.run([kind === 'bash' ? 'bash' : 'sh', '-c', command], {
    env: { LC_ALL: 'C', TZ: 'UTC' },
  });
  return { out, error: withoutNumbers(error), code: code ?? -1 };
}

describe.each(['bash', 'busybox'] as const)('%s', (kind) => {
  it.each(table.commands.filter((each) => each.kind === kind).map((each) => [each.command, each] as const))(
    '%s',
    (_, each) => {
      expect(run(each)).toEqual(answers[keyOf(each)]);
    },
  );
});
