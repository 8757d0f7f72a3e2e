import { timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import type { Job } from '../../api/types/workloads.ts';

export function newCondition(
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: number,
): Condition {
  const time = timestamp(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

/** Complete or Failed: nothing more happens to it (pkg/controller/job/util.IsJobFinished). */
export function isFinished({ status }: Job): boolean {
  return finishedCondition(status.conditions) !== undefined;
}

/** Which of the two. */
export function finishedCondition(conditions: readonly Condition[] = []): Condition | undefined {
  return conditions.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
}

export function trueCondition(conditions: readonly Condition[] = [], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type && condition.status === 'True');
}

/** With a condition as it is to be; the same list when it is. One that never held is not said to be false (ensureJobConditionStatus). */
export function withCondition(conditions: readonly Condition[] = [], next: Condition): readonly Condition[] {
  const before = conditions.find(({ type }) => type === next.type);
  if (!before) return next.status === 'False' ? conditions : [...conditions, next];
  const same = before.status === next.status && before.reason === next.reason && before.message === next.message;
  return same ? conditions : conditions.map((condition) => (condition === before ? next : condition));
}
