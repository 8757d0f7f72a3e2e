import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { keyOf } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { completionIndex } from './indexes.ts';
import { isTracked } from './pod-state.ts';
import type { JobTools } from './tools.ts';

export type JobStatus = Job['status'];

/** A Job within one sync: its status grows, and is written now and then. */
export class JobState {
  readonly tools: JobTools;
  readonly key: string;
  readonly pods: readonly Pod[];
  /** Whether the cache shows all that was made and deleted. */
  readonly isSatisfied: boolean;
  /** The status at the start. */
  readonly before: JobStatus;
  /** UIDs of the Pods whose finalizer is still to be removed. */
  readonly tracked: Set<string>;
  job: Job;

  /** @param pods those of the Job, as the cache has them */
  constructor(tools: JobTools, job: Job, pods: readonly Pod[], isSatisfied: boolean) {
    this.tools = tools;
    this.key = keyOf(job);
    this.before = job.status;
    this.isSatisfied = isSatisfied;
    const { uncountedTerminatedPods = {} } = job.status;
    this.job = { ...job, status: { ...job.status, uncountedTerminatedPods } };
    const byIndex = (a: Pod, b: Pod) => (completionIndex(a) ?? -1) - (completionIndex(b) ?? -1);
    this.pods = this.isIndexed ? [...pods].sort(byIndex) : pods;
    const { expectations } = tools;
    const waits = (pod: Pod) => isTracked(pod) && !expectations.isFinalizerRemoved(this.key, pod.metadata.uid);
    this.tracked = new Set(pods.filter(waits).map(({ metadata }) => metadata.uid));
  }

  get isIndexed(): boolean {
    return this.job.spec.completionMode === 'Indexed';
  }

  /** Undefined for one that the Job does not have. */
  indexOf(pod: Pod): number | undefined {
    const index = completionIndex(pod);
    return index !== undefined && index < (this.job.spec.completions ?? 0) ? index : undefined;
  }

  set(status: Partial<JobStatus>): void {
    this.job = { ...this.job, status: { ...this.job.status, ...status } };
  }

  /** Writes the status. @throws ApiError */
  flush(): void {
    this.job = this.tools.client.updateStatus(jobKind, { ...this.job, status: compact(this.job.status) });
    this.tools.wrote(this.key, this.job);
  }
}

/** Counts of zero and an empty list of indexes are left out, but for `ready` and `terminating` (`omitempty`). */
function compact({ active, succeeded, failed, completedIndexes, ...rest }: JobStatus): JobStatus {
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
  };
}
