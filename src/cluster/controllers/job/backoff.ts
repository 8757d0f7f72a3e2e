import type { Pod } from '../../api/types/pod.ts';
import { finishedAt } from './pod-state.ts';

/** What is remembered of a Job's failures. */
export interface Backoff {
  /** Since the last success. */
  readonly failures: number;
  /** In milliseconds since the epoch. */
  readonly lastFailure: number;
}

export const NO_BACKOFF: Backoff = { failures: 0, lastFailure: 0 };

/** In milliseconds (DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff). */
const FIRST = 10_000;
const LONGEST = 600_000;

/** A success forgets the failures before it (pkg/controller/job, backoffStore.newBackoffRecord). */
export function nextBackoff(before: Backoff, succeeded: readonly Pod[], failed: readonly Pod[]): Backoff {
  const failures = failed.map(finishedAt);
  if (succeeded.length > 0) {
    const lastSuccess = Math.max(...succeeded.map(finishedAt));
    const later = failures.filter((time) => time > lastSuccess);
    return later.length === 0 ? NO_BACKOFF : { failures: later.length, lastFailure: Math.max(...later) };
  }
  if (failures.length === 0) return before;
  return { failures: before.failures + failures.length, lastFailure: Math.max(...failures) };
}

/** How long no Pod is to be made, in milliseconds: 10 s after the first failure, then twice as long each time. */
export function remainingBackoff({ failures, lastFailure }: Backoff, now: number): number {
  if (failures === 0) return 0;
  const wait = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return Math.max(0, lastFailure + wait - now);
}
