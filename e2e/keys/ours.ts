import { openTerminal } from '#machine/open-terminal.ts';
import { shellProgram } from '../../src/shell/program.ts';
import { World } from '../../src/shell/test-world.ts';
import { GNU } from '../../src/tools/coreutils/index.ts';
import { PROGRAMS } from './real.ts';
import { openScreen, type Screen } from './screen.ts';
import { type KeyTable, keysOf } from './table.ts';

/** Milliseconds between two keys. */
const PACE = 150;

/** Types keys into our bash on our terminal. */
export async function typeOurs(table: KeyTable, keys: string): Promise<Screen> {
  const { columns, rows, files, history } = table;
  const own = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/data/${path}`, text]));
  const tools = Object.fromEntries(PROGRAMS.flatMap((name) => (GNU[name] ? [[name, GNU[name]]] : [])));
  const world = new World({ ...tools, bash: shellProgram('bash') }, { ...own, '/root/history': history.join('\n') });
  const screen = openScreen(columns, rows);
  const { terminal } = openTerminal(
    { columns, rows },
    (text, from) => {
      screen.write(text);
      from.shown(text.length);
    },
    (streams) =>
      world.start(['bash', '-i'], {
        streams,
        env: { HOME: '/data', PS1: '$ ', TERM: 'xterm-256color', HISTFILE: '/root/history' },
      }).process,
  );
  world.kernel.runFor(PACE);
  for (const key of keysOf(keys)) {
    terminal.input(key);
    world.kernel.runFor(PACE);
  }
  world.kernel.runFor(500);
  const seen = await screen.look();
  return { ...seen, rows: seen.rows.map((row) => row.replace(/^\[(\d+)\] \d+$/, '[$1] PID')) };
}
