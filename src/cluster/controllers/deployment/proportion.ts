import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { isRollingUpdate, maxSurge } from './fenceposts.ts';
import { active, bySizeNewerFirst, bySizeOlderFirst, wantedReplicas } from './replica-sets.ts';
import { desiredReplicas, maxReplicas } from './revision.ts';

/** The size that a ReplicaSet is to have. */
export interface Sizing {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/**
 * Spreads a scaling in the middle of a rollout over all ReplicaSets with Pods, in proportion to what they have, so that the share of the
 * new version stays; what rounding leaves goes to the largest (pkg/controller/deployment, scale).
 */
export function proportionalSizes(deployment: Deployment, sets: readonly ReplicaSet[]): Sizing[] {
  const withPods = active(sets);
  const { replicas } = deployment.spec;
  const allowed = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const toAdd = allowed - wantedReplicas(withPods);
  if (toAdd > 0) withPods.sort(bySizeNewerFirst);
  else if (toAdd < 0) withPods.sort(bySizeOlderFirst);
  let added = 0;
  const sizes = withPods.map((set) => {
    const share = proportion(set, deployment, toAdd, added);
    added += share;
    return set.spec.replicas + share;
  });
  return withPods.map((set, index) => {
    const rest = index === 0 ? toAdd - added : 0;
    return { set, replicas: Math.max(0, (sizes[index] ?? 0) + rest) };
  });
}

/** GetReplicaSetProportion */
function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(set, deployment);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(set: ReplicaSet, deployment: Deployment): number {
  const { replicas } = set.spec;
  if (deployment.spec.replicas === 0) return -replicas;
  const before = maxReplicas(set) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  const size = (replicas * (deployment.spec.replicas + maxSurge(deployment))) / before;
  return Math.round(size) - replicas;
}

/** Whether the new ReplicaSet has all that the Deployment wants: old ones are left-overs (IsSaturated). */
function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  const { replicas } = deployment.spec;
  return (
    set?.spec.replicas === replicas &&
    desiredReplicas(set) === replicas &&
    (set.status.availableReplicas ?? 0) === replicas
  );
}

/** What a scaling does to the ReplicaSets; `force` writes their annotations though the size stays. */
export function scaledSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Sizing[] {
  if (isSaturated(deployment, newSet)) return active(old).map((set) => ({ set, replicas: 0 }));
  if (!isRollingUpdate(deployment)) return [];
  return proportionalSizes(deployment, newSet ? [...old, newSet] : old);
}
