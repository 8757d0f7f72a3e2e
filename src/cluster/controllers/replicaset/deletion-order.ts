import { parseTime } from '#kernel/calendar.ts';
import type { Pod } from '../../api/types/pod.ts';
import { isActive, isReady, readySince } from '../pod-control/pod-state.ts';

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What is compared of a Pod, looked up once. */
interface Ranked {
  readonly pod: Pod;
  readonly isScheduled: boolean;
  readonly phase: number;
  readonly isReady: boolean;
  /** `controller.kubernetes.io/pod-deletion-cost` */
  readonly cost: number;
  /** How many Pods of the same owner's owner are on its node. */
  readonly neighbours: number;
  /** The power of two of its time; undefined when the time is not known. */
  readonly readyFor: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly age: number;
}

/**
 * The Pods of a ReplicaSet that are deleted when it has `count` too many: those that serve least first, then those on crowded nodes, then
 * the younger ones (pkg/controller/replicaset.getPodsToDelete, pkg/controller.ActivePodsWithRanks). Ages count by powers of two only, so
 * that not always the same node loses the young ones; among equals the uid decides.
 *
 * @param related active Pods of all ReplicaSets of the same owner
 * @param now milliseconds since the epoch
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, now: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (isActive(pod)) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => rank(pod, onNode.get(nodeOf(pod)) ?? 0, now));
  return ranked
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod);
}

function nodeOf({ spec }: Pod): string {
  return spec.nodeName ?? '';
}

function rank(pod: Pod, neighbours: number, now: number): Ranked {
  const ready = readySince(pod);
  return {
    pod,
    isScheduled: nodeOf(pod) !== '',
    phase: PHASES[pod.status.phase ?? ''] ?? 0,
    isReady: isReady(pod),
    cost: deletionCost(pod),
    neighbours,
    readyFor: ready === undefined ? undefined : powerOfTwo(now - ready),
    ...restartsOf(pod),
    age: powerOfTwo(now - parseTime(pod.metadata.creationTimestamp)),
  };
}

/** Below 0: `a` is deleted first. */
function compare(a: Ranked, b: Ranked): number {
  return (
    Number(a.isScheduled) - Number(b.isScheduled) ||
    a.phase - b.phase ||
    Number(a.isReady) - Number(b.isReady) ||
    a.cost - b.cost ||
    b.neighbours - a.neighbours ||
    compareReady(a, b) ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    a.age - b.age ||
    (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1)
  );
}

/** A Pod that nobody knows since when it is ready goes before others. */
function compareReady(a: Ranked, b: Ranked): number {
  if (!a.isReady || !b.isReady) return 0;
  if (a.readyFor === undefined || b.readyFor === undefined) {
    return Number(b.readyFor === undefined) - Number(a.readyFor === undefined);
  }
  return a.readyFor - b.readyFor;
}

/** Of the nanoseconds, as Go counts; -1 for none. */
function powerOfTwo(milliseconds: number): number {
  return milliseconds > 0 ? Math.floor(Math.log2(milliseconds * 1e6)) : -1;
}

/** 0 for none, and for what is no 32-bit number. */
function deletionCost({ metadata }: Pod): number {
  const text = metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '';
  if (!/^-?(0|[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return Math.abs(cost) < 2 ** 31 ? cost : 0;
}

function restartsOf({ spec, status }: Pod): { readonly restarts: number; readonly sidecarRestarts: number } {
  let restarts = 0;
  let sidecarRestarts = 0;
  for (const { restartCount } of status.containerStatuses ?? []) restarts = Math.max(restarts, restartCount);
  for (const { name, restartCount } of status.initContainerStatuses ?? []) {
    const container = spec.initContainers?.find((candidate) => candidate.name === name);
    if (container?.restartPolicy === 'Always') sidecarRestarts = Math.max(sidecarRestarts, restartCount);
  }
  return { restarts, sidecarRestarts };
}
