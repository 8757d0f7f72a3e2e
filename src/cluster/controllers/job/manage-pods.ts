import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { isReady } from '../pod-control/pod-state.ts';
import { slowStart } from '../pod-control/slow-start.ts';
import { completionIndex, type Indexes } from './indexes.ts';
import { byLoss, isTracked } from './pod-state.ts';
import { createPod, removeFinalizer } from './pods.ts';
import type { JobTools } from './tools.ts';

/** How many Pods there are; changed by what is done to them. */
export interface PodCounts {
  active: number;
  ready: number;
  terminating: number;
}

export interface PodState {
  readonly active: readonly Pod[];
  readonly counts: PodCounts;
  readonly succeeded: number;
  /** Completed ones. */
  readonly indexes: Indexes;
  /** Until the next Pod may be made, in milliseconds. */
  readonly wait: number;
}

/** Pods are made and deleted in portions (MaxPodCreateDeletePerSync). */
const PORTION = 500;
/** The shortest time until the next sync, in milliseconds (SyncJobBatchPeriod). */
const BATCH_PERIOD = 1_000;

/** Makes or deletes Pods until there are as many as the Job wants at a time. Returns an error for what failed (job.manageJob). */
export function managePods(tools: JobTools, job: Job, state: PodState): unknown {
  const { active, counts, succeeded } = state;
  const { spec } = job;
  const wanted = spec.suspend ? 0 : wantedPods(job, active.length, succeeded);
  const superfluous = toRemove(job, active, Math.max(0, active.length - wanted));
  if (superfluous.length > 0) return shrink(tools, job, superfluous, counts);
  const terminating = spec.podReplacementPolicy === 'Failed' ? counts.terminating : 0;
  const missing = Math.min(PORTION, wanted - terminating - active.length);
  if (missing <= 0) return undefined;
  if (state.wait > 0) {
    tools.queue.addAfter(keyOf(job), Math.max(BATCH_PERIOD, state.wait));
    return undefined;
  }
  return grow(tools, job, state, missing);
}

/** Never more than are left to complete; without a number of completions none after the first success. */
function wantedPods({ spec }: Job, active: number, succeeded: number): number {
  const { completions, parallelism = 1 } = spec;
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

function grow(tools: JobTools, job: Job, { active, counts, indexes }: PodState, missing: number): unknown {
  const { client, recorder, expectations, kernel } = tools;
  const { completionMode, completions = 0 } = job.spec;
  const taken = indexes.with(active.flatMap((pod) => completionIndex(pod) ?? []));
  const free =
    completionMode === 'Indexed' ? taken.missing(missing, completions) : Array<undefined>(missing).fill(undefined);
  const { successes, error } = slowStart(free.length, (at) => {
    try {
      const pod = createPod(client, recorder, job, free[at]);
      expectations.expect(keyOf(job), pod.metadata.uid, 'creation', kernel.now);
    } catch (failure) {
      // All that is in the namespace goes.
      if (!isNamespaceEnding(failure)) throw failure;
    }
  });
  counts.active += successes;
  return error;
}

/** Deletes Pods that are to be forgotten: they do not count as failed. */
function shrink(tools: JobTools, job: Job, pods: readonly Pod[], counts: PodCounts): unknown {
  const { client, expectations, kernel } = tools;
  let first: unknown;
  for (const pod of pods.slice(0, PORTION)) {
    const { uid } = pod.metadata;
    try {
      if (isTracked(pod)) removeFinalizer(client, pod);
      expectations.expect(keyOf(job), uid, 'deletion', kernel.now);
      deletePod(tools, job, pod);
      noteDeleted(pod, counts);
    } catch (error) {
      expectations.observed(keyOf(job), uid, 'deletion');
      if (isReason(error, 'NotFound')) noteDeleted(pod, counts);
      else first ??= error;
    }
  }
  return first;
}

/** Deletes what a Job that ends leaves running. Its Pods keep their finalizers until they are counted (job.deleteActivePods). */
export function deletePods(
  tools: JobTools,
  job: Job,
  pods: readonly Pod[],
  counts: PodCounts,
): { readonly deleted: number; readonly error: unknown } {
  let deleted = 0;
  let first: unknown;
  for (const pod of pods) {
    try {
      deletePod(tools, job, pod);
    } catch (error) {
      if (!isReason(error, 'NotFound')) {
        first ??= error;
        continue;
      }
    }
    deleted += 1;
    noteDeleted(pod, counts);
  }
  return { deleted, error: first };
}

function deletePod({ client, recorder }: JobTools, job: Job, pod: Pod): void {
  try {
    client.delete(podKind, pod);
  } catch (error) {
    if (!isReason(error, 'NotFound'))
      recorder.record(job, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
    throw error;
  }
  recorder.record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

function noteDeleted(pod: Pod, counts: PodCounts): void {
  counts.active -= 1;
  counts.terminating += 1;
  if (isReady(pod)) counts.ready -= 1;
}

/** At least so many, the smallest loss first; of an Indexed Job also those of an index that another has, or that is none. */
function toRemove({ spec }: Job, active: readonly Pod[], atLeast: number): readonly Pod[] {
  const remove: Pod[] = [];
  let left = [...active];
  if (spec.completionMode === 'Indexed') {
    left = [];
    for (const [index, pods] of Map.groupBy(active, (pod) => completionIndex(pod) ?? -1)) {
      const isValid = index >= 0 && index < (spec.completions ?? 0);
      const sorted = [...pods].sort(byLoss);
      const kept = isValid ? sorted.pop() : undefined;
      if (kept) left.push(kept);
      remove.push(...sorted);
    }
  }
  return [...remove, ...left.sort(byLoss).slice(0, Math.max(0, atLeast - remove.length))];
}
