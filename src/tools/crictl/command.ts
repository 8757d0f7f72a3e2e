import type { Routine } from '#kernel/coroutine.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Flag, FlagValues } from '../kubectl/command/flags.ts';

/** A command of crictl that was typed. */
export interface CrictlInvocation {
  readonly process: ProcessContext;
  readonly runtime: CriRuntime;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  out(text: string): void;
  error(text: string): void;
  /** A fatal line of its log. @returns 1 */
  fatal(message: string): number;
}

export interface CrictlCommand {
  readonly names: readonly string[];
  readonly flags: readonly Flag[];
  readonly stopsAtArgument?: boolean;
  /** @throws CriError */
  run(invocation: CrictlInvocation): Routine<number> | number;
}
