import { parseTime, timestamp } from '#kernel/calendar.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { type Condition, keyOf } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { isActive, isReady, isTerminating } from '../pod-control/pod-state.ts';
import { type Backoff, nextBackoff, remainingBackoff } from './backoff.ts';
import { newCondition, trueCondition, withCondition } from './conditions.ts';
import { completionIndex, Indexes } from './indexes.ts';
import { deletePods, managePods, type PodCounts } from './manage-pods.ts';
import { isFailed, isTracked, restartsOf } from './pod-state.ts';
import { removeFinalizer } from './pods.ts';
import type { JobTools } from './tools.ts';

type Status = Job['status'];

/** More Pods are not counted in one sync, so that the status stays small (MaxUncountedPods). */
const MAX_UNCOUNTED = 500;

/**
 * One look at a Job: makes or deletes Pods, counts those that ended, and says when the Job has. A Pod is counted in three steps, so that none
 * is counted twice or lost: its UID goes into the status, its finalizer goes away, the count goes up (pkg/controller/job.syncJob).
 */
export class JobSync {
  readonly #tools: JobTools;
  readonly #key: string;
  readonly #pods: readonly Pod[];
  readonly #before: Status;
  readonly #isSatisfied: boolean;
  /** Those whose finalizer is still to be removed. */
  readonly #tracked: Set<string>;
  #job: Job;

  /** @param pods those of the Job, as the cache has them */
  constructor(tools: JobTools, job: Job, pods: readonly Pod[], isSatisfied: boolean) {
    this.#tools = tools;
    this.#key = keyOf(job);
    this.#pods = isIndexed(job)
      ? [...pods].sort((a, b) => (completionIndex(a) ?? -1) - (completionIndex(b) ?? -1))
      : pods;
    this.#before = job.status;
    this.#isSatisfied = isSatisfied;
    this.#job = {
      ...job,
      status: { ...job.status, uncountedTerminatedPods: job.status.uncountedTerminatedPods ?? {} },
    };
    const { expectations } = tools;
    const waits = (pod: Pod) => isTracked(pod) && !expectations.isFinalizerRemoved(this.#key, pod.metadata.uid);
    this.#tracked = new Set(pods.filter(waits).map(({ metadata }) => metadata.uid));
  }

