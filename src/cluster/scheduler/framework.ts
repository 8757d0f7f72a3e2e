import type { Labels } from '../api/object.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { LogValues } from '../client/log.ts';
import type { Change, NodeAction, PodAction } from './cluster-event.ts';
import type { NodeInfo, PodSelector } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Why a node does not take a Pod; `isResolvable` when less on the node would help, so that preemption may be tried. */
export interface Rejection {
  readonly reasons: readonly string[];
  readonly isResolvable: boolean;
  /** A line of the log at verbosity 4. */
  readonly note?: { readonly where: string; readonly message: string; readonly values: LogValues };
}

/** The cluster as it was when a cycle began. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  namespaceLabels(namespace: string | undefined): Labels | undefined;
  /** The Pods that belong together with this one: of its Services and of its workload. Undefined when there are none. */
  companions(pod: Pod): PodSelector | undefined;
}

/** Whether a change may make a Pod fit that waits. */
export type Hint<T> = (change: Change<T>, waiting: PodInfo) => boolean;

/** Who rejects a Pod, and which changes bring it back (framework.EnqueueExtensions). */
export interface Rejector {
  readonly name: string;
  readonly helpedBy: {
    readonly Pod?: Readonly<Partial<Record<PodAction, Hint<Pod>>>>;
    readonly Node?: Readonly<Partial<Record<NodeAction, Hint<Node>>>>;
  };
}

/** The question about one Pod, of which each node is asked. */
export interface PodFilter {
  /** Undefined when the node takes it. */
  check(node: NodeInfo): Rejection | undefined;
  /** A Pod comes to a node or leaves it, while preemption is tried out. */
  update?(info: PodInfo, node: NodeInfo, sign: 1 | -1): void;
  /** When no other nodes come into question (framework.PreFilterResult). */
  readonly nodeNames?: ReadonlySet<string>;
}

/** Why no node at all can take a Pod. */
export interface Refusal {
  readonly refusal: string;
}

/** Which nodes can take a Pod. */
export interface FilterPlugin extends Rejector {
  /** Undefined when the plugin has nothing to say about the Pod. */
  prepare(info: PodInfo, snapshot: Snapshot): PodFilter | Refusal | undefined;
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

/** The hint of a plugin that any such change may help. */
export const always = (): boolean => true;

/** The hint of a plugin that a change of the waiting Pod itself may help. */
export const ofItself: Hint<Pod> = ({ now }, { pod }) => now?.metadata.uid === pod.metadata.uid;
