import { completeness } from '#grammar/completeness.ts';
import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { expandAliases } from './aliases.ts';
import { reportEnded } from './builtins/jobs.ts';
import { Interrupted, SyntaxFailure } from './control.ts';
import type { Descriptor } from './descriptors.ts';
import { History } from './line-editor/history.ts';
import { type Expanded, expandHistory } from './line-editor/history-expansion.ts';
import { joinLines } from './line-editor/joined-lines.ts';
import { LineEditor } from './line-editor/line-editor.ts';
import { orWake } from './or-wake.ts';
import { DEFAULT_PROMPTS, expandPrompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { runPending } from './signals.ts';
import { staysForStopped } from './stopped-jobs.ts';
import { complainOfSyntax } from './syntax-error.ts';

const LEAVING = /^\s*(?:exit|logout)\b/;

/** Executes what comes on standard input, command by command, as it comes: typed, or a script. */
export function* readCommands(shell: Shell): Routine<number> {
  const editor = editorOf(shell);
  let line = 1;
  for (;;) {
    if (shell.isInteractive) reportEnded(shell);
    const command = editor ? yield* editCommand(shell, editor) : yield* readCommand(shell);
    if (command === undefined) {
      sayGoodbye(shell);
      if (!staysForStopped(shell)) return shell.status;
      continue;
    }
    if (!LEAVING.test(command.text)) shell.isLeaving = false;
    shell.lineOffset = line - 1;
    line += command.text.split('\n').length - 1;
    mark(shell, 'C');
    yield* executeText(shell, command.text);
    mark(shell, `D;${shell.status}`);
    if (command.isLast) return shell.status;
  }
}

/** As if `exit` had been typed. */
function sayGoodbye(shell: Shell): void {
  if (shell.isInteractive) shell.error(shell.flavor !== 'bash' ? '\n' : shell.isLogin ? 'logout\n' : 'exit\n');
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
    if (shell.isInteractive) shell.error(yield* promptOf(shell, text === ''));
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

/** Where somebody types at a terminal, lines are edited there. */
function editorOf(shell: Shell): LineEditor | undefined {
  const terminal = shell.process.streams.controllingTerminal;
  if (!terminal || !shell.isInteractive || !shell.descriptors.get(0)?.terminal) return undefined;
  const { variables, files } = shell;
  const home = variables.get('HOME') ?? '';
  if (variables.get('HISTFILE') === undefined && shell.flavor === 'bash')
    variables.update('HISTFILE', { value: `${home}/.bash_history` });
  shell.history = new History(files, variables.get('HISTFILE') ?? '');
  return new LineEditor(shell, terminal, shell.history);
}

/** Has a command edited, line by line until it is whole. @returns undefined at the end */
function* editCommand(shell: Shell, editor: LineEditor): Routine<ReadCommand | undefined> {
  let lines: readonly string[] = [];
  for (;;) {
    const isFirst = lines.length === 0;
    if (isFirst) yield* beforePrompt(shell);
    const prompt = yield* promptOf(shell, isFirst);
    const edited = yield* editor.read(prompt + (isFirst ? markText(shell, 'B') : ''));
    if (edited.kind === 'end') return isFirst ? undefined : { text: lines.join('\n'), isLast: true };
    if (edited.kind === 'interrupted') {
      shell.status = 130;
      lines = [];
      continue;
    }
    const expanded = expandedHistory(shell, edited.text);
    if (!expanded) {
      lines = [];
      continue;
    }
    lines = [...lines, expanded.text];
    const text = lines.join('\n');
    const kind = expanded.isShownOnly ? 'empty' : completeness(text).kind;
    if (kind === 'incomplete') continue;
    shell.history?.add(joinLines(lines), shell.variables.get('HISTCONTROL') ?? '');
    if (kind !== 'empty') return { text: `${text}\n`, isLast: false };
    lines = [];
  }
}

/** What is to be done before each prompt. */
function* beforePrompt(shell: Shell): Routine<void> {
  yield* runPending(shell);
  const { status, variables } = shell;
  const size = shell.process.streams.controllingTerminal?.size;
  if (size && shell.flavor === 'bash') {
    variables.update('COLUMNS', { value: String(size.columns) });
    variables.update('LINES', { value: String(size.rows) });
  }
  const command = variables.get('PROMPT_COMMAND');
  if (command && shell.flavor === 'bash') yield* executeText(shell, command);
  shell.status = status;
  mark(shell, 'A');
}

/** `!!` and the like, shown before it is done. @returns undefined when there is no such event */
function expandedHistory(shell: Shell, text: string): Expanded | undefined {
  const { history } = shell;
  const asItIs = { text, isShownOnly: false };
  if (!history || shell.flavor !== 'bash') return asItIs;
  try {
    const expanded = expandHistory(text, history);
    if (expanded) shell.error(`${expanded.text}\n`);
    return expanded ?? asItIs;
  } catch (error) {
    shell.complain(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** The name of the terminal that wants to know what its shells do, and understands it. */
const KNOWING = 'clusterbook';

/** Tells the terminal where prompts and outputs are (FinalTerm's semantic prompts, OSC 133), if it asked for that. */
function mark(shell: Shell, what: string): void {
  shell.process.streams.controllingTerminal?.out(markText(shell, what));
}

function markText(shell: Shell, what: string): string {
  const isAsked = shell.isInteractive && shell.process.env['TERM_PROGRAM'] === KNOWING;
  return isAsked ? `\u001b]133;${what};aid=${shell.rootPid}\u0007` : '';
}