  /** @throws ApiError */
  run(): void {
    const job = this.#job;
    const { now } = this.#tools.kernel;
    const { status, spec } = job;
    const uncounted = status.uncountedTerminatedPods ?? {};
    const newSucceeded = this.#uncounted(uncounted.succeeded, ({ status: { phase } }) => phase === 'Succeeded');
    const newFailed = this.#uncounted(uncounted.failed, (pod) => isFailed(pod, job));
    const failed = (status.failed ?? 0) + newFailed.length + (uncounted.failed?.length ?? 0);
    let succeeded = (status.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded?.length ?? 0);
    if (!status.startTime && !spec.suspend) this.#set({ startTime: timestamp(now) });
    const backoff = nextBackoff(this.#tools.backoffs.get(this.#key), newSucceeded, newFailed);
    let finished = this.#finishing(failed);
    let earlier = Indexes.none;
    let indexes = Indexes.none;
    if (isIndexed(job)) {
      const completions = spec.completions ?? 0;
      earlier = Indexes.parse(status.completedIndexes ?? '', completions);
      const done = this.#pods.filter((pod) => pod.status.phase === 'Succeeded' && isTracked(pod));
      indexes = earlier.with(done.flatMap((pod) => this.#indexOf(pod) ?? []));
      succeeded = indexes.total;
    }
    const active = this.#pods.filter(isActive);
    const counts: PodCounts = {
      active: active.length,
      ready: active.filter(isReady).length,
      terminating: this.#pods.filter(isTerminating).length,
    };
    let error: unknown;
    let suspensionChanged = false;
    if (finished) {
      const result = deletePods(this.#tools, job, active, counts);
      error = result.error;
      // There may be Pods that the cache does not show.
      if (result.deleted !== active.length || !this.#isSatisfied) finished = undefined;
    } else {
      const mayManage = this.#isSatisfied && job.metadata.deletionTimestamp === undefined;
      if (mayManage)
        error = managePods(this.#tools, job, {
          active,
          counts,
          succeeded,
          indexes,
          wait: remainingBackoff(backoff, now),
        });
      if (isComplete(job, succeeded, counts.active)) {
        const message = 'Reached expected number of succeeded pods';
        finished = newCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, now);
      } else if (mayManage) suspensionChanged = this.#noteSuspension();
    }
    const { active: activeCount, ready, terminating } = counts;
    const changed =
      suspensionChanged ||
      activeCount !== (this.#before.active ?? 0) ||
      ready !== this.#before.ready ||
      terminating !== this.#before.terminating;
    this.#set({ active: activeCount, ready, terminating });
    this.#track({ finished, backoff, earlier, indexes, changed, terminating });
    if (error !== undefined) throw error;
  }

  /** The condition that ends the Job, from an earlier sync or for what is seen now. */
  #finishing(failed: number): Condition | undefined {
    const { kernel, queue } = this.#tools;
    const { spec, status } = this.#job;
    const success = trueCondition(status.conditions, 'SuccessCriteriaMet');
    if (success) return success;
    const failure = trueCondition(status.conditions, 'FailureTarget');
    if (failure) return newCondition('Failed', 'True', failure.reason ?? '', failure.message ?? '', kernel.now);
    if (failed > (spec.backoffLimit ?? 0) || this.#restartsExceedLimit()) {
      const message = 'Job has reached the specified backoff limit';
      return newCondition('FailureTarget', 'True', 'BackoffLimitExceeded', message, kernel.now);
    }
    if (spec.activeDeadlineSeconds === undefined || spec.suspend || !status.startTime) return undefined;
    const left = parseTime(status.startTime) + spec.activeDeadlineSeconds * 1000 - kernel.now;
    if (left <= 0) {
      const message = 'Job was active longer than specified deadline';
      return newCondition('FailureTarget', 'True', 'DeadlineExceeded', message, kernel.now);
    }
    queue.addAfter(this.#key, left);
    return undefined;
  }

  /** With restartPolicy OnFailure containers fail, not Pods. */
  #restartsExceedLimit(): boolean {
    const { template, backoffLimit = 0 } = this.#job.spec;
    if (template.spec.restartPolicy !== 'OnFailure') return false;
    const restarts = this.#pods.reduce((sum, pod) => sum + restartsOf(pod), 0);
    return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
  }

  /** Returns whether the condition changed. */
  #noteSuspension(): boolean {
    const { kernel, recorder } = this.#tools;
    const { spec, status } = this.#job;
    const [value, reason, message] = spec.suspend
      ? (['True', 'JobSuspended', 'Job suspended'] as const)
      : (['False', 'JobResumed', 'Job resumed'] as const);
    const conditions = withCondition(status.conditions, newCondition('Suspended', value, reason, message, kernel.now));
    if (conditions === (status.conditions ?? conditions)) return false;
    recorder.record(this.#job, 'Normal', spec.suspend ? 'Suspended' : 'Resumed', message);
    const { startTime: _, ...rest } = status;
    const next = spec.suspend ? rest : { ...rest, startTime: timestamp(kernel.now) };
    this.#job = { ...this.#job, status: { ...next, conditions } };
    return true;
  }

  /** Counts what ended, and ends the Job (trackJobStatusAndRemoveFinalizers). */
  #track({ finished, backoff, earlier, indexes, changed, terminating }: Tracking): void {
    const { kernel, backoffs } = this.#tools;
    let needsFlush = this.#countReleased() || changed;
    const { pods, succeeded, failed, newIndexes, isFull } = this.#collect(finished, earlier);
    const uncounted = this.#job.status.uncountedTerminatedPods ?? {};
    if (succeeded.length > 0 || failed.length > 0) {
      needsFlush = true;
      this.#set({ uncountedTerminatedPods: extended(uncounted, succeeded, failed) });
    }
    if (isIndexed(this.#job)) {
      const all = indexes.with(newIndexes);
      if (newIndexes.length > 0 || `${all}` !== (this.#job.status.completedIndexes ?? '')) needsFlush = true;
      this.#set({ succeeded: all.total, completedIndexes: `${all}` });
    }
    let last = finished;
    if (finished?.type === 'FailureTarget' || finished?.type === 'SuccessCriteriaMet') {
      const { conditions = [] } = this.#job.status;
      if (!trueCondition(conditions, finished.type)) {
        needsFlush = true;
        this.#set({ conditions: [...conditions, finished] });
      }
      const type = finished.type === 'FailureTarget' ? 'Failed' : 'Complete';
      last = newCondition(type, 'True', finished.reason ?? '', finished.message ?? '', kernel.now);
    }
    if (needsFlush) {
      this.#flush();
      backoffs.set(this.#key, backoff);
    }
    const error = this.#release(pods);
    const isCounted = this.#countReleased();
    if (error !== undefined) {
      if (isCounted) this.#flush();
      throw error;
    }
    const ended = !isFull && last && terminating === 0 ? this.#end(last) : undefined;
    if (!isCounted && !ended) return;
    this.#flush();
    if (ended) this.#tellOfEnd(ended);
  }

  /** Pods that ended and are not in the status yet. */
  #collect(finished: Condition | undefined, earlier: Indexes): Collected {
    const job = this.#job;
    const uncounted = job.status.uncountedTerminatedPods ?? {};
    const [pods, succeeded, failed, newIndexes]: [Pod[], string[], string[], number[]] = [[], [], [], []];
    const known = (uncounted.succeeded?.length ?? 0) + (uncounted.failed?.length ?? 0);
    for (const pod of this.#pods) {
      const { uid } = pod.metadata;
      const hasFailed = isFailed(pod, job);
      const isOver = pod.status.phase === 'Succeeded' || hasFailed;
      if (!this.#tracked.has(uid)) continue;
      if (!isOver && !finished && job.metadata.deletionTimestamp === undefined) continue;
      pods.push(pod);
      const index = this.#indexOf(pod);
      if (pod.status.phase === 'Succeeded' && !uncounted.failed?.includes(uid)) {
        if (!isIndexed(job)) {
          if (!uncounted.succeeded?.includes(uid)) succeeded.push(uid);
        } else if (index !== undefined && !earlier.has(index)) newIndexes.push(index);
      } else if (hasFailed || (finished && finished.type !== 'SuccessCriteriaMet')) {
        // Of a Job that failed, all that has not ended has failed.
        const counts = !isIndexed(job) || index !== undefined;
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
    const { client, expectations, kernel } = this.#tools;
    let first: unknown;
    for (const pod of pods) {
      const { uid } = pod.metadata;
      expectations.expect(this.#key, uid, 'finalizer', kernel.now);
      try {
        removeFinalizer(client, pod);
        this.#tracked.delete(uid);
      } catch (error) {
        expectations.observed(this.#key, uid, 'finalizer');
        first ??= error;
      }
    }
    return first;
  }

  /** Counts those whose finalizer is gone. Returns whether there were any. */
  #countReleased(): boolean {
    const { status } = this.#job;
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
    const left = (uids: readonly string[]) => uids.filter((uid) => this.#tracked.has(uid));
    const [succeededLeft, failedLeft] = [left(succeeded), left(failed)];
    const [more, moreFailed] = [succeeded.length - succeededLeft.length, failed.length - failedLeft.length];
    if (more + moreFailed === 0) return false;
    this.#set({
      succeeded: (status.succeeded ?? 0) + more,
      failed: (status.failed ?? 0) + moreFailed,
      uncountedTerminatedPods: extended({}, succeededLeft, failedLeft),
    });
    return true;
  }

  /** Undefined while Pods are still to be counted. */
  #end(condition: Condition): Condition | undefined {
    const { conditions, uncountedTerminatedPods: { succeeded = [], failed = [] } = {} } = this.#job.status;
    if (succeeded.length + failed.length > 0) return undefined;
    const time = condition.type === 'Complete' ? (condition.lastTransitionTime ?? '') : undefined;
    this.#set({ conditions: withCondition(conditions, condition), ...(time && { completionTime: time }) });
    return condition;
  }

  #tellOfEnd({ type, reason = '', message = '' }: Condition): void {
    const { recorder } = this.#tools;
    const { spec, status } = this.#job;
    if (type !== 'Complete') {
      recorder.record(this.#job, 'Warning', reason, message);
      return;
    }
    if (spec.completions !== undefined && (status.succeeded ?? 0) > spec.completions) {
      const many = 'Too many succeeded pods running after completion count reached';
      recorder.record(this.#job, 'Warning', 'TooManySucceededPods', many);
    }
    recorder.record(this.#job, 'Normal', 'Completed', 'Job completed');
  }

  #flush(): void {
    this.#job = this.#tools.client.updateStatus(jobKind, { ...this.#job, status: compact(this.#job.status) });
    this.#tools.wrote(this.#key, this.#job);
  }

  #set(status: Partial<Status>): void {
    this.#job = { ...this.#job, status: { ...this.#job.status, ...status } };
  }

  /** Pods that fit and that nothing in the status tells of. */
  #uncounted(known: readonly string[] = [], fits: (pod: Pod) => boolean): readonly Pod[] {
    return this.#pods.filter((pod) => {
      const { uid } = pod.metadata;
      if (!this.#tracked.has(uid) || known.includes(uid)) return false;
      return (!isIndexed(this.#job) || this.#indexOf(pod) !== undefined) && fits(pod);
    });
  }

  /** Undefined for one that the Job does not have. */
  #indexOf(pod: Pod): number | undefined {
    const index = completionIndex(pod);
    return index !== undefined && index < (this.#job.spec.completions ?? 0) ? index : undefined;
  }
}

interface Tracking {
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

function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed';
}

function isComplete({ spec }: Job, succeeded: number, active: number): boolean {
  return active === 0 && (spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions);
}

function extended(
  { succeeded = [], failed = [] }: NonNullable<Status['uncountedTerminatedPods']>,
  moreSucceeded: readonly string[],
  moreFailed: readonly string[],
): NonNullable<Status['uncountedTerminatedPods']> {
  const [all, allFailed] = [
    [...succeeded, ...moreSucceeded],
    [...failed, ...moreFailed],
  ];
  return { ...(all.length > 0 && { succeeded: all }), ...(allFailed.length > 0 && { failed: allFailed }) };
}

/** Counts of zero and an empty list of indexes are left out, but for `ready` and `terminating` (`omitempty`). */
function compact({ active, succeeded, failed, completedIndexes, ...rest }: Status): Status {
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
  };
}
