import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { type OptionSpec, type Options, readOptions, UnknownOption } from './options.ts';

/** Whose words a tool uses: GNU's, or busybox'. */
export type Dialect = 'gnu' | 'busybox';

/** A tool that was started. */
export interface Invocation extends Options {
  readonly process: ProcessContext;
  readonly dialect: Dialect;
  /** As it was called, without its directory. */
  readonly name: string;
  out(text: string): void;
  /** A line on standard error, with the tool's name before it. */
  complain(message: string): void;
}

/** A tool: what it understands, and what it does. What it gives back is its exit status. */
export interface Tool {
  readonly options: OptionSpec;
  /** As `Program.resumes`. */
  readonly resumes?: boolean;
  run(invocation: Invocation): Routine<number>;
}

/** The status of a tool that was asked for what is not simulated. */
const NOT_SIMULATED = 2;

export function programOf({ options: spec, run, resumes = false }: Tool, dialect: Dialect): Program {
  const program = function* (process: ProcessContext): Routine<number> {
    const { argv, streams } = process;
    const name = argv[0]?.split('/').at(-1) ?? '';
    const complain = (message: string) => streams.error(`${name}: ${message}\n`);
    let options: Options;
    try {
      options = readOptions(argv.slice(1), spec);
    } catch (error) {
      if (!(error instanceof UnknownOption)) throw error;
      complain(error.message);
      return NOT_SIMULATED;
    }
    const out = (text: string) => streams.out(text);
    const status = yield* run({ ...options, process, dialect, name, out, complain });
    yield* streams.drain();
    return status;
  };
  return resumes ? resuming(program) : program;
}

/** A tool that waits for nothing. */
export function immediate(options: OptionSpec, action: (invocation: Invocation) => number): Tool {
  return {
    options,
    // biome-ignore lint/correctness/useYield: it waits for nothing
    *run(invocation) {
      return action(invocation);
    },
  };
}

/** Does it for each operand; what fails is told, and the others are done. @returns 0, or 1 when one failed */
export function forEach(
  operands: readonly string[],
  action: (operand: string) => void,
  onError: (operand: string, error: FsError) => void,
): number {
  let status = 0;
  for (const operand of operands) {
    try {
      action(operand);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      onError(operand, error);
      status = 1;
    }
  }
  return status;
}
