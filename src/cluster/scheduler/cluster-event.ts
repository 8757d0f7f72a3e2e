import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import { podRequests } from './pod-requests.ts';

/** What happens to Pods, as far as a plugin may care (pkg/scheduler/framework, events.go). */
export type PodAction =
  | 'Add'
  | 'Delete'
  | 'UpdatePodLabel'
  | 'UpdatePodScaleDown'
  | 'UpdatePodToleration'
  | 'UpdatePodSchedulingGatesEliminated';

export type NodeAction = 'Add' | 'Delete' | 'UpdateNodeAllocatable' | 'UpdateNodeLabel' | 'UpdateNodeTaint';

/** An object as it is now and as it was: one that came was nothing before, one that went is nothing now. */
export interface Change<T> {
  readonly now: T | undefined;
  readonly before: T | undefined;
}

/** What changed in the cluster, for Pods that wait for a change. */
export type ClusterEvent =
  | ({ readonly resource: 'Pod'; readonly action: PodAction } & Change<Pod>)
  | ({ readonly resource: 'Node'; readonly action: NodeAction } & Change<Node>);

/** What an update of a Pod comes to (PodSchedulingPropertiesChange). */
export function podChanges(now: Pod, before: Pod): readonly ClusterEvent[] {
  const actions: PodAction[] = [];
  if (!isEqual(now.metadata.labels, before.metadata.labels)) actions.push('UpdatePodLabel');
  if (now.spec !== before.spec) {
    if (isScaledDown(now, before)) actions.push('UpdatePodScaleDown');
    if (hasGates(before) && !hasGates(now)) actions.push('UpdatePodSchedulingGatesEliminated');
    if ((now.spec.tolerations?.length ?? 0) !== (before.spec.tolerations?.length ?? 0))
      actions.push('UpdatePodToleration');
  }
  return actions.map((action) => ({ resource: 'Pod', action, now, before }));
}

/** What an update of a node comes to; a heartbeat to nothing (NodeSchedulingPropertiesChange). */
export function nodeChanges(now: Node, before: Node): readonly ClusterEvent[] {
  const actions: NodeAction[] = [];
  if (before.spec.unschedulable && !now.spec.unschedulable) actions.push('UpdateNodeTaint');
  if (!isEqual(now.status.allocatable, before.status.allocatable)) actions.push('UpdateNodeAllocatable');
  if (!isEqual(now.metadata.labels, before.metadata.labels)) actions.push('UpdateNodeLabel');
  if (!isEqual(now.spec.taints, before.spec.taints)) actions.push('UpdateNodeTaint');
  return actions.map((action) => ({ resource: 'Node', action, now, before }));
}

function isScaledDown(now: Pod, before: Pod): boolean {
  if (now.spec.containers === before.spec.containers) return false;
  const wanted = podRequests(now);
  return Object.entries(podRequests(before)).some(([name, amount]) => amount > (wanted[name] ?? 0));
}

function hasGates({ spec }: Pod): boolean {
  return (spec.schedulingGates ?? []).length > 0;
}

function isEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
