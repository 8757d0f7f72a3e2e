import { readScript } from '#grammar/read-script.ts';
import type { Argument, Assignment, Command, Script, SimpleCommand } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { ChildProcess } from '#machine/program.ts';
import { assign } from './assignment.ts';
import { BUILTINS, DECLARATIONS } from './builtins/index.ts';
import { Return } from './control.ts';
import { streamsOf } from './descriptors.ts';
import { expandText, expandWords } from './expand/word.ts';
import { findCommand, NotExecutable } from './find-command.ts';
import { quoted } from './quoting.ts';
import { RedirectionError, redirected } from './redirect.ts';
import type { RunWordsOptions, Shell } from './shell.ts';
import { waitForForeground } from './signals.ts';
import { startSubshell } from './subshell.ts';
import type { Variable } from './variables.ts';
import { isName } from './variables.ts';

/** A function may call itself this often. */
const MAX_CALLS = 1_000;

/** @param isLast nothing comes behind it in this process: a program may take its place */
export function* runSimple(shell: Shell, command: SimpleCommand, isLast: boolean): Routine<number> {
  shell.line = command.line + shell.lineOffset;
  const { status: before } = shell;
  shell.substitutionStatus = undefined;
  const words = yield* expandArguments(shell, command.arguments, before);
  if (words.length === 0) return yield* runAssignments(shell, command, before);
  const outer = shell.descriptors;
  try {
    shell.descriptors = yield* redirected(shell, command.redirections);
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    shell.complain(error.message);
    return 1;
  }
  let keepsDescriptors = false;
  try {
    const restore = yield* assignForCommand(shell, command.assignments, words);
    trace(shell, words);
    try {
      const status = yield* runWords(shell, words, {
        functions: true,
        replaces:
          isLast &&
          shell.temporaryFiles.length === 0 &&
          shell.traps.size === 0 &&
          shell.jobs.all.length === 0 &&
          !shell.isInteractive,
      });
      // `exec` with redirections alone: they stay.
      keepsDescriptors = words[0] === 'exec' && words.length === 1;
      return status;
    } finally {
      restore();
    }
  } finally {
    if (!keepsDescriptors) shell.descriptors = outer;
    removeTemporaryFiles(shell);
  }
}

/** Of process substitutions. */
function removeTemporaryFiles(shell: Shell): void {
  for (const path of shell.temporaryFiles) if (shell.files.exists(path)) shell.files.unlink(path);
  shell.temporaryFiles = [];
}

function* expandArguments(shell: Shell, items: readonly Argument[], status: number): Routine<string[]> {
  // A command sees the status of the one before it.
  shell.status = status;
  const words: string[] = [];
  for (const item of items) {
    if (item.kind === 'word') words.push(...(yield* expandWords(shell, [item.word])));
    else if (DECLARATIONS.has(words[0] ?? '')) words.push(yield* declaration(shell, item.assignment, words));
    else words.push(...(yield* expandWords(shell, [item.assignment.word])));
  }
  return words;
}

/** `export name=value`: the value is not split. An array's elements are assigned at once; the command hears of the name alone. */
function* declaration(shell: Shell, assignment: Assignment, words: readonly string[]): Routine<string> {
  const { name, index, isAppended, value } = assignment;
  if ('elements' in value) {
    const letters = words.filter((word) => word.startsWith('-')).join('');
    const isLocal = words[0] !== 'export' && words[0] !== 'readonly' && !letters.includes('g');
    if (isLocal && shell.functionNames.length > 0) shell.variables.declareLocal(name);
    if (letters.includes('A') && !shell.variables.find(name)?.elements)
      shell.variables.update(name, { elements: new Map(), isAssociative: true });
    yield* assign(shell, assignment);
    return name;
  }
  const text = yield* expandText(shell, value, true);
  return `${name}${index ? `[${index.text}]` : ''}${isAppended ? '+' : ''}=${text}`;
}

/** Assignments without a command are the shell's. */
function* runAssignments(shell: Shell, { assignments, redirections }: SimpleCommand, before: number): Routine<number> {
  for (const assignment of assignments) {
    shell.status = before;
    yield* assign(shell, assignment);
    const { name, isAppended } = assignment;
    shell.trace(`${name}${isAppended ? '+' : ''}=${quoted(shell.variables.get(name) ?? '')}`);
  }
  try {
    yield* redirected(shell, redirections);
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    shell.complain(error.message);
    return 1;
  }
  return shell.substitutionStatus ?? 0;
}

