import { parseTime } from '#kernel/calendar.ts';
import type { Random } from '#kernel/random.ts';
import type { Pod } from '../api/types/pod.ts';
import type { Feasibility, NodeVerdict } from './feasibility.ts';
import { fitMessage, histogramOf } from './fit-error.ts';
import type { NodeInfo } from './node-info.ts';
import { type PodInfo, priorityOf } from './pod-info.ts';

/** Who must leave which node so that a Pod fits. */
export interface Candidate {
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
}

export type Preemption =
  | Candidate
  /** Why it does not help; `isSettled` when nothing is kept for the Pod any more, `isHopeless` when no node was tried out. */
  | { readonly why: string; readonly isSettled: boolean; readonly isHopeless: boolean };

const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NO_HELP = 'Preemption is not helpful for scheduling';

/**
 * Looks for less important Pods that can make room (pkg/scheduler/framework/preemption and plugins/defaultpreemption). There are no
 * disruption budgets here.
 *
 * @param verdicts why nodes do not take the Pod; of others it is known that they cannot
 * @param nominated the node that others leave for this Pod already
 */
export function preemptionFor(
  random: Random,
  feasibility: Feasibility,
  verdicts: ReadonlyMap<string, NodeVerdict>,
  nominated: NodeInfo | undefined,
): Preemption {
  const { pod } = feasibility.info;
  const { nodes } = feasibility.snapshot;
  if (pod.spec.preemptionPolicy === 'Never') return waits('not eligible due to preemptionPolicy=Never.');
  const isLost = nominated && verdicts.get(nominated.name)?.rejection.isResolvable !== true;
  if (nominated && !isLost && [...nominated.pods].some((info) => isLeavingFor(info, pod))) {
    return waits('not eligible due to a terminating pod on the nominated node.');
  }
  const potential = nodes.filter(({ name }) => verdicts.get(name)?.rejection.isResolvable);
  const reasons: string[] = [];
  const candidates: Candidate[] = [];
  for (const node of potential) {
    const found = victimsOn(node, feasibility);
    if ('victims' in found) candidates.push({ node: node.name, victims: found.victims });
    else reasons.push(...found.reasons);
  }
  const best = bestOf(candidates, random);
  if (best) return best;
  const others = Array.from({ length: nodes.length - potential.length }, () => NO_HELP);
  const why = fitMessage(nodes.length, histogramOf([...reasons, ...others]));
  return { why, isSettled: true, isHopeless: potential.length === 0 };
}

function waits(why: string): Preemption {
  return { why, isSettled: false, isHopeless: false };
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
function victimsOn(
  node: NodeInfo,
  feasibility: Feasibility,
): { readonly victims: readonly PodInfo[] } | { readonly reasons: readonly string[] } {
  const priority = priorityOf(feasibility.info.pod);
  const potential = [...node.pods].filter(({ pod }) => priorityOf(pod) < priority).sort(compareImportance);
  if (potential.length === 0) return { reasons: [NO_VICTIMS] };
  const trial = feasibility.trial(node);
  for (const info of potential) trial.remove(info);
  const verdict = trial.check();
  if (verdict) return { reasons: verdict.rejection.reasons };
  const victims = potential.filter((info) => {
    trial.add(info);
    if (!trial.check()) return false;
    trial.remove(info);
    return true;
  });
  if (victims.length > 0) return { victims };
  return { reasons: [`expected at least one victim pod on node ${JSON.stringify(node.name)}`] };
}

/** The more important first; among equals the one that has run longer. */
function compareImportance({ pod: one }: PodInfo, { pod: other }: PodInfo): number {
  return priorityOf(other) - priorityOf(one) || compare(startOf(one), startOf(other));
}

/** A Pod that has not started counts as one that starts now. */
function startOf({ status }: Pod): number {
  return status.startTime === undefined ? Number.POSITIVE_INFINITY : parseTime(status.startTime);
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

const OFFSET = 2 ** 31;

/**
 * The least loss: the least important victim at the top, the smallest sum, the fewest, the youngest; one at random among equals
 * (pickOneNodeForPreemption).
 */
function bestOf(candidates: readonly Candidate[], random: Random): Candidate | undefined {
  let best = candidates;
  for (const loss of [highest, sum, count, age]) {
    const losses = best.map(loss);
    const least = Math.min(...losses);
    best = best.filter((_, index) => losses[index] === least);
  }
  return best[best.length > 1 ? random.int(best.length) : 0];
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
