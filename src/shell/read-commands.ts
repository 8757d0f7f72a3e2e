import { completeness } from '#grammar/completeness.ts';
import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { expandAliases } from './aliases.ts';
import { reportEnded } from './builtins/jobs.ts';
import { Interrupted, SyntaxFailure } from './control.ts';
import type { Descriptor } from './descriptors.ts';
import { orWake } from './or-wake.ts';
import { DEFAULT_PROMPTS, expandPrompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { runPending } from './signals.ts';
import { complainOfSyntax } from './syntax-error.ts';

/** Executes what comes on standard input, command by command, as it comes: typed, or a script. */
export function* readCommands(shell: Shell): Routine<number> {
  let line = 1;
  for (;;) {
    if (shell.isInteractive) reportEnded(shell);
    const command = yield* readCommand(shell);
    if (command === undefined) break;
    shell.lineOffset = line - 1;
    line += command.text.split('\n').length - 1;
    mark(shell, 'C');
    yield* executeText(shell, command.text);
    mark(shell, `D;${shell.status}`);
    if (command.isLast) return shell.status;
  }
  if (shell.isInteractive) shell.error(shell.flavor === 'bash' ? 'exit\n' : '\n');
  return shell.status;
}

function* executeText(shell: Shell, text: string): Routine<void> {
  try {
    const expands = shell.flavor !== 'bash' || shell.isInteractive || shell.options.has('expand_aliases');
    yield* shell.interpreter.runScript(shell, readScript(expands ? expandAliases(text, shell.aliases) : text));
    yield* runPending(shell);
  } catch (error) {
    if (error instanceof SyntaxFailure && shell.isInteractive) {
      complainOfSyntax(shell, error.problem);
      shell.status = 2;
    } else if (error instanceof Interrupted) {
      shell.error('\n');
      shell.status = 130;
    } else throw error;
  }
}

const WOKEN = Symbol('woken');

interface ReadCommand {
  readonly text: string;
  /** The input ended with it. */
  readonly isLast: boolean;
}

/** Reads lines until they are a whole command. @returns undefined at the end */
function* readCommand(shell: Shell): Routine<ReadCommand | undefined> {
  let text = '';
  for (;;) {
    if (shell.isInteractive) {
      mark(shell, 'A');
      shell.error(yield* promptOf(shell, text === ''));
      mark(shell, 'B');
    }
    const line = yield* readLine(shell);
    if (line === WOKEN) {
      // Ctrl+C at the prompt: what was typed is given up.
      if (shell.isInterrupted) {
        shell.error('\n');
        shell.status = 130;
        text = '';
      }
      shell.isInterrupted = false;
      yield* runPending(shell);
      continue;
    }
    if (line === undefined) return text === '' ? undefined : { text, isLast: true };
    text += line;
    const isWhole = completeness(text.replace(/\n$/, '')).kind !== 'incomplete';
    if (isWhole) return { text, isLast: false };
  }
}

function promptOf(shell: Shell, isFirst: boolean): Routine<string> {
  const text = isFirst
    ? (shell.variables.get('PS1') ?? DEFAULT_PROMPTS[shell.flavor])
    : (shell.variables.get('PS2') ?? '> ');
  return expandPrompt(shell, text);
}

/** A line with its newline; the last one may have none. @returns WOKEN when a signal came to somebody who types */
function* readLine(shell: Shell): Routine<string | typeof WOKEN | undefined> {
  const input = shell.descriptors.get(0);
  let line = '';
  for (;;) {
    const read = input && (yield* readPart(shell, input));
    if (input && !read) return WOKEN;
    const text = read?.value;
    if (text === undefined) return line === '' ? undefined : line;
    const end = text.indexOf('\n');
    if (end < 0) {
      line += text;
      continue;
    }
    input?.unread(text.slice(end + 1));
    return line + text.slice(0, end + 1);
  }
}

function* readPart(shell: Shell, input: Descriptor): Routine<{ readonly value: string | undefined } | undefined> {
  if (!shell.isInteractive) return { value: yield* input.read() };
  return yield* orWake(shell.process.kernel, input.read(), (wake) => shell.onWake(wake));
}

function mark(shell: Shell, text: string): void {
  if (shell.isInteractive && shell.variables.get('CLUSTERBOOK') === '1') shell.error(`\u001b]133;${text};aid=${shell.rootPid}\u0007`);
}
