import { timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import { conditionOf } from '../pod-control/conditions.ts';

/**
 * Conditions of a Pod with one set or replaced; the same list when that changes nothing (pkg/api/v1/pod.UpdatePodCondition). The time of the
 * transition is `now`, in milliseconds, unless the status stays.
 */
export function withPodCondition(
  conditions: readonly Condition[] = [],
  condition: Condition,
  now: number,
): readonly Condition[] {
  const before = conditionOf(conditions, condition.type);
  const transition = before?.status === condition.status ? before.lastTransitionTime : timestamp(now);
  const next: Condition = { ...condition, lastTransitionTime: transition ?? timestamp(now) };
  if (!before) return [...conditions, next];
  const same = before.status === next.status && before.reason === next.reason && before.message === next.message;
  return same ? conditions : conditions.map((known) => (known === before ? next : known));
}
