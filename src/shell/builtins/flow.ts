import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import { LoopExit, Return, ShellExit, SyntaxFailure } from '../control.ts';
import type { Shell } from '../shell.ts';
import { staysForStopped } from '../stopped-jobs.ts';
import { complainOfSyntax } from '../syntax-error.ts';
import { type Builtin, immediate } from './builtin.ts';

const loopExit = (isContinue: boolean): Builtin =>
  immediate((shell, [name = '', count]) => {
    if (shell.loops === 0) {
      if (shell.flavor === 'bash') shell.complain("only meaningful in a `for', `while', or `until' loop", name);
      return 0;
    }
    const levels = Number(count ?? 1);
    if (!Number.isInteger(levels)) {
      shell.complain(
        shell.flavor === 'bash' ? `${count}: numeric argument required` : `Illegal number: ${count}`,
        name,
      );
      throw new ShellExit(shell.flavor === 'bash' ? 128 : 2);
    }
    if (levels <= 0) {
      shell.complain(shell.flavor === 'bash' ? `${count}: loop count out of range` : `Illegal number: ${count}`, name);
      if (shell.flavor !== 'bash') throw new ShellExit(2);
      throw new LoopExit(false, shell.loops);
    }
    throw new LoopExit(isContinue, levels);
  });

/** The number that `exit` and `return` are given. */
function statusOf(shell: Shell, name: string, text: string | undefined): number {
  if (text === undefined) return shell.status;
  if (/^[-+]?\d+$/.test(text)) return Number(text) & 0xff;
  shell.complain(shell.flavor === 'bash' ? `${text}: numeric argument required` : `Illegal number: ${text}`, name);
  return 2;
}

const exit = immediate((shell, [name = '', text, more]) => {
  if (more !== undefined && shell.flavor === 'bash' && /^[-+]?\d+$/.test(text ?? '')) {
    shell.complain('too many arguments', name);
    return 1;
  }
  if (shell.isInteractive && shell.flavor === 'bash') {
    shell.error(shell.isLogin ? 'logout\n' : 'exit\n');
    if (staysForStopped(shell)) return 1;
  }
  throw new ShellExit(statusOf(shell, name, text));
});

const leave = immediate((shell, [name = '', text]) => {
  if (shell.functionNames.length === 0 && shell.sourced === 0) {
    if (shell.flavor !== 'bash') throw new ShellExit(statusOf(shell, name, text));
    shell.complain("can only `return' from a function or sourced script", name);
    return 2;
  }
  throw new Return(statusOf(shell, name, text));
});

const shift = immediate((shell, [name = '', text = '1']) => {
  const count = Number(text);
  if (!/^\d+$/.test(text)) {
    shell.complain(shell.flavor === 'bash' ? `${text}: numeric argument required` : `Illegal number: ${text}`, name);
    if (shell.flavor !== 'bash') throw new ShellExit(2);
    return 1;
  }
  if (count > shell.positional.length) {
    if (shell.flavor !== 'dash') return 1;
    shell.complain("can't shift that many", name);
    throw new ShellExit(2);
  }
  shell.positional = shell.positional.slice(count);
  return 0;
});

/** Runs a text here, as if it stood in the script. @param file where it comes from; without it, it is what `eval` was given */
function* runText(shell: Shell, text: string, file?: string): Routine<number> {
  const { lineOffset, source: before, flavor } = shell;
  shell.lineOffset = file === undefined ? shell.line - 1 : 0;
  if (file !== undefined && flavor === 'bash') shell.source = file;
  try {
    return yield* shell.interpreter.runScript(shell, readScript(text));
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    if (flavor === 'bash') shell.source = file ?? `${before}: eval`;
    const isCommand = shell.options.delete('command');
    complainOfSyntax(shell, error.problem, file === undefined && flavor !== 'bash' ? 'eval' : undefined);
    if (isCommand) shell.options.add('command');
    if (!shell.isTyped && flavor !== 'bash') throw new ShellExit(2);
    return 2;
  } finally {
    shell.lineOffset = lineOffset;
    shell.source = before;
  }
}

function* evaluate(shell: Shell, [, ...words]: readonly string[]): Routine<number> {
  const text = words.join(' ');
  shell.status = 0;
  return text.trim() === '' ? 0 : yield* runText(shell, text);
}

function* source(shell: Shell, [name = '', file, ...args]: readonly string[]): Routine<number> {
  if (file === undefined) {
    if (shell.flavor !== 'bash') return 0;
    shell.complain('filename argument required', name);
    shell.error(`${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  let text: string;
  try {
    text = shell.files.readText(pathOf(shell, file));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (shell.flavor === 'bash') {
      const words = error.code === 'EISDIR' ? 'is a directory' : error.message;
      shell.complain(
        error.code === 'EISDIR' ? `${file}: ${words}` : `${file}: ${words}`,
        error.code === 'EISDIR' ? name : undefined,
      );
      return 1;
    }
    const why =
      shell.flavor === 'dash' ? `cannot open ${file}: No such file` : `can't open '${file}': ${error.message}`;
    shell.complain(why, '.');
    if (!shell.isTyped) throw new ShellExit(2);
    return 2;
  }
  const { positional } = shell;
  if (args.length > 0) shell.positional = args;
  shell.sourced += 1;
  shell.status = 0;
  try {
    return yield* runText(shell, text, file);
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    return error.status;
  } finally {
    shell.sourced -= 1;
    if (args.length > 0) shell.positional = positional;
  }
}

/** A name without a slash is looked for in PATH; bash looks in the working directory after that. */
function pathOf(shell: Shell, file: string): string {
  if (file.includes('/')) return file;
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    const path = `${directory || '.'}/${file}`;
    if (shell.files.exists(path) && shell.files.stat(path).kind === 'file') return path;
  }
  return file;
}

function* become(shell: Shell, words: readonly string[]): Routine<number> {
  const [, ...command] = words[1] === '--' ? words.slice(1) : words;
  const [name] = command;
  if (name === undefined) return 0;
  if (name.startsWith('-')) {
    shell.complain(`exec: ${name} is not simulated here`);
    return 2;
  }
  try {
    lookUp(shell.files, name, shell.variables.get('PATH') ?? '');
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const why = isMissing && (!name.includes('/') || shell.flavor !== 'bash') ? 'not found' : error.message;
    // bash names the command itself for what is there.
    shell.complain(
      shell.flavor === 'bash' && name.includes('/')
        ? `${name}: ${error.code === 'EISDIR' ? 'cannot execute: Is a directory' : why}`
        : `${name}: ${why}`,
      shell.flavor === 'bash' && name.includes('/') && !isMissing ? undefined : 'exec',
    );
    const status = isMissing ? 127 : 126;
    if (shell.isInteractive) return status;
    throw new ShellExit(status);
  }
  const status = yield* shell.interpreter.runWords(shell, command, { functions: false, replaces: true });
  shell.traps.clear();
  throw new ShellExit(status);
}

const nothing = immediate(() => 0);

export const FLOW: Readonly<Record<string, Builtin>> = {
  ':': nothing,
  true: nothing,
  false: immediate(() => 1),
  break: loopExit(false),
  continue: loopExit(true),
  exit,
  return: leave,
  shift,
  eval: evaluate,
  '.': source,
  source,
  exec: become,
};
