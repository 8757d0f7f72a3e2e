import type { Block, Command, Statement } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { Pipe } from '#machine/pipe.ts';
import type { ChildProcess, ProcessContext } from '#machine/program.ts';
import { ExpansionError, LoopExit, Return, ShellExit, SyntaxFailure } from './control.ts';
import { type Descriptors, nullDescriptor, pipeReader, pipeWriter, streamsOf } from './descriptors.ts';
import type { Shell } from './shell.ts';
import { runExitTrap } from './signals.ts';
import { complainOfSyntax } from './syntax-error.ts';

/** What a subshell does, when it has its process. */
type Body = (shell: Shell) => Routine<number>;

/** Starts a subshell: a process of its own with all that the shell knows. */
export function startSubshell(shell: Shell, descriptors: Descriptors, body: Body): ChildProcess {
  const child = shell.fork();
  child.descriptors = descriptors;
  const program = function* (process: ProcessContext): Routine<number> {
    child.process = process;
    for (const [name, action] of child.traps)
      if (action === '' && name !== 'EXIT' && name !== 'ERR') process.onSignal(name, () => undefined);
    return yield* toEnd(child, () => body(child));
  };
  return shell.process.spawn('', {
    argv: shell.process.argv,
    env: shell.process.env,
    streams: streamsOf(descriptors, shell.process.streams.controllingTerminal),
    files: shell.files,
    program,
  });
}

/** Runs what a shell does to its end, wherever it leaves it. */
export function* toEnd(shell: Shell, body: () => Routine<number>): Routine<number> {
  try {
    shell.status = yield* body();
  } catch (error) {
    if (error instanceof ShellExit || error instanceof Return) shell.status = error.status;
    else if (error instanceof LoopExit) shell.status = 0;
    else if (error instanceof SyntaxFailure) {
      complainOfSyntax(shell, error.problem);
      shell.status = 2;
    } else if (error instanceof ExpansionError) {
      shell.complain(shell.sentences.expansion(error.kind, error.message));
      shell.status = 1;
    } else throw error;
  }
  return yield* runExitTrap(shell);
}

/** A statement for the background, without the terminal as its input where nobody types. */
export function startBackground(shell: Shell, { command, text, line }: Statement): ChildProcess {
  const descriptors = new Map(shell.descriptors);
  if (!shell.isInteractive) descriptors.set(0, nullDescriptor());
  const block: Block = [{ command, text, line, isBackground: false }];
  return startSubshell(shell, descriptors, (child) => child.interpreter.execute(child, block));
}

/** The stages of a pipeline, each with its process. */
export function startPipeline(
  shell: Shell,
  commands: readonly Command[],
  takesErrors: readonly boolean[],
): readonly ChildProcess[] {
  let input: Pipe | undefined;
  return commands.map((command, index) => {
    const isLast = index === commands.length - 1;
    const output = isLast ? undefined : new Pipe();
    const descriptors = new Map(shell.descriptors);
    if (input) descriptors.set(0, pipeReader(input));
    if (output) descriptors.set(1, pipeWriter(output));
    const writer = descriptors.get(1);
    if (takesErrors[index] && writer) descriptors.set(2, writer);
    input = output;
    const block: Block = [{ command, isBackground: false, line: shell.line, text: '' }];
    return startSubshell(shell, descriptors, (child) => child.interpreter.execute(child, block));
  });
}
