import type { Condition } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Backoff } from './backoff.ts';
import { newCondition, trueCondition, withCondition } from './conditions.ts';
import type { Indexes } from './indexes.ts';
import type { JobState, JobStatus } from './job-state.ts';
import { isFailed } from './pod-state.ts';
import { removeFinalizer } from './pods.ts';

/** More Pods are not counted in one sync, so that the status stays small (MaxUncountedPods). */
const MAX_UNCOUNTED = 500;

/** What a sync found out. */
export interface Tracking {
  readonly finished: Condition | undefined;
  readonly backoff: Backoff;
  /** Completed indexes before this sync, and now. */
  readonly earlier: Indexes;
  readonly indexes: Indexes;
  /** Whether the status changed already. */
  readonly changed: boolean;
  readonly terminating: number;
}

interface Collected {
  /** Their finalizers go. */
  readonly pods: readonly Pod[];
  /** UIDs that are new. */
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
  readonly newIndexes: readonly number[];
  /** There are more. */
  readonly isFull: boolean;
}

/**
 * Counts what ended, and ends the Job. A Pod is counted in three steps, so that none is counted twice or lost: its UID goes into the status,
 * its finalizer goes away, the count goes up (pkg/controller/job.trackJobStatusAndRemoveFinalizers).
 */
export class JobTracking {
  readonly #state: JobState;

  constructor(state: JobState) {
    this.#state = state;
  }

