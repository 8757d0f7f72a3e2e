import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { FsError, readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import type { Flavor } from './flavor.ts';
import { interpreter } from './interpreter.ts';
import type { Completers } from './line-editor/completer.ts';
import { readCommands } from './read-commands.ts';
import { Shell } from './shell.ts';
import { restoreDefault } from './signals.ts';
import { endStopped } from './stopped-jobs.ts';
import { toEnd } from './subshell.ts';

const LETTERS: Readonly<Record<string, string>> = {
  a: 'allexport',
  e: 'errexit',
  f: 'noglob',
  u: 'nounset',
  x: 'xtrace',
  C: 'noclobber',
};

interface CommandLine {
  readonly command?: string;
  readonly isInteractive: boolean;
  readonly isLogin: boolean;
  readonly readsInput: boolean;
  readonly options: readonly string[];
  readonly operands: readonly string[];
  /** What is not known. */
  readonly unknown?: string;
}

function readCommandLine(argv: readonly string[]): CommandLine {
  const options: string[] = [];
  let isCommand = false;
  let isInteractive = false;
  let isLogin = argv[0]?.startsWith('-') ?? false;
  let readsInput = false;
  let index = 1;
  const rest = () => ({ isInteractive, isLogin, readsInput, options, operands: argv.slice(index) });
  for (; /^[-+]./.test(argv[index] ?? ''); index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (word === '--login') isLogin = true;
    else if (word === '--norc' || word === '--noprofile' || word === '--posix') continue;
    else if (word.startsWith('--')) return { ...rest(), unknown: word };
    else
      for (const letter of word.slice(1)) {
        const option = LETTERS[letter];
        if (letter === 'c') isCommand = true;
        else if (letter === 'i') isInteractive = true;
        else if (letter === 'l') isLogin = true;
        else if (letter === 's') readsInput = true;
        else if (letter === 'o') {
          index += 1;
          options.push(argv[index] ?? '');
        } else if (option !== undefined) options.push(option);
        else return { ...rest(), unknown: `-${letter}` };
      }
  }
  const [command, ...operands] = argv.slice(index);
  if (!isCommand) return rest();
  return { ...rest(), operands, command: command ?? '' };
}

/** A shell: `sh` and `bash`, with a command line, a script, or what comes on standard input. */
export function shellProgram(flavor: Flavor, completers: Completers = {}): Program {
  return function* (process: ProcessContext): Routine<number> {
    const line = readCommandLine(process.argv);
    const shell = new Shell(flavor, interpreter, process);
    shell.completers = completers;
    if (line.unknown !== undefined) {
      shell.error(`${shell.name}: ${line.unknown} is not simulated here\n`);
      return 2;
    }
    begin(shell, line);
    const status = yield* toEnd(shell, () => run(shell, line));
    endStopped(shell);
    return status;
  };
}

function begin(shell: Shell, { options, operands, command, isInteractive, isLogin, readsInput }: CommandLine): void {
  for (const [name, value] of Object.entries(shell.process.env))
    shell.variables.update(name, { value, isExported: true });
  const { terminal } = shell.process.streams;
  const readsTerminal = terminal.in !== undefined && terminal.error !== undefined;
  const hasScript = command !== undefined || (operands.length > 0 && !readsInput);
  shell.isInteractive = isInteractive || (readsTerminal && !hasScript);
  shell.isTyped = shell.isInteractive;
  shell.isLogin = isLogin;
  for (const option of options) shell.options.add(option);
  if (command !== undefined) shell.options.add('command');
  if (shell.isInteractive) shell.options.add('interactive');
  setVariables(shell);
  restoreDefault(shell, 'INT');
  if (shell.isInteractive) {
    restoreDefault(shell, 'TERM');
    restoreDefault(shell, 'QUIT');
    restoreDefault(shell, 'TSTP');
  }
}

function setVariables(shell: Shell): void {
  const { variables, files, flavor } = shell;
  const setUnlessThere = (name: string, value: string) => {
    if (variables.get(name) === undefined) variables.update(name, { value });
  };
  variables.update('IFS', { value: ' \t\n' });
  variables.update('OPTIND', { value: '1' });
  variables.update('PS4', { value: '+ ' });
  const known = variables.get('PWD');
  const isRight = known?.startsWith('/') && files.exists(known) && files.realpath(known) === files.workingDirectory;
  variables.update('PWD', { value: isRight && known ? known : files.workingDirectory, isExported: true });
  if (flavor !== 'dash') {
    const level = Number(variables.get('SHLVL') ?? 0);
    variables.update('SHLVL', { value: String(level + 1), isExported: true });
  }
  if (flavor === 'bash') {
    setUnlessThere('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
    variables.update('BASH_VERSION', { value: '5.2.37(1)-release' });
    variables.update('BASH', { value: '/bin/bash' });
    variables.update('OSTYPE', { value: 'linux-gnu' });
    variables.update('HOSTTYPE', { value: 'x86_64' });
    variables.update('_', { value: shell.name });
    shell.options.add('braceexpand').add('hashall');
  } else setUnlessThere('PATH', '/sbin:/usr/sbin:/bin:/usr/bin');
}

function* run(shell: Shell, { command, operands, isLogin, readsInput }: CommandLine): Routine<number> {
  yield* readStartupFiles(shell, isLogin);
  if (command !== undefined) {
    const [name, ...args] = operands;
    if (name !== undefined) {
      shell.name = name;
      shell.source = name;
    }
    shell.positional = args;
    return yield* shell.interpreter.runScript(shell, readScript(command), true);
  }
  const [path, ...args] = operands;
  if (path === undefined || readsInput) {
    shell.positional = operands;
    shell.isScript = !shell.isInteractive;
    return yield* readCommands(shell);
  }
  return yield* runFile(shell, path, args);
}

function* runFile(shell: Shell, path: string, args: readonly string[]): Routine<number> {
  let text: string;
  try {
    if (shell.files.stat(path).kind === 'directory') throw new FsError('EISDIR', path);
    text = shell.files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return refuseFile(shell, path, error);
  }
  shell.name = path;
  shell.source = path;
  shell.positional = args;
  shell.isScript = true;
  return yield* shell.interpreter.runScript(shell, readScript(text));
}

/** @returns 126 or 127 */
function refuseFile(shell: Shell, path: string, { code, message }: FsError): number {
  if (shell.flavor === 'bash') {
    const why = code === 'EISDIR' ? 'Is a directory' : message;
    shell.error(`${shell.name}: ${path}: ${why}\n`);
    return code === 'ENOENT' ? 127 : 126;
  }
  const name =
    shell.flavor === 'ash'
      ? `${shell.name}: can't open '${path}': ${message}`
      : `${shell.name}: 0: cannot open ${path}: No such file`;
  shell.error(`${name}\n`);
  return 2;
}

function* readStartupFiles(shell: Shell, isLogin: boolean): Routine<void> {
  const home = shell.variables.get('HOME') ?? '';
  const profiles = shell.flavor === 'bash' ? ['.bash_profile', '.bash_login', '.profile'] : ['.profile'];
  const own = profiles.map((name) => `${home}/${name}`).find((path) => shell.files.exists(path));
  const paths = isLogin ? ['/etc/profile', ...(own === undefined ? [] : [own])] : [];
  if (shell.isInteractive && !isLogin && shell.flavor === 'bash') paths.push('/etc/bash.bashrc', `${home}/.bashrc`);
  for (const path of paths) {
    const text = readTextIfThere(shell.files, path);
    if (text !== undefined) yield* shell.interpreter.runScript(shell, readScript(text));
  }
}
