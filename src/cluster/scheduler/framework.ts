import type { Labels } from '../api/object.ts';
import type { LabelMatcher } from '../api/selectors/labels.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Why a node does not take a Pod; `isResolvable` when less on the node would help, so that preemption may be tried. */
export interface Rejection {
  readonly reasons: readonly string[];
  readonly isResolvable: boolean;
}

/** The cluster as it was when a cycle began. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  namespaceLabels(namespace: string | undefined): Labels | undefined;
  /** The labels of Pods that belong together with this one: of its Services and of its workload. Undefined when there are none. */
  companions(pod: Pod): LabelMatcher | undefined;
}

/** What changed in the cluster, for Pods that wait for a change. */
export type ClusterEvent =
  | { readonly type: 'NodeAdd'; readonly node: Node }
  | { readonly type: 'NodeUpdate'; readonly node: Node; readonly before: Node }
  | { readonly type: 'AssignedPodAdd' | 'AssignedPodDelete'; readonly pod: Pod }
  | { readonly type: 'AssignedPodUpdate'; readonly pod: Pod; readonly before: Pod }
  | { readonly type: 'PodUpdate'; readonly pod: Pod };

/** The question about one Pod, of which each node is asked. */
export interface PodFilter {
  /** Undefined when the node takes it. */
  check(node: NodeInfo): Rejection | undefined;
  /** A Pod comes to a node or leaves it, while preemption is tried out. */
  update?(info: PodInfo, node: NodeInfo, sign: 1 | -1): void;
}

/** Which nodes can take a Pod. */
export interface FilterPlugin {
  readonly name: string;
  /** Undefined when the plugin has nothing to say about the Pod. */
  prepare(info: PodInfo, snapshot: Snapshot): PodFilter | undefined;
  /** Whether a change may make a Pod fit that was rejected. */
  isHelpedBy(event: ClusterEvent, pod: Pod): boolean;
}

/** Which of the nodes that can take a Pod is best. */
export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  /** From 0 to 100 for each of the nodes, in their order; undefined when the plugin has nothing to say about the Pod. */
  score(info: PodInfo, nodes: readonly NodeInfo[], snapshot: Snapshot): readonly number[] | undefined;
}

export const MAX_SCORE = 100;

/** From 0 for none to 100 for the most, or the other way round (plugins/helper, DefaultNormalizeScore). */
export function normalized(scores: readonly number[], isReversed = false): readonly number[] {
  const most = Math.max(0, ...scores);
  if (most === 0) return scores.map(() => (isReversed ? MAX_SCORE : 0));
  return scores.map((score) => {
    const share = Math.floor((MAX_SCORE * score) / most);
    return isReversed ? MAX_SCORE - share : share;
  });
}

export function unresolvable(reason: string): Rejection {
  return { reasons: [reason], isResolvable: false };
}

export function resolvable(reason: string): Rejection {
  return { reasons: [reason], isResolvable: true };
}
