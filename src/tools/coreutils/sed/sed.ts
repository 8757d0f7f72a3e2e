import type { Routine } from '#kernel/coroutine.ts';
import type { Invocation, Tool } from '../tool.ts';
import { Editor } from './editor.ts';
import { type Command, readSedScript, ScriptError } from './script.ts';

export const sed: Tool = {
  options: {
    flags: 'nErsuz',
    values: 'ef',
    long: {
      quiet: 'n',
      silent: 'n',
      'regexp-extended': 'E',
      'in-place': 'i',
      'in-place=': 'i',
      'expression=': 'e',
      'file=': 'f',
      unbuffered: 'u',
      separate: 's',
    },
    operand: /^-i/,
  },
  *run(invocation) {
    const { complain, has, process } = invocation;
    if (has('z') || has('s')) {
      complain(`-${has('z') ? 'z' : 's'} is not simulated here`);
      return 2;
    }
    const scripts = invocation.given.flatMap(([option, value = '']) =>
      option === 'e' ? [value] : option === 'f' ? [process.files.readText(value).replace(/\n$/, '')] : [],
    );
    // -i has its value, if any, in the same word.
    const inPlace = invocation.operands.find((word) => /^-i/.test(word));
    const words = invocation.operands.filter((word) => word !== inPlace);
    const [script, ...paths] = scripts.length > 0 ? [scripts.join('\n'), ...words] : words;
    if (script === undefined) {
      process.streams.error('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
      return 1;
    }
    let commands: readonly Command[];
    try {
      commands = readSedScript(script, has('E') || has('r'));
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      complain(error.message);
      return 1;
    }
    if (inPlace !== undefined || has('i')) {
      return yield* editFiles(invocation, commands, paths, invocation.value('i') ?? inPlace?.slice(2) ?? '');
    }
    const editor = new Editor(invocation, commands, invocation.out);
    return yield* editor.run(paths.length === 0 ? ['-'] : paths);
  },
};

/** Each file by itself; with a suffix it stays as it was beside. */
function* editFiles(
  invocation: Invocation,
  commands: readonly Command[],
  paths: readonly string[],
  suffix: string,
): Routine<number> {
  const { files } = invocation.process;
  let status = 0;
  for (const path of paths) {
    let text = '';
    const editor = new Editor(invocation, commands, (more) => {
      text += more;
    });
    const result = yield* editor.run([path]);
    status = Math.max(status, result);
    if (!files.exists(path)) continue;
    if (suffix !== '') files.writeFile(`${path}${suffix}`, files.readFile(path));
    // As the real one: a new file takes the place of the old.
    const { mode, uid, gid } = files.stat(path);
    const temporary = `${path}.sed`;
    files.writeText(temporary, text, { mode });
    files.chmod(temporary, mode);
    if (files.credentials.uid === 0) files.chown(temporary, uid, gid);
    files.rename(temporary, path);
  }
  return status;
}
