import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Session } from '../connection/session.ts';
import type { Flag, FlagValues } from './flags.ts';

/** A command that was typed. */
export interface Invocation {
  readonly process: ProcessContext;
  /** `kubectl create deployment`, as it says itself of wrong uses. */
  readonly path: string;
  readonly args: readonly string[];
  /** How many of the arguments stood before `--`; undefined without one. */
  readonly dashAt: number | undefined;
  readonly flags: FlagValues;
  /** The cluster; nothing is asked of it before a command does. */
  readonly session: Session;
  out(text: string): void;
  error(text: string): void;
}

/** A command of kubectl. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** For help: what it does, in a few words of ours. */
  readonly summary: string;
  /** For help: `(TYPE NAME | -f FILE)`. */
  readonly usage?: string;
  readonly flags?: readonly Flag[];
  readonly subcommands?: readonly Command[];
  /** Real, but not simulated: why. */
  readonly missing?: string;
  /** Its flags end at the first argument: what follows is a command of its own. */
  readonly stopsAtArgument?: boolean;
  /** @returns the exit status @throws CommandError, ApiError, ConnectionError, Failures */
  run?(invocation: Invocation): Routine<number>;
}
