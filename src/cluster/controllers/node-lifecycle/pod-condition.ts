import { timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
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

/** What a controller that writes of a Pod has seen of it (pkg/api/v1/pod.CalculatePodConditionObservedGeneration). */
export function generationOf({ metadata }: Pod): { readonly observedGeneration?: number } {
  return metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
}
