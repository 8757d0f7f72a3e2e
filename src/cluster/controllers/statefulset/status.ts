import type { Pod } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import { withoutZeros } from '../pod-control/counts.ts';
import { isAvailable, isReady } from '../pod-control/pod-state.ts';
import { revisionOf } from './identity.ts';
import type { Revisions } from './revisions.ts';

export interface Counts {
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly currentReplicas: number;
  readonly updatedReplicas: number;
}

/** computeReplicaStatus of pkg/controller/statefulset */
export function countReplicas(
  pods: readonly Pod[],
  { current, update }: Revisions,
  minReadySeconds: number,
  now: number,
): Counts {
  let [readyReplicas, availableReplicas, currentReplicas, updatedReplicas] = [0, 0, 0, 0];
  for (const pod of pods) {
    if (isRunningAndReady(pod)) {
      readyReplicas += 1;
      if (isAvailable(pod, minReadySeconds, now)) availableReplicas += 1;
    }
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    if (revisionOf(pod) === current.metadata.name) currentReplicas += 1;
    if (revisionOf(pod) === update.metadata.name) updatedReplicas += 1;
  }
  return { replicas: pods.length, readyReplicas, availableReplicas, currentReplicas, updatedReplicas };
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status.phase === 'Running' && isReady(pod);
}

/** With all replicas of the new revision, it becomes the current one (completeRollingUpdate). */
export function statefulSetStatus(set: StatefulSet, revisions: Revisions, counts: Counts): StatefulSet['status'] {
  const { spec, metadata, status } = set;
  const { replicas, readyReplicas, availableReplicas, updatedReplicas } = counts;
  const isUpdated =
    spec.updateStrategy.type === 'RollingUpdate' &&
    [updatedReplicas, readyReplicas, replicas].every((count) => count === spec.replicas);
  const updateRevision = revisions.update.metadata.name;
  return {
    replicas,
    ...withoutZeros({
      observedGeneration: metadata.generation ?? 0,
      readyReplicas,
      currentReplicas: isUpdated ? updatedReplicas : counts.currentReplicas,
      updatedReplicas,
    }),
    availableReplicas,
    currentRevision: isUpdated ? updateRevision : revisions.current.metadata.name,
    updateRevision,
    collisionCount: revisions.collisionCount,
    ...(status.conditions && { conditions: status.conditions }),
  };
}
