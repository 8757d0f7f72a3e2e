import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { maxUnavailable } from './fenceposts.ts';
import type { Sizing } from './proportion.ts';
import { active, availableReplicas, byCreation, wantedReplicas } from './replica-sets.ts';

/**
 * The next step down of a rolling update: first old Pods that serve nobody, then others, as many as may miss (reconcileOldReplicaSets of
 * pkg/controller/deployment). The sizes are in the order in which they are written, one ReplicaSet perhaps twice.
 *
 * @param old those that are not of the Deployment's template
 */
export function scaleDownOld(deployment: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): Sizing[] {
  const oldest = active(old).sort(byCreation);
  if (oldest.length === 0) return [];
  const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);
  const newUnavailable = newSet.spec.replicas - (newSet.status.availableReplicas ?? 0);
  const most = wantedReplicas([...old, newSet]) - minAvailable - newUnavailable;
  if (most <= 0) return [];
  const unhealthy = takeFrom(oldest, most, ({ spec, status }) => spec.replicas - (status.availableReplicas ?? 0));
  // A ReplicaSet that still counts Pods which it is deleting: what is available is not known, so the rest waits.
  if (oldest.some(({ spec, status }) => (status.availableReplicas ?? 0) > spec.replicas)) return unhealthy;
  const cleaned = oldest.map((set) => {
    const sizing = unhealthy.find((candidate) => candidate.set === set);
    return sizing ? { ...set, spec: { ...set.spec, replicas: sizing.replicas } } : set;
  });
  const spare = availableReplicas([...oldest, newSet]) - minAvailable;
  const healthy = takeFrom(cleaned, spare, ({ spec }) => spec.replicas);
  return [...unhealthy, ...healthy];
}

/** Takes away up to `count` in all, from each as much as it can spare. */
function takeFrom(sets: readonly ReplicaSet[], count: number, spare: (set: ReplicaSet) => number): Sizing[] {
  const sizes: Sizing[] = [];
  let rest = count;
  for (const set of sets) {
    const taken = Math.min(rest, set.spec.replicas, spare(set));
    if (taken <= 0) continue;
    rest -= taken;
    sizes.push({ set, replicas: set.spec.replicas - taken });
  }
  return sizes;
}
