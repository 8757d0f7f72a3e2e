import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ReplicaSet } from '../../api/types/workloads.ts';
import { isTerminal } from '../pod-control/pod-state.ts';
import { hasRevisionHistoryLimit } from './fenceposts.ts';
import { ensureNewReplicaSet } from './new-replica-set.ts';
import { scaledSizes } from './proportion.ts';
import { active, activeOrLatest, actualReplicas, byRevision, newReplicaCount } from './replica-sets.ts';
import { desiredReplicas } from './revision.ts';
import { scaleDownOld } from './rolling.ts';
import type { Rollout } from './rollout.ts';
import { isComplete } from './status.ts';

/** One step of a rolling update: up first, and only when nothing goes up, down (rolloutRolling of pkg/controller/deployment). */
export function rollingUpdate(rollout: Rollout): void {
  ensureNewReplicaSet(rollout, true);
  const { newSet, deployment } = rollout;
  if (!newSet) return;
  if (scaleNew(rollout, newSet)) return;
  let hasScaled = false;
  for (const { set, replicas } of scaleDownOld(deployment, newSet, rollout.oldSets)) {
    hasScaled = rollout.scale(set, replicas) || hasScaled;
  }
  if (!hasScaled && isComplete(deployment, deployment.status)) deleteOldest(rollout);
}

function scaleNew(rollout: Rollout, newSet: ReplicaSet): boolean {
  const { deployment, sets } = rollout;
  const wanted = deployment.spec.replicas;
  const current = newSet.spec.replicas;
  if (current === wanted) return false;
  return rollout.scale(newSet, current > wanted ? wanted : newReplicaCount(deployment, sets, current));
}

/** Old Pods go before new ones come (rolloutRecreate). @param podsOf the Pods of a ReplicaSet, also those that are going */
export function recreate(rollout: Rollout, podsOf: (set: ReplicaSet) => readonly Pod[]): void {
  ensureNewReplicaSet(rollout, false);
  const old = active(rollout.oldSets);
  for (const set of old) rollout.scale(set, 0);
  if (old.length > 0) return;
  const { oldSets } = rollout;
  if (actualReplicas(oldSets) > 0) return;
  if (oldSets.some((set) => podsOf(set).some((pod) => !isTerminal(pod)))) return;
  ensureNewReplicaSet(rollout, true);
  const { newSet, deployment } = rollout;
  if (newSet) rollout.scale(newSet, deployment.spec.replicas);
  if (isComplete(deployment, deployment.status)) deleteOldest(rollout);
}

/** Whether the Deployment wants another number of Pods than its ReplicaSets were made for (isScalingEvent). */
export function isScaling({ deployment, sets }: Rollout): boolean {
  return active(sets).some((set) => {
    const desired = desiredReplicas(set);
    return desired !== undefined && desired !== deployment.spec.replicas;
  });
}

/** Gives the Deployment another size without rolling out anything (sync and scale of pkg/controller/deployment). */
export function scale(rollout: Rollout): void {
  ensureNewReplicaSet(rollout, false);
  const { deployment, newSet, oldSets } = rollout;
  const only = activeOrLatest(newSet, oldSets);
  if (only) rollout.scale(only, deployment.spec.replicas);
  else {
    for (const { set, replicas } of scaledSizes(deployment, newSet, oldSets)) rollout.scale(set, replicas, true);
  }
  if (deployment.spec.paused) deleteOldest(rollout);
}

/** Deletes the oldest revisions beyond revisionHistoryLimit, none with Pods (cleanupDeployment). */
function deleteOldest(rollout: Rollout): void {
  const { deployment, oldSets, context } = rollout;
  if (!hasRevisionHistoryLimit(deployment)) return;
  const alive = oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const excess = alive.length - deployment.spec.revisionHistoryLimit;
  for (const set of alive.sort(byRevision).slice(0, Math.max(0, excess))) {
    const { metadata, spec, status } = set;
    const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
    if (status.replicas !== 0 || spec.replicas !== 0 || !isObserved) continue;
    try {
      context.client.delete(replicaSetKind, set);
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
}
