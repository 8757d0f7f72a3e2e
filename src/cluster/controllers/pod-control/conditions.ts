import type { Condition } from '../../api/object.ts';

export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  return conditions?.filter((condition) => condition.type !== type) ?? [];
}

/**
 * Conditions with one more, at the end, unless there is one of the same status and reason: then nothing changes, whatever the message.
 * A condition whose status stays keeps its lastTransitionTime, where the kind has a lastUpdateTime beside it.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  condition: Condition,
): readonly Condition[] {
  const current = conditionOf(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions ?? [];
  const isSameStatus = current?.status === condition.status && condition.lastUpdateTime !== undefined;
  const lastTransitionTime = isSameStatus ? current.lastTransitionTime : condition.lastTransitionTime;
  return [
    ...withoutCondition(conditions, condition.type),
    { ...condition, ...(lastTransitionTime !== undefined && { lastTransitionTime }) },
  ];
}
