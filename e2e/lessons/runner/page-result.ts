import type { Failure } from '#course/matcher/judge.ts';

/** What became of one command. */
export interface CommandResult {
  readonly id: string;
  /** What was on the clipboard, and was typed. */
  readonly text: string;
  /** The lines that the terminal showed, names of hosts replaced by those of nodes. */
  readonly lines: readonly string[];
  /** Undefined when it did not end by itself. */
  readonly status: number | undefined;
  /** How often it was run: more than once only under `retry`. */
  readonly tries: number;
  /** From typing to the next prompt, of the last try. */
  readonly seconds: number;
  readonly failure: Failure | undefined;
  /** With `--update`: what the page should show. */
  readonly recorded?: readonly string[];
}

/** `not reached`: an earlier step failed in a way that the rest of the page depends on. It is no outcome, and so fails the run. */
export type Outcome = 'passed' | 'failed' | 'not applicable' | 'skipped' | 'not reached';

export interface BlockResult {
  readonly id: string;
  readonly outcome: Outcome;
  /** Why it was not run. */
  readonly reason?: string;
  /** Everything: the click, the clipboard, the commands, the comparison. */
  readonly seconds: number;
  readonly commands: readonly CommandResult[];
}

export interface PageResult {
  readonly url: string;
  readonly file: string;
  readonly seconds: number;
  readonly blocks: readonly BlockResult[];
  /** What is wrong with the page as a whole: leftovers, processes that stayed, a cluster that is gone. */
  readonly faults: readonly string[];
  /** True when the cluster is gone: no other page can be proven. */
  readonly clusterGone: boolean;
}
