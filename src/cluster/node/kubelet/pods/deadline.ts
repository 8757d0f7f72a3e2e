import { parseTime } from '#kernel/calendar.ts';
import type { Pod, PodStatus } from '../../../api/types/pod.ts';

/** What becomes of a Pod that was active for longer than its activeDeadlineSeconds (pkg/kubelet/active_deadline.go). */
export const deadlineReason = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const;

/** When a Pod's time is over, in milliseconds since the epoch; undefined when it has all the time. */
export function deadlineOf({ spec }: Pod, { startTime }: PodStatus): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || startTime === undefined) return undefined;
  return parseTime(startTime) + spec.activeDeadlineSeconds * 1000;
}

export function isPastDeadline(pod: Pod, status: PodStatus, now: number): boolean {
  const deadline = deadlineOf(pod, status);
  return deadline !== undefined && now >= deadline;
}
