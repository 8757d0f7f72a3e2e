import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Client } from './client.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** A command that runs: what it was given, and whom it asks. */
export interface Call {
  readonly process: ProcessContext;
  readonly flags: Flags;
  readonly client: Client;
  out(text: string): void;
}

/** A command of etcdctl. */
export interface Command {
  readonly summary: string;
  readonly usage: string;
  readonly flags?: FlagSpec;
  /** Ways to print (`-w`) beside `simple`. */
  readonly formats?: readonly ('table' | 'json' | 'fields')[];
  /** @throws CommandError */
  run(call: Call): Routine<number>;
}
