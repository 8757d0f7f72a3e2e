import type { Random } from '#kernel/random.ts';
import { keyOf } from '../api/object.ts';
import type { Log } from '../client/log.ts';
import { Feasibility, type NodeVerdict } from './feasibility.ts';
import { fitMessage, histogramOf } from './fit-error.ts';
import type { Rejector, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import type { PodInfo } from './pod-info.ts';
import { type Candidate, preemptionFor } from './preemption.ts';
import { bestNode } from './scoring.ts';

const PROFILE = 'default-scheduler';

/** A node for the Pod. */
interface Fit {
  readonly node: NodeInfo;
  readonly evaluatedNodes: number;
  readonly feasibleNodes: number;
}

/** No node for the Pod. */
export interface NoFit {
  /** Who rejected it; nobody when there are no nodes at all. */
  readonly rejectedBy: readonly Rejector[];
  readonly message: string;
  /** The node that is kept for the Pod from now on; empty: none any more; undefined: as before. */
  readonly nominated?: string;
  readonly preemption?: Candidate;
}

export interface CycleContext {
  readonly random: Random;
  readonly log: Log;
  readonly nominator: Nominator;
  readonly snapshot: Snapshot;
  /** Where the last search ended: this one begins there, so that every node has its turn. */
  readonly start: number;
  readonly cycleCount: number;
}

/** From so many nodes on, a part of them is searched (minFeasibleNodesToFind, numFeasibleNodesToFind). */
const ALL_SEARCHED = 100;
const LEAST_PERCENTAGE = 5;

/**
 * Looks for the best node for a Pod, or for room that others could make (pkg/scheduler, schedule_one.go, schedulingAlgorithm).
 *
 * @returns also how many nodes were asked
 */
export function findNode(info: PodInfo, context: CycleContext): (Fit | NoFit) & { readonly processed: number } {
  const { nominator, snapshot, log } = context;
  const { nodes } = snapshot;
  if (nodes.length === 0)
    return { rejectedBy: [], message: 'no nodes available to schedule pods', nominated: '', processed: 0 };
  const feasibility = new Feasibility(info, snapshot, nominator);
  if (feasibility.refusal) return { ...refused(feasibility, log), processed: 0 };
  const batch = { pod: keyOf(info.pod), profile: PROFILE, cycleCount: context.cycleCount };
  log.verbose(4, 'batch.go:81', 'OpportunisticBatch no node hint available for pod', batch);
  const verdicts = new Map<string, NodeVerdict>();
  const nominated = nodes.find(({ name }) => name === info.pod.status.nominatedNodeName);
  let feasible = nominated ? ask([nominated], feasibility, verdicts, context) : [];
  let processed = 0;
  if (feasible.length === 0) {
    const { only } = feasibility;
    feasible = ask(only ? nodes.filter(({ name }) => only.nodeNames.has(name)) : nodes, feasibility, verdicts, context);
    processed = feasible.length + verdicts.size;
  }
  if (feasible.length === 0) return { ...rejected(feasibility, verdicts, nominated, context), processed };
  const node = bestNode(context.random, info, feasible, snapshot);
  tellOfBatch(log, batch, node, feasible.length);
  return { node, evaluatedNodes: feasible.length + verdicts.size, feasibleNodes: feasible.length, processed };
}

/** Batches are never made with the default constraints of topology spread: no Pod is known to be like another. */
function tellOfBatch(
  log: Log,
  { pod, profile, cycleCount }: { readonly pod: string; readonly profile: string; readonly cycleCount: number },
  { name }: NodeInfo,
  feasible: number,
): void {
  const chosen = { pod, profile, cycleCount, hintedNode: '', chosenNode: name };
  log.verbose(4, 'batch.go:107', 'OpportunisticBatch set cycle state', chosen);
  const reason = feasible === 1 ? 'empty_list' : 'pod_not_batchable';
  log.verbose(4, 'batch.go:157', 'OpportunisticBatch found unusable state', { pod, profile, cycleCount, reason });
}

/** Asks nodes in their turn until enough take the Pod; the others' verdicts are added. */
function ask(
  nodes: readonly NodeInfo[],
  feasibility: Feasibility,
  verdicts: Map<string, NodeVerdict>,
  { log, start }: CycleContext,
): readonly NodeInfo[] {
  const feasible: NodeInfo[] = [];
  const enough = enoughOf(nodes.length);
  for (let turn = 0; turn < nodes.length && feasible.length < enough; turn += 1) {
    const node = nodes[(start + turn) % nodes.length];
    if (!node) continue;
    const verdict = feasibility.check(node);
    if (!verdict) {
      feasible.push(node);
      continue;
    }
    verdicts.set(node.name, verdict);
    const { note } = verdict.rejection;
    if (!note) continue;
    const logger = `FilterWithNominatedPods.Filter.${verdict.plugin.name}`;
    log.verbose(4, note.where, note.message, { logger, pod: keyOf(feasibility.info.pod), ...note.values });
  }
  return feasible;
}

function enoughOf(nodes: number): number {
  if (nodes < ALL_SEARCHED) return nodes;
  const percentage = Math.max(LEAST_PERCENTAGE, 50 - Math.trunc(nodes / 125));
  return Math.max(ALL_SEARCHED, Math.trunc((nodes * percentage) / 100));
}

/** A plugin said no before any node was asked; the plugins that could make room are not prepared for that, and say so. */
function refused({ info: { pod }, refusal, snapshot }: Feasibility, log: Log): NoFit {
  const afterwards = 'not found';
  log.error('schedule_one.go:298', 'Status after running PostFilter plugins for pod', {
    logger: 'UnhandledError',
    pod: keyOf(pod),
    status: afterwards,
  });
  return {
    rejectedBy: refusal ? [refusal.plugin] : [],
    message: fitMessage(snapshot.nodes.length, refusal?.message ?? '', afterwards),
  };
}

function rejected(
  feasibility: Feasibility,
  verdicts: ReadonlyMap<string, NodeVerdict>,
  nominated: NodeInfo | undefined,
  { random, log }: CycleContext,
): NoFit {
  const { only, info, snapshot } = feasibility;
  const rejectedBy = new Set<Rejector>([...verdicts.values()].map(({ plugin }) => plugin));
  const reasons = [...verdicts.values()].flatMap(({ rejection }) => rejection.reasons);
  if (only) {
    rejectedBy.add(only.plugin);
    const absent = `node(s) didn't satisfy plugin(s) [${only.plugin.name}]`;
    reasons.push(...Array.from({ length: snapshot.nodes.length - verdicts.size }, () => absent));
  }
  const why = histogramOf(reasons);
  const preemption = preemptionFor(random, feasibility, verdicts, nominated);
  const values = { logger: 'PostFilter.DefaultPreemption', pod: keyOf(info.pod) };
  if (!('why' in preemption)) {
    log.verbose(2, 'preemption.go:162', 'the target node for the preemption is determined', {
      ...named(log, values),
      node: preemption.node,
    });
    return {
      rejectedBy: [...rejectedBy],
      message: fitMessage(snapshot.nodes.length, why),
      nominated: preemption.node,
      preemption,
    };
  }
  if (preemption.isHopeless)
    log.verbose(3, 'preemption.go:185', 'Preemption will not help schedule pod on any node', named(log, values));
  if (preemption.isSettled) {
    const message = 'No preemption candidate is found; preemption is not helpful for scheduling';
    log.verbose(2, 'preemption.go:136', message, named(log, values));
  }
  return {
    rejectedBy: [...rejectedBy],
    message: fitMessage(snapshot.nodes.length, why, `no new claims to deallocate, preemption: ${preemption.why}`),
    ...(preemption.isSettled && { nominated: '' }),
  };
}

/** Lines of plugins have the plugin's name from verbosity 4 on. */
function named<T extends { readonly logger: string }>(log: Log, values: T): Omit<T, 'logger'> | T {
  if (log.verbosity >= 4) return values;
  const { logger: _, ...others } = values;
  return others;
}
