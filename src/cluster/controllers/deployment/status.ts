import { parseTime, timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import { SECOND } from '../../api/time.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { conditionOf, withCondition, withoutCondition } from '../pod-control/conditions.ts';
import { withoutZeros } from '../pod-control/counts.ts';
import { hasProgressDeadline, maxUnavailable } from './fenceposts.ts';
import * as count from './replica-sets.ts';

export type DeploymentStatus = Deployment['status'];

/** The times are now. */
export function deploymentCondition(
  type: 'Available' | 'Progressing',
  status: Condition['status'],
  reason: string,
  message: string,
  now: number,
): Condition {
  const time = timestamp(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/**
 * What a Deployment says of itself; progress is judged apart (pkg/controller/deployment.calculateStatus).
 *
 * @param newSet the ReplicaSet of its template, which is one of `sets`
 */
export function deploymentStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const available = count.availableReplicas(sets);
  const terminating = count.terminatingReplicas(sets);
  const { collisionCount, conditions } = deployment.status;
  const isAvailable = available >= deployment.spec.replicas - maxUnavailable(deployment);
  const condition = isAvailable
    ? deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', MINIMUM, now)
    : deploymentCondition('Available', 'False', 'MinimumReplicasUnavailable', NO_MINIMUM, now);
  return {
    ...withoutZeros({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: count.actualReplicas(sets),
      updatedReplicas: newSet?.status.replicas ?? 0,
      readyReplicas: count.readyReplicas(sets),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, count.wantedReplicas(sets) - available),
    }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(conditions, condition),
  };
}

const MINIMUM = 'Deployment has minimum availability.';
const NO_MINIMUM = 'Deployment does not have minimum availability.';

/** All Pods are of the newest template and available (DeploymentComplete). */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  return (
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

/** DeploymentProgressing */
function hasProgressed(before: DeploymentStatus, status: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** DeploymentTimedOut */
function hasTimedOut(deployment: Deployment, { conditions }: DeploymentStatus, now: number): boolean {
  const condition = conditionOf(conditions, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  return deadlineOf(deployment, condition) < now;
}

/** When nothing may have moved any longer, in milliseconds since the epoch. */
export function deadlineOf({ spec }: Deployment, progressing: Condition): number {
  return parseTime(progressing.lastUpdateTime ?? '') + spec.progressDeadlineSeconds * SECOND;
}

/** Adds to a status how the rollout comes along, and what keeps Pods from being made (pkg/controller/deployment.syncRolloutStatus). */
export function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const conditions = withFailure(progressConditions(deployment, status, newSet, now), sets, newSet);
  return { ...status, conditions };
}

function progressConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  now: number,
): readonly Condition[] {
  const { conditions = [] } = status;
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  // A rollout that is through is not judged again when Pods come and go later.
  if (wasComplete && current?.reason === 'NewReplicaSetAvailable') return conditions;
  const what = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const progressing = (value: Condition['status'], reason: string, how: string) =>
    deploymentCondition('Progressing', value, reason, `${what} ${how}`, now);
  if (isComplete(deployment, status)) {
    return withCondition(conditions, progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'));
  }
  if (hasProgressed(deployment.status, status)) {
    // The time of the update counts for the deadline, so it moves on although the reason stays.
    const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing.');
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    return withCondition(withoutCondition(conditions, 'Progressing'), {
      ...condition,
      ...(since !== undefined && { lastTransitionTime: since }),
    });
  }
  if (hasTimedOut(deployment, status, now)) {
    return withCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'));
  }
  return conditions;
}

/** The new ReplicaSet's failure counts before that of others. */
function withFailure(
  conditions: readonly Condition[],
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): readonly Condition[] {
  const first = newSet ? [newSet, ...sets] : sets;
  for (const { status } of first) {
    const failure = conditionOf(status.conditions, 'ReplicaFailure');
    if (failure) {
      const { lastTransitionTime = null } = failure;
      return withCondition(conditions, { ...failure, lastTransitionTime, lastUpdateTime: lastTransitionTime });
    }
  }
  return withoutCondition(conditions, 'ReplicaFailure');
}
