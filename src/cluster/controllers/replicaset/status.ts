import { timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import { setMatcher } from '../../api/selectors/labels.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ReplicaSet } from '../../api/types/workloads.ts';
import { conditionOf, withCondition, withoutCondition } from '../pod-control/conditions.ts';
import { withoutZeros } from '../pod-control/counts.ts';
import { messageOf } from '../pod-control/errors.ts';
import { isAvailable, isReady } from '../pod-control/pod-state.ts';

export interface Observed {
  readonly active: readonly Pod[];
  /** Pods of the ReplicaSet that are going. */
  readonly terminating: readonly Pod[];
  /** What creating or deleting Pods threw; undefined when it went well. */
  readonly failure: unknown;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** pkg/controller/replicaset.calculateStatus */
export function replicaSetStatus(set: ReplicaSet, observed: Observed): ReplicaSet['status'] {
  const { active, terminating, now } = observed;
  const labels = set.spec.template.metadata?.labels;
  const fits = labels && Object.keys(labels).length > 0 ? setMatcher(labels) : () => true;
  let [fullyLabeledReplicas, readyReplicas, availableReplicas] = [0, 0, 0];
  for (const pod of active) {
    if (fits(pod.metadata.labels)) fullyLabeledReplicas += 1;
    if (!isReady(pod)) continue;
    readyReplicas += 1;
    if (isAvailable(pod, set.spec.minReadySeconds ?? 0, now)) availableReplicas += 1;
  }
  const conditions = conditionsOf(set, observed);
  const { generation = 0 } = set.metadata;
  return {
    replicas: active.length,
    terminatingReplicas: terminating.length,
    ...withoutZeros({ fullyLabeledReplicas, readyReplicas, availableReplicas, observedGeneration: generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

/** ReplicaFailure stands as long as replicas cannot be made or deleted; its message is that of the first failure. */
function conditionsOf(set: ReplicaSet, { active, failure, now }: Observed): readonly Condition[] {
  const { conditions } = set.status;
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure');
  if (conditionOf(conditions, 'ReplicaFailure')) return conditions ?? [];
  const difference = active.length - set.spec.replicas;
  return withCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestamp(now),
    reason: difference < 0 ? 'FailedCreate' : difference > 0 ? 'FailedDelete' : '',
    message: messageOf(failure),
  });
}
