import type { Block, Branch, Command, Script, Statement } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { matchesPattern } from '#machine/c-library/pattern.ts';
import { ExpansionError, LoopExit, ShellExit, SyntaxFailure } from './control.ts';
import { expandArithmetic, expandPattern, expandText, expandWords } from './expand/word.ts';
import { RedirectionError, redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { runPending, runTrap, waitForForeground } from './signals.ts';
import { runSimple } from './simple-command.ts';
import { startBackground, startPipeline, startSubshell } from './subshell.ts';
import { testCommand } from './test-command.ts';
import { timed } from './time.ts';
import { ReadonlyVariable } from './variables.ts';

/**
 * A statement whose words make no sense is given up with the rest of its line, and with the shell where POSIX says so.
 *
 * @param isAll nothing is done in this process afterwards
 * @throws SyntaxFailure, ShellExit
 */
export function* runScript(shell: Shell, { statements, problem }: Script, isAll: boolean): Routine<number> {
  let skipped: number | undefined;
  for (const [index, statement] of statements.entries()) {
    if (statement.line === skipped) continue;
    try {
      yield* executeStatement(shell, statement, isAll && !problem && index === statements.length - 1);
    } catch (error) {
      if (!(error instanceof ExpansionError) && !(error instanceof ReadonlyVariable)) throw error;
      giveUp(shell, error);
      skipped = statement.line;
    }
  }
  if (problem) throw new SyntaxFailure(problem);
  return shell.status;
}

/** @throws ShellExit */
function giveUp(shell: Shell, error: ExpansionError | ReadonlyVariable): void {
  const isUnset = error instanceof ExpansionError && error.kind === 'unset';
  const { sentences } = shell;
  shell.complain(
    error instanceof ReadonlyVariable
      ? sentences.readonlyVariable(error.variable)
      : sentences.expansion(error.kind, error.message),
  );
  shell.status = shell.flavor === 'bash' ? (isUnset && !shell.isTyped ? 127 : 1) : 2;
  if (!shell.isTyped && (isUnset || shell.flavor !== 'bash')) throw new ShellExit(shell.status);
}

/** A block inside of another command. */
function* executeBlock(shell: Shell, block: Block): Routine<number> {
  for (const statement of block) yield* executeStatement(shell, statement, false);
  return shell.status;
}

/** A block that is all that a process still does: its last command may go on in the process's place. */
export function* executeLast(shell: Shell, block: Block): Routine<number> {
  for (const [index, statement] of block.entries())
    yield* executeStatement(shell, statement, index === block.length - 1);
  return shell.status;
}

function* executeStatement(shell: Shell, statement: Statement, isLast: boolean): Routine<void> {
  yield* runPending(shell);
  shell.line = statement.line + shell.lineOffset;
  shell.statement = statement.text;
  if (!statement.isBackground) {
    yield* executeCommand(shell, statement.command, isLast);
    return;
  }
  const child = startBackground(shell, statement);
  const job = shell.jobs.add(statement.text, child);
  shell.lastBackground = child.pid;
  shell.status = 0;
  if (shell.isInteractive) shell.error(`[${job.number}] ${child.pid}\n`);
  yield* shell.tick(true);
}

/** @param isLast nothing comes behind it in this process */
function* executeCommand(shell: Shell, command: Command, isLast = false): Routine<number> {
  yield* shell.tick();
  switch (command.kind) {
    case 'simple':
      shell.status = yield* runSimple(shell, command, isLast);
      shell.pipeStatus = [shell.status];
      return yield* checked(shell);
    case 'pipeline': {
      const children = startPipeline(shell, command.commands, command.takesErrors);
      const statuses = yield* waitForForeground(shell, children);
      yield* shell.tick(true);
      shell.pipeStatus = statuses;
      const failed = shell.options.has('pipefail') ? statuses.findLast((status) => status !== 0) : undefined;
      shell.status = failed ?? statuses.at(-1) ?? 0;
      return yield* checked(shell);
    }
    case 'subshell': {
      const child = startSubshell(shell, shell.descriptors, (inner) => executeLast(inner, command.body));
      [shell.status = 0] = yield* waitForForeground(shell, [child]);
      yield* shell.tick(true);
      return yield* checked(shell);
    }
    case 'test':
      shell.line = command.line + shell.lineOffset;
      shell.status = yield* testCommand(shell, command.expression);
      return yield* checked(shell);
    case 'arithmetic':
      shell.line = command.line + shell.lineOffset;
      shell.status = yield* arithmeticCommand(shell, command);
      return yield* checked(shell);
    case 'not':
      yield* asCondition(shell, () => executeCommand(shell, command.command));
      shell.status = shell.status === 0 ? 1 : 0;
      return shell.status;
    case 'time':
      return yield* timed(shell, command.isPosix, function* () {
        return command.command ? yield* executeCommand(shell, command.command) : 0;
      });
    case 'redirected':
      return yield* executeRedirected(shell, command);
    case 'function':
      shell.functions.set(command.name, command.body);
      shell.status = 0;
      return 0;
    case 'missing':
      shell.complain(`${command.what} is not simulated here`);
      shell.status = 2;
      return 2;
    default:
      return yield* executeCompound(shell, command);
  }
}

function* executeCompound(
  shell: Shell,
  command: Extract<Command, { kind: 'list' | 'if' | 'while' | 'for' | 'count' | 'case' | 'group' }>,
): Routine<number> {
  switch (command.kind) {
    case 'list':
      return yield* executeList(shell, command);
    case 'if':
      return yield* executeIf(shell, command.branches, command.otherwise);
    case 'while':
      return yield* executeWhile(shell, command);
    case 'for':
      return yield* executeFor(shell, command);
    case 'count':
      return yield* executeCount(shell, command);
    case 'case':
      return yield* executeCase(shell, command);
    case 'group':
      return yield* executeBlock(shell, command.body);
  }
}

/** Status after a command that `set -e` and `trap … ERR` look at. */
function* checked(shell: Shell): Routine<number> {
  if (shell.status !== 0 && shell.conditions === 0 && shell.functionNames.length === 0) yield* runTrap(shell, 'ERR');
  shell.checkStatus();
  return shell.status;
}

function* asCondition(shell: Shell, part: () => Routine<number>): Routine<number> {
  shell.conditions += 1;
  try {
    return yield* part();
  } finally {
    shell.conditions -= 1;
  }
}

function* executeList(shell: Shell, { first, rest }: Extract<Command, { kind: 'list' }>): Routine<number> {
  const commands = [{ operator: '&&' as const, command: first }, ...rest];
  shell.status = 0;
  for (const [index, { operator, command }] of commands.entries()) {
    if (index > 0 && (operator === '&&') !== (shell.status === 0)) continue;
    const isLast = index === commands.length - 1;
    if (isLast) yield* executeCommand(shell, command);
    else yield* asCondition(shell, () => executeCommand(shell, command));
  }
  return shell.status;
}

function* executeIf(shell: Shell, branches: readonly Branch[], otherwise: Block | undefined): Routine<number> {
  for (const { condition, body } of branches) {
    if ((yield* asCondition(shell, () => executeBlock(shell, condition))) === 0)
      return yield* executeBlock(shell, body);
  }
  shell.status = 0;
  return otherwise ? yield* executeBlock(shell, otherwise) : 0;
}

/** One turn of a loop. @returns whether the loop goes on */
function* turn(shell: Shell, body: Block): Routine<boolean> {
  shell.loops += 1;
  try {
    yield* executeBlock(shell, body);
    // A loop with nothing in it takes its time as well.
    yield* shell.tick();
    yield* runPending(shell);
    return true;
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error;
    if (error.levels > 1 && shell.loops > 1) throw new LoopExit(error.isContinue, error.levels - 1);
    return error.isContinue;
  } finally {
    shell.loops -= 1;
  }
}

function* executeWhile(
  shell: Shell,
  { isUntil, condition, body }: Extract<Command, { kind: 'while' }>,
): Routine<number> {
  let status = 0;
  for (;;) {
    const holds = (yield* asCondition(shell, () => executeBlock(shell, condition))) === 0;
    if (holds === isUntil) break;
    const goesOn = yield* turn(shell, body);
    status = shell.status;
    if (!goesOn) break;
  }
  shell.status = status;
  return status;
}

function* executeFor(shell: Shell, { name, words, body }: Extract<Command, { kind: 'for' }>): Routine<number> {
  const values = words ? yield* expandWords(shell, words) : shell.positional;
  shell.status = 0;
  for (const value of values) {
    if (shell.flavor === 'bash') shell.trace(`for ${name} in ${words?.map(({ text }) => text).join(' ') ?? '"$@"'}`);
    shell.variables.set(name, value);
    if (!(yield* turn(shell, body))) break;
  }
  return shell.status;
}

function* executeCount(shell: Shell, command: Extract<Command, { kind: 'count' }>): Routine<number> {
  const { start, condition, step, body } = command;
  yield* expandArithmetic(shell, start);
  shell.status = 0;
  while (condition.text === '' || (yield* expandArithmetic(shell, condition)) !== 0n) {
    if (!(yield* turn(shell, body))) break;
    yield* expandArithmetic(shell, step);
  }
  return shell.status;
}

function* executeCase(shell: Shell, { word, items }: Extract<Command, { kind: 'case' }>): Routine<number> {
  const text = yield* expandText(shell, word);
  shell.status = 0;
  let fallsThrough = false;
  for (const { patterns, body, terminator } of items) {
    let isMatch = fallsThrough;
    for (const pattern of patterns)
      isMatch ||= matchesPattern(yield* expandPattern(shell, pattern), text, shell.options.has('extglob'));
    if (!isMatch) continue;
    yield* executeBlock(shell, body);
    if (terminator === ';;') break;
    fallsThrough = terminator === ';&';
  }
  return shell.status;
}

function* arithmeticCommand(shell: Shell, { expression }: Extract<Command, { kind: 'arithmetic' }>): Routine<number> {
  shell.trace(`(( ${expression.text} ))`);
  try {
    return (yield* expandArithmetic(shell, expression)) === 0n ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExpansionError) || error.kind === 'unset') throw error;
    shell.complain(error.message, '((');
    return 1;
  }
}

function* executeRedirected(
  shell: Shell,
  { command, redirections }: Extract<Command, { kind: 'redirected' }>,
): Routine<number> {
  const before = shell.descriptors;
  try {
    shell.descriptors = yield* redirected(shell, redirections);
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    shell.complain(error.message);
    shell.status = 1;
    return yield* checked(shell);
  }
  try {
    return yield* executeCommand(shell, command);
  } finally {
    shell.descriptors = before;
  }
}
