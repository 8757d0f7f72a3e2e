import { parseTime } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import { SECOND } from '../../api/time.ts';
import type { Pod } from '../../api/types/pod.ts';

/** pkg/controller.IsPodActive: it counts as a replica. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** All its containers ended and stay so. */
export function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** pkg/controller.IsPodTerminating */
export function isTerminating(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** A loop: it is asked of all Pods again and again. */
function readyCondition({ status }: Pod): Condition | undefined {
  const { conditions } = status;
  if (conditions === undefined) return undefined;
  for (const condition of conditions) if (condition.type === 'Ready') return condition;
  return undefined;
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Since when it is ready, in milliseconds since the epoch; undefined when it is not, or nobody knows since when. */
export function readySince(pod: Pod): number | undefined {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True' || !condition.lastTransitionTime) return undefined;
  return parseTime(condition.lastTransitionTime);
}

/** Whether it is ready for so many seconds (pkg/api/v1/pod.IsPodAvailable). @param now milliseconds since the epoch */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (minReadySeconds === 0) return isReady(pod);
  const since = readySince(pod);
  return since !== undefined && since + minReadySeconds * SECOND <= now;
}

/**
 * In how many milliseconds the next ready Pod becomes available; undefined when none waits
 * (pkg/controller.FindMinNextPodAvailabilityCheck).
 */
export function nextAvailabilityCheck(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  let next: number | undefined;
  for (const pod of pods) {
    const since = readySince(pod);
    if (since === undefined) continue;
    const wait = since + minReadySeconds * SECOND - now;
    if (wait > 0 && (next === undefined || wait < next)) next = wait;
  }
  return next;
}
