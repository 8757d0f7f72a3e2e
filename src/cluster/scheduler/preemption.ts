import { parseTime } from '#kernel/calendar.ts';
import type { Pod } from '../api/types/pod.ts';
import type { Feasibility } from './feasibility.ts';
import { histogramOf } from './fit-error.ts';
import type { Rejection } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { type PodInfo, priorityOf } from './pod-info.ts';

/** Who must leave which node so that a Pod fits; or why that does not help. */
export type Preemption = { readonly node: string; readonly victims: readonly PodInfo[] } | { readonly why: string };

const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NO_HELP = 'Preemption is not helpful for scheduling';

/**
 * Looks for less important Pods that can make room (pkg/scheduler/framework/preemption and plugins/defaultpreemption). There are no
 * disruption budgets here.
 *
 * @param nominated the node that others leave for this Pod already
 */
export function preemptionFor(
  feasibility: Feasibility,
  nodes: readonly NodeInfo[],
  rejections: ReadonlyMap<string, Rejection>,
  nominated: NodeInfo | undefined,
): Preemption {
  const { pod } = feasibility.info;
  if (pod.spec.preemptionPolicy === 'Never') return { why: 'not eligible due to preemptionPolicy=Never.' };
  if (nominated && [...nominated.pods].some((info) => isLeavingFor(info, pod))) {
    return { why: 'not eligible due to a terminating pod on the nominated node.' };
  }
  const reasons: string[] = [];
  const candidates: { readonly node: string; readonly victims: readonly PodInfo[] }[] = [];
  for (const node of nodes) {
    if (!rejections.get(node.name)?.isResolvable) {
      reasons.push(NO_HELP);
      continue;
    }
    const victims = victimsOn(node, feasibility);
    if (Array.isArray(victims)) candidates.push({ node: node.name, victims });
    else reasons.push(...(victims as Rejection).reasons);
  }
  const best = candidates.sort(compareCandidates)[0];
  return best ?? { why: `0/${nodes.length} nodes are available: ${histogramOf(reasons)}.` };
}

function isLeavingFor({ pod }: PodInfo, preemptor: Pod): boolean {
  const isPreempted = pod.status.conditions?.some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  );
  return (
    pod.metadata.deletionTimestamp !== undefined && isPreempted === true && priorityOf(pod) < priorityOf(preemptor)
  );
}

/** All less important Pods leave at first; then as many come back as have room, the most important first. */
function victimsOn(node: NodeInfo, feasibility: Feasibility): readonly PodInfo[] | Rejection {
  const priority = priorityOf(feasibility.info.pod);
  const potential = [...node.pods].filter(({ pod }) => priorityOf(pod) < priority).sort(compareImportance);
  if (potential.length === 0) return { reasons: [NO_VICTIMS], isResolvable: false };
  const trial = feasibility.trial(node);
  for (const info of potential) trial.remove(info);
  const verdict = trial.check();
  if (verdict) return verdict.rejection;
  return potential.filter((info) => {
    trial.add(info);
    if (!trial.check()) return false;
    trial.remove(info);
    return true;
  });
}

/** The more important first; among equals the one that has run longer. */
function compareImportance({ pod: one }: PodInfo, { pod: other }: PodInfo): number {
  return priorityOf(other) - priorityOf(one) || startOf(one) - startOf(other);
}

/** A Pod that has not started counts as one that starts now. */
function startOf({ status }: Pod): number {
  return status.startTime === undefined ? Number.POSITIVE_INFINITY : parseTime(status.startTime);
}

type Candidate = { readonly victims: readonly PodInfo[] };

const OFFSET = 2 ** 31;

/** The least loss: the least important victim at the top, the smallest sum, the fewest, the youngest (pickOneNodeForPreemption). */
function compareCandidates(one: Candidate, other: Candidate): number {
  for (const loss of [highest, sum, count, age]) {
    const difference = loss(one) - loss(other);
    if (difference < 0 || difference > 0) return difference;
  }
  return 0;
}

function highest({ victims }: Candidate): number {
  return Math.max(...victims.map(({ pod }) => priorityOf(pod)));
}

function sum({ victims }: Candidate): number {
  return victims.reduce((total, { pod }) => total + priorityOf(pod) + OFFSET, 0);
}

function count({ victims }: Candidate): number {
  return victims.length;
}

/** The earliest start among the most important victims, late being the smaller loss. */
function age(candidate: Candidate): number {
  const top = highest(candidate);
  return -Math.min(...candidate.victims.filter(({ pod }) => priorityOf(pod) === top).map(({ pod }) => startOf(pod)));
}
