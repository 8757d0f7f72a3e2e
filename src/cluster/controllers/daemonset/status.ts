import type { Node } from '../../api/types/core.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { withoutZeros } from '../pod-control/counts.ts';
import { isAvailable, isReady } from '../pod-control/pod-state.ts';
import { eligibility } from './eligibility.ts';
import { isUpdated } from './pod-template.ts';
import { byAge, type PodsOnNodes } from './pods-on-nodes.ts';

/**
 * What a DaemonSet says of its Pods (updateDaemonSetStatus of pkg/controller/daemon).
 *
 * @param isObserved whether the sync acted on the spec, and not only counted
 */
export function daemonSetStatus(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: PodsOnNodes,
  { hash, now, isObserved }: { readonly hash: string; readonly now: number; readonly isObserved: boolean },
): DaemonSet['status'] {
  const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [pod] = [...(pods.get(node.metadata.name) ?? [])].sort(byAge);
    if (!eligibility(node, set).shouldRun) {
      if (pod) count.misscheduled += 1;
      continue;
    }
    count.desired += 1;
    if (!pod) continue;
    count.current += 1;
    if (isReady(pod)) count.ready += 1;
    if (isAvailable(pod, set.spec.minReadySeconds ?? 0, now)) count.available += 1;
    if (isUpdated(pod, set, hash)) count.updated += 1;
  }
  const { collisionCount, conditions, observedGeneration = 0 } = set.status;
  return {
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misscheduled,
    desiredNumberScheduled: count.desired,
    numberReady: count.ready,
    ...withoutZeros({
      observedGeneration: isObserved ? (set.metadata.generation ?? 0) : observedGeneration,
      updatedNumberScheduled: count.updated,
      numberAvailable: count.available,
      numberUnavailable: count.desired - count.available,
    }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions && { conditions }),
  };
}
