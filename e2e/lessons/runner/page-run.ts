import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Lesson } from '#course/lesson.ts';
import type { Failure } from '#course/matcher/judge.ts';
import type { Cluster } from '../../kind/cluster.ts';
import type { BlockResult } from './page-result.ts';
import type { Watchers } from './sessions.ts';

/** The page as a reader has it: what its buttons put on the clipboard. */
export interface ReaderPage {
  /** Clicks the command's own Copy button and returns what the clipboard holds. */
  copy(command: Command): Promise<string>;
  /** Clicks "Copy all" of a block of several commands. */
  copyAll(block: CommandBlock): Promise<string>;
}

/** A page, and all that it takes to prove it. */
export interface PageRun {
  readonly lesson: Lesson;
  readonly page: ReaderPage;
  readonly cluster: Cluster;
  readonly watchers: Watchers;
  /** Unique for the run: part of the session ids. */
  readonly runId: string;
  /** Record outputs instead of comparing them. */
  readonly update?: boolean;
  /** Wraps a block's run, for reports that show steps. */
  readonly step?: (title: string, body: () => Promise<BlockResult>) => Promise<unknown>;
  /** Milliseconds for nodes, system Pods and leftovers to settle, before and after. */
  readonly settle?: number;
}

/** A step that cannot be taken, with the comparison that says why. */
export class StepFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
