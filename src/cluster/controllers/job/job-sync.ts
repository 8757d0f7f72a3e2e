import { parseTime, timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { isActive, isReady, isTerminating } from '../pod-control/pod-state.ts';
import { nextBackoff, remainingBackoff } from './backoff.ts';
import { newCondition, trueCondition, withCondition } from './conditions.ts';
import { Indexes } from './indexes.ts';
import type { JobState } from './job-state.ts';
import { JobTracking } from './job-tracking.ts';
import { deletePods, managePods, type PodCounts } from './manage-pods.ts';
import { isFailed, isTracked, restartsOf } from './pod-state.ts';

/** One look at a Job: makes or deletes Pods, counts those that ended, and says when the Job has (pkg/controller/job.syncJob). */
export class JobSync {
  readonly #state: JobState;

  constructor(state: JobState) {
    this.#state = state;
  }

  /** @throws ApiError */
  run(): void {
    const job = this.#state.job;
    const { now } = this.#state.tools.kernel;
    const { status, spec } = job;
    const uncounted = status.uncountedTerminatedPods ?? {};
    const newSucceeded = this.#uncounted(uncounted.succeeded, ({ status: { phase } }) => phase === 'Succeeded');
    const newFailed = this.#uncounted(uncounted.failed, (pod) => isFailed(pod, job));
    const failed = (status.failed ?? 0) + newFailed.length + (uncounted.failed?.length ?? 0);
    let succeeded = (status.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded?.length ?? 0);
    if (!status.startTime && !spec.suspend) this.#state.set({ startTime: timestamp(now) });
    const backoff = nextBackoff(this.#state.tools.backoffs.get(this.#state.key), newSucceeded, newFailed);
    let finished = this.#finishing(failed);
    let earlier = Indexes.none;
    let indexes = Indexes.none;
    if (this.#state.isIndexed) {
      const completions = spec.completions ?? 0;
      earlier = Indexes.parse(status.completedIndexes ?? '', completions);
      const done = this.#state.pods.filter((pod) => pod.status.phase === 'Succeeded' && isTracked(pod));
      indexes = earlier.with(done.flatMap((pod) => this.#state.indexOf(pod) ?? []));
      succeeded = indexes.total;
    }
    const active = this.#state.pods.filter(isActive);
    const counts: PodCounts = {
      active: active.length,
      ready: active.filter(isReady).length,
      terminating: this.#state.pods.filter(isTerminating).length,
    };
    let error: unknown;
    let suspensionChanged = false;
    if (finished) {
      const result = deletePods(this.#state.tools, job, active, counts);
      error = result.error;
      // There may be Pods that the cache does not show.
      if (result.deleted !== active.length || !this.#state.isSatisfied) finished = undefined;
    } else {
      const mayManage = this.#state.isSatisfied && job.metadata.deletionTimestamp === undefined;
      if (mayManage)
        error = managePods(this.#state.tools, job, {
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
      activeCount !== (this.#state.before.active ?? 0) ||
      ready !== this.#state.before.ready ||
      terminating !== this.#state.before.terminating;
    this.#state.set({ active: activeCount, ready, terminating });
    new JobTracking(this.#state).run({ finished, backoff, earlier, indexes, changed, terminating });
    if (error !== undefined) throw error;
  }

  /** The condition that ends the Job, from an earlier sync or for what is seen now. */
  #finishing(failed: number): Condition | undefined {
    const { kernel, queue } = this.#state.tools;
    const { spec, status } = this.#state.job;
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
    queue.addAfter(this.#state.key, left);
    return undefined;
  }

  /** With restartPolicy OnFailure containers fail, not Pods. */
  #restartsExceedLimit(): boolean {
    const { template, backoffLimit = 0 } = this.#state.job.spec;
    if (template.spec.restartPolicy !== 'OnFailure') return false;
    const restarts = this.#state.pods.reduce((sum, pod) => sum + restartsOf(pod), 0);
    return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
  }

  /** Returns whether the condition changed. */
  #noteSuspension(): boolean {
    const { kernel, recorder } = this.#state.tools;
    const { spec, status } = this.#state.job;
    const [value, reason, message] = spec.suspend
      ? (['True', 'JobSuspended', 'Job suspended'] as const)
      : (['False', 'JobResumed', 'Job resumed'] as const);
    const conditions = withCondition(status.conditions, newCondition('Suspended', value, reason, message, kernel.now));
    if (conditions.length === 0 || conditions === status.conditions) return false;
    recorder.record(this.#state.job, 'Normal', spec.suspend ? 'Suspended' : 'Resumed', message);
    const { startTime: _, ...rest } = status;
    const next = spec.suspend ? rest : { ...rest, startTime: timestamp(kernel.now) };
    this.#state.job = { ...this.#state.job, status: { ...next, conditions } };
    return true;
  }

  /** Pods that fit and that nothing in the status tells of. */
  #uncounted(known: readonly string[] = [], fits: (pod: Pod) => boolean): readonly Pod[] {
    return this.#state.pods.filter((pod) => {
      const { uid } = pod.metadata;
      if (!this.#state.tracked.has(uid) || known.includes(uid)) return false;
      return (!this.#state.isIndexed || this.#state.indexOf(pod) !== undefined) && fits(pod);
    });
  }
}

function isComplete({ spec }: Job, succeeded: number, active: number): boolean {
  return active === 0 && (spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions);
}