  /** @throws ApiError */
  run({ finished, backoff, earlier, indexes, changed, terminating }: Tracking): void {
    const { kernel, backoffs } = this.#state.tools;
    let needsFlush = this.#countReleased() || changed;
    const { pods, succeeded, failed, newIndexes, isFull } = this.#collect(finished, earlier);
    const uncounted = this.#state.job.status.uncountedTerminatedPods ?? {};
    if (succeeded.length > 0 || failed.length > 0) {
      needsFlush = true;
      this.#state.set({ uncountedTerminatedPods: extended(uncounted, succeeded, failed) });
    }
    if (this.#state.isIndexed) {
      const all = indexes.with(newIndexes);
      if (newIndexes.length > 0 || `${all}` !== (this.#state.job.status.completedIndexes ?? '')) needsFlush = true;
      this.#state.set({ succeeded: all.total, completedIndexes: `${all}` });
    }
    let last = finished;
    if (finished?.type === 'FailureTarget' || finished?.type === 'SuccessCriteriaMet') {
      const { conditions = [] } = this.#state.job.status;
      if (!trueCondition(conditions, finished.type)) {
        needsFlush = true;
        this.#state.set({ conditions: [...conditions, finished] });
      }
      const type = finished.type === 'FailureTarget' ? 'Failed' : 'Complete';
      last = newCondition(type, 'True', finished.reason ?? '', finished.message ?? '', kernel.now);
    }
    if (needsFlush) {
      this.#state.flush();
      backoffs.set(this.#state.key, backoff);
    }
    const error = this.#release(pods);
    const isCounted = this.#countReleased();
    if (error !== undefined) {
      if (isCounted) this.#state.flush();
      throw error;
    }
    const ended = !isFull && last && terminating === 0 ? this.#end(last) : undefined;
    if (!isCounted && !ended) return;
    this.#state.flush();
    if (ended) this.#tellOfEnd(ended);
  }

  /** Pods that ended and are not in the status yet. */
  #collect(finished: Condition | undefined, earlier: Indexes): Collected {
    const job = this.#state.job;
    const uncounted = job.status.uncountedTerminatedPods ?? {};
    const [pods, succeeded, failed, newIndexes]: [Pod[], string[], string[], number[]] = [[], [], [], []];
    const known = (uncounted.succeeded?.length ?? 0) + (uncounted.failed?.length ?? 0);
    for (const pod of this.#state.pods) {
      const { uid } = pod.metadata;
      const hasFailed = isFailed(pod, job);
      const isOver = pod.status.phase === 'Succeeded' || hasFailed;
      if (!this.#state.tracked.has(uid)) continue;
      if (!isOver && !finished && job.metadata.deletionTimestamp === undefined) continue;
      pods.push(pod);
      const index = this.#state.indexOf(pod);
      if (pod.status.phase === 'Succeeded' && !uncounted.failed?.includes(uid)) {
        if (!this.#state.isIndexed) {
          if (!uncounted.succeeded?.includes(uid)) succeeded.push(uid);
        } else if (index !== undefined && !earlier.has(index)) newIndexes.push(index);
      } else if (hasFailed || (finished && finished.type !== 'SuccessCriteriaMet')) {
        // Of a Job that failed, all that has not ended has failed.
        const counts = !this.#state.isIndexed || index !== undefined;
        if (counts && !uncounted.failed?.includes(uid)) failed.push(uid);
      }
      if (newIndexes.length + known + succeeded.length + failed.length >= MAX_UNCOUNTED) {
        return { pods, succeeded, failed, newIndexes, isFull: true };
      }
    }
    return { pods, succeeded, failed, newIndexes, isFull: false };
  }

  /** Removes finalizers. Returns the first error. */
  #release(pods: readonly Pod[]): unknown {
    const { client, expectations, kernel } = this.#state.tools;
    let first: unknown;
    for (const pod of pods) {
      const { uid } = pod.metadata;
      expectations.expect(this.#state.key, uid, 'finalizer', kernel.now);
      try {
        removeFinalizer(client, pod);
        this.#state.tracked.delete(uid);
      } catch (error) {
        expectations.observed(this.#state.key, uid, 'finalizer');
        first ??= error;
      }
    }
    return first;
  }

  /** Counts those whose finalizer is gone. Returns whether there were any. */
  #countReleased(): boolean {
    const { status } = this.#state.job;
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
    const left = (uids: readonly string[]) => uids.filter((uid) => this.#state.tracked.has(uid));
    const [succeededLeft, failedLeft] = [left(succeeded), left(failed)];
    const [more, moreFailed] = [succeeded.length - succeededLeft.length, failed.length - failedLeft.length];
    if (more + moreFailed === 0) return false;
    this.#state.set({
      succeeded: (status.succeeded ?? 0) + more,
      failed: (status.failed ?? 0) + moreFailed,
      uncountedTerminatedPods: extended({}, succeededLeft, failedLeft),
    });
    return true;
  }

  /** Undefined while Pods are still to be counted. */
  #end(condition: Condition): Condition | undefined {
    const { conditions, uncountedTerminatedPods: { succeeded = [], failed = [] } = {} } = this.#state.job.status;
    if (succeeded.length + failed.length > 0) return undefined;
    const time = condition.type === 'Complete' ? (condition.lastTransitionTime ?? '') : undefined;
    this.#state.set({ conditions: withCondition(conditions, condition), ...(time && { completionTime: time }) });
    return condition;
  }

  #tellOfEnd({ type, reason = '', message = '' }: Condition): void {
    const { recorder } = this.#state.tools;
    const { spec, status } = this.#state.job;
    if (type !== 'Complete') {
      recorder.record(this.#state.job, 'Warning', reason, message);
      return;
    }
    if (spec.completions !== undefined && (status.succeeded ?? 0) > spec.completions) {
      const many = 'Too many succeeded pods running after completion count reached';
      recorder.record(this.#state.job, 'Warning', 'TooManySucceededPods', many);
    }
    recorder.record(this.#state.job, 'Normal', 'Completed', 'Job completed');
  }
}

function extended(
  { succeeded = [], failed = [] }: NonNullable<JobStatus['uncountedTerminatedPods']>,
  moreSucceeded: readonly string[],
  moreFailed: readonly string[],
): NonNullable<JobStatus['uncountedTerminatedPods']> {
  const [all, allFailed] = [
    [...succeeded, ...moreSucceeded],
    [...failed, ...moreFailed],
  ];
  return { ...(all.length > 0 && { succeeded: all }), ...(allFailed.length > 0 && { failed: allFailed }) };
}
