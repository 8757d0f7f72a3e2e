import type { Pod } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { scaledValue } from '../pod-control/int-or-percent.ts';
import { isTerminal } from '../pod-control/pod-state.ts';
import { targetNode } from './pod-template.ts';

export type PodsOnNodes = ReadonlyMap<string, readonly Pod[]>;

/** Pods by the node that they are on or meant for; those that ended and go are left out, so that another one can come. */
export function podsOnNodes(pods: readonly Pod[]): PodsOnNodes {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetNode(pod);
    if (node === undefined) continue;
    const others = byNode.get(node);
    if (others) others.push(pod);
    else byNode.set(node, [pod]);
  }
  return byNode;
}

/** Bound ones first, then the older. */
export function byAge(one: Pod, other: Pod): number {
  const key = ({ spec, metadata }: Pod) => `${spec.nodeName ? 0 : 1} ${metadata.creationTimestamp} ${metadata.name}`;
  return key(one) < key(other) ? -1 : 1;
}

/** How many nodes may have both an old and a new Pod. */
export function surgeCount({ spec }: DaemonSet, nodes: number): number {
  return scaledValue(rollingUpdateOf(spec)?.maxSurge, nodes, 'up');
}

export function unavailableCount({ spec }: DaemonSet, nodes: number): number {
  return scaledValue(rollingUpdateOf(spec)?.maxUnavailable, nodes, 'up');
}

function rollingUpdateOf({ updateStrategy }: DaemonSet['spec']): DaemonSet['spec']['updateStrategy']['rollingUpdate'] {
  return updateStrategy.type === 'RollingUpdate' ? updateStrategy.rollingUpdate : undefined;
}