/** Assignments before a command are for it alone, but before `export` and its like. @returns how they are undone */
function* assignForCommand(
  shell: Shell,
  assignments: readonly Assignment[],
  words: readonly string[],
): Routine<() => void> {
  const before: (readonly [name: string, variable: Variable | undefined])[] = [];
  for (const assignment of assignments) {
    before.push([assignment.name, shell.variables.find(assignment.name)]);
    yield* assign(shell, assignment);
    shell.variables.update(assignment.name, { isExported: true });
  }
  return () => {
    if (words[0] === 'exec') return;
    for (const [name, variable] of before.toReversed()) shell.variables.restore(name, variable);
  };
}

function trace(shell: Shell, words: readonly string[]): void {
  shell.trace((shell.flavor === 'dash' ? words : words.map(quoted)).join(' '));
}

/** Runs a command that is given by its words: a function, a builtin, or a program. */
export function* runWords(
  shell: Shell,
  words: readonly string[],
  { functions, replaces = false }: RunWordsOptions,
): Routine<number> {
  const [name = ''] = words;
  const body = functions ? shell.functions.get(name) : undefined;
  if (body) return yield* callFunction(shell, body, words);
  const builtin = BUILTINS[shell.flavor].get(name);
  if (builtin) {
    const status = yield* builtin(shell, words);
    yield* drained(shell);
    return status;
  }
  return yield* runProgram(shell, words, replaces);
}

/** Output that nobody takes makes its writer wait. */
function* drained(shell: Shell): Routine<void> {
  yield* shell.output?.drain() ?? [];
}

function* callFunction(shell: Shell, body: Command, words: readonly string[]): Routine<number> {
  const [name = '', ...args] = words;
  const { positional, functionNames, loops } = shell;
  if (functionNames.length >= MAX_CALLS) {
    shell.complain(`${name}: maximum function nesting level exceeded (${MAX_CALLS})`);
    return 1;
  }
  shell.positional = args;
  shell.functionNames = [name, ...functionNames];
  shell.loops = 0;
  shell.variables.enter();
  try {
    return yield* shell.interpreter.execute(shell, [
      { command: body, isBackground: false, line: shell.line - shell.lineOffset, text: '' },
    ]);
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    return error.status;
  } finally {
    shell.variables.leave();
    shell.positional = positional;
    shell.functionNames = functionNames;
    shell.loops = loops;
  }
}

function* runProgram(shell: Shell, words: readonly string[], replaces: boolean): Routine<number> {
  let started: ChildProcess | Routine<number> | Script;
  try {
    started = startProgram(shell, words, replaces);
  } catch (error) {
    const failure = NotExecutable.of(shell, words[0] ?? '', error);
    if (!failure) throw error;
    shell.complain(failure.message);
    return failure.status;
  }
  if ('next' in started) return yield* started;
  const child = 'statements' in started ? startScriptFile(shell, words, started) : started;
  const [status = 0] = yield* waitForForeground(shell, [child]);
  yield* shell.tick(true);
  return status;
}

/** @returns a process, what replaces this one, or a script of this shell @throws FsError */
function startProgram(
  shell: Shell,
  words: readonly string[],
  replaces: boolean,
): ChildProcess | Routine<number> | Script {
  const path = findCommand(shell, words[0] ?? '');
  const options = {
    argv: words,
    env: environmentOf(shell),
    files: shell.files,
    streams: streamsOf(shell.descriptors, shell.process.streams.controllingTerminal),
  };
  try {
    return replaces ? shell.process.exec(path, options) : shell.process.spawn(path, options);
  } catch (error) {
    const script = scriptOf(shell, path, error);
    if (!script) throw error;
    return script;
  }
}

/** The names that a child gets; PATH's own cache has none. */
function environmentOf(shell: Shell): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(shell.variables.environment).filter(([name]) => isName(name)));
}

/** A file of text without `#!` is a script of this shell. */
function scriptOf(shell: Shell, path: string, error: unknown): Script | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOEXEC')) return undefined;
  const text = shell.files.readText(path);
  return text.slice(0, 80).includes('\0') ? undefined : readScript(text);
}

function startScriptFile(shell: Shell, words: readonly string[], script: Script): ChildProcess {
  return startSubshell(shell, shell.descriptors, (inner) => {
    const [path = ''] = words;
    inner.functions.clear();
    inner.aliases.clear();
    inner.positional = words.slice(1);
    inner.name = path;
    inner.source = path;
    inner.isScript = true;
    inner.isTyped = false;
    inner.lineOffset = 0;
    return inner.interpreter.runScript(inner, script);
  });
}
