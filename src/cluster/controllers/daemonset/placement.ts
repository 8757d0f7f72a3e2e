import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { isAvailable, isReady } from '../pod-control/pod-state.ts';
import { eligibility } from './eligibility.ts';
import { HASH_LABEL } from './pod-template.ts';
import { byAge, type PodsOnNodes, surgeCount } from './pods-on-nodes.ts';

/** What there is to do, by names. */
export interface Placement {
  /** Nodes that get a Pod. */
  readonly create: readonly string[];
  /** Pods that go. */
  readonly delete: readonly string[];
}

export interface PlacementContext {
  readonly set: DaemonSet;
  /** Of the newest revision. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A Pod ended on its own: tells of it, and returns whether it may be replaced by now. */
  readonly mayReplace: (pod: Pod, node: string) => boolean;
}

/** Each eligible node gets its one Pod, the others lose theirs (podsShouldBeOnNode of pkg/controller/daemon). */
export function placement(nodes: readonly Node[], pods: PodsOnNodes, context: PlacementContext): Placement {
  const result = { create: [] as string[], delete: [] as string[] };
  for (const node of nodes) {
    const { name } = node.metadata;
    const here = pods.get(name);
    const { shouldRun, shouldContinue } = eligibility(node, context.set);
    if (shouldRun && !here) result.create.push(name);
    else if (here && !shouldContinue) result.delete.push(...namesOf(here.filter(isStaying)));
    else if (here) {
      const running = here.filter(isStaying).filter((pod) => {
        const hasEnded = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded';
        if (hasEnded && context.mayReplace(pod, name)) result.delete.push(pod.metadata.name);
        return !hasEnded;
      });
      if (running.length > 1) result.delete.push(...namesOf(excess(running, context)));
      else if (running.length === 0 && shouldRun && surgeCount(context.set, 1) > 0) result.create.push(name);
    }
  }
  result.delete.push(...podsWithoutNode(nodes, pods));
  return result;
}

function isStaying({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp === undefined;
}

function namesOf(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.name);
}

/** Of several Pods on a node: all but the oldest; with a surge, an old one stays until a new one is available. */
function excess(running: readonly Pod[], { set, hash, now }: PlacementContext): Pod[] {
  const oldest = [...running].sort(byAge);
  if (surgeCount(set, 1) === 0) return oldest.slice(1);
  const newPod = oldest.find((pod) => pod.metadata.labels?.[HASH_LABEL] === hash);
  const oldPod = oldest.find((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash);
  const others = oldest.filter((pod) => pod !== newPod && pod !== oldPod);
  if (!newPod || !oldPod) return others;
  const isReplaced = !isReady(oldPod) || isAvailable(newPod, set.spec.minReadySeconds ?? 0, now);
  return isReplaced ? [...others, oldPod] : others;
}

/** Pods that were never bound, for nodes that are gone (getUnscheduledPodsWithoutNode). */
function podsWithoutNode(nodes: readonly Node[], pods: PodsOnNodes): string[] {
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  return [...pods].flatMap(([node, here]) =>
    known.has(node) ? [] : namesOf(here.filter(({ spec }) => !spec.nodeName)),
  );
}
