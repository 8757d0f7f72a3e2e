import { fitsNodeAffinity } from '../../api/scheduling/node-affinity.ts';
import { isTolerated } from '../../api/scheduling/tolerations.ts';
import { type LabelMatcher, selectorMatcher } from '../../api/selectors/labels.ts';
import type { Pod, TopologySpreadConstraint } from '../../api/types/pod.ts';
import {
  type FilterPlugin,
  MAX_SCORE,
  type PodFilter,
  resolvable,
  type ScorePlugin,
  type Snapshot,
  unresolvable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

const TOO_UNEVEN = resolvable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");
const HOSTNAME = 'kubernetes.io/hostname';

interface Constraint {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topologyKey: string;
  readonly fits: LabelMatcher;
  counts(node: NodeInfo): boolean;
}

/** What Pods without constraints of their own get: the Pods of a Service or of a workload are spread. */
const DEFAULTS = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

/** Constraints that must hold (pkg/scheduler/framework/plugins/podtopologyspread). */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  prepare: ({ pod }, snapshot) => {
    const constraints = constraintsOf(pod, 'DoNotSchedule');
    return constraints.length === 0 ? undefined : new SpreadFilter(pod, constraints, snapshot);
  },
  isHelpedBy: (event, pod) => {
    if (event.type === 'PodUpdate') return event.pod.metadata.uid === pod.metadata.uid;
    if (event.type === 'NodeAdd' || event.type === 'NodeUpdate') return true;
    return event.pod.metadata.namespace === pod.metadata.namespace;
  },
};

class SpreadFilter implements PodFilter {
  readonly #pod: Pod;
  readonly #constraints: readonly { readonly constraint: Constraint; readonly counts: Map<string, number> }[];

  constructor(pod: Pod, constraints: readonly Constraint[], snapshot: Snapshot) {
    this.#pod = pod;
    this.#constraints = constraints.map((constraint) => ({ constraint, counts: new Map() }));
    for (const node of snapshot.nodes) {
      if (constraints.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) continue;
      for (const { constraint, counts } of this.#constraints) {
        if (!constraint.counts(node)) continue;
        const value = node.labels[constraint.topologyKey] ?? '';
        counts.set(value, (counts.get(value) ?? 0) + matching(node, constraint.fits, pod));
      }
    }
  }

  update({ pod }: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    if (pod.metadata.namespace !== this.#pod.metadata.namespace) return;
    for (const { constraint, counts } of this.#constraints) {
      const value = node.labels[constraint.topologyKey];
      if (value === undefined || !constraint.counts(node) || !constraint.fits(pod.metadata.labels)) continue;
      counts.set(value, (counts.get(value) ?? 0) + sign);
    }
  }

  check(node: NodeInfo) {
    for (const { constraint, counts } of this.#constraints) {
      const value = node.labels[constraint.topologyKey];
      if (value === undefined) return NO_LABEL;
      // Too few domains: those that are missing have no Pods.
      const fewest = counts.size < constraint.minDomains ? 0 : Math.min(...counts.values());
      const own = constraint.fits(this.#pod.metadata.labels) ? 1 : 0;
      if ((counts.get(value) ?? 0) + own - fewest > constraint.maxSkew) return TOO_UNEVEN;
    }
    return undefined;
  }
}

export const podTopologySpreadScore: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  score: ({ pod }, nodes, snapshot) => {
    const hasOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0;
    const constraints = hasOwn ? constraintsOf(pod, 'ScheduleAnyway') : defaults(pod, snapshot);
    if (constraints.length === 0) return undefined;
    const isIgnored = (node: NodeInfo) =>
      hasOwn && constraints.some(({ topologyKey }) => node.labels[topologyKey] === undefined);
    const candidates = nodes.filter((node) => !isIgnored(node));
    const domains = constraints.map((constraint) => domainCounts(constraint, candidates, pod, snapshot, isIgnored));
    const scores = nodes.map((node) => {
      if (isIgnored(node)) return undefined;
      let sum = 0;
      for (const [index, constraint] of constraints.entries()) {
        const value = node.labels[constraint.topologyKey];
        const domain = domains[index];
        if (value === undefined || !domain) continue;
        const count = domain.counts?.get(value) ?? matching(node, constraint.fits, pod);
        sum += count * domain.weight + constraint.maxSkew - 1;
      }
      return Math.round(sum);
    });
    return inverted(scores);
  },
};

/** A domain is the fewer worth the more Pods it has. */
function inverted(scores: readonly (number | undefined)[]): readonly number[] {
  const known = scores.filter((score) => score !== undefined);
  const most = Math.max(0, ...known);
  const least = Math.min(...known);
  return scores.map((score) => {
    if (score === undefined) return 0;
    return most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - score)) / most);
  });
}

/** How many Pods each domain has; those of single nodes are counted when they are asked for. */
function domainCounts(
  constraint: Constraint,
  candidates: readonly NodeInfo[],
  pod: Pod,
  { nodes }: Snapshot,
  isIgnored: (node: NodeInfo) => boolean,
): { readonly counts?: Map<string, number>; readonly weight: number } {
  const { topologyKey, fits } = constraint;
  // Differences count for more where there are many domains.
  if (topologyKey === HOSTNAME) return { weight: Math.log(candidates.length + 2) };
  const counts = new Map<string, number>();
  for (const { labels } of candidates) {
    const value = labels[topologyKey];
    if (value !== undefined) counts.set(value, 0);
  }
  for (const node of nodes) {
    const value = node.labels[topologyKey];
    const count = value === undefined ? undefined : counts.get(value);
    if (value === undefined || count === undefined || isIgnored(node) || !constraint.counts(node)) continue;
    counts.set(value, count + matching(node, fits, pod));
  }
  return { counts, weight: Math.log(counts.size + 2) };
}

function matching(node: NodeInfo, fits: LabelMatcher, { metadata: { namespace } }: Pod): number {
  let count = 0;
  for (const { pod } of node.pods) {
    const { metadata } = pod;
    if (metadata.namespace === namespace && !metadata.deletionTimestamp && fits(metadata.labels)) count += 1;
  }
  return count;
}

function constraintsOf(pod: Pod, action: string): readonly Constraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => ({
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      topologyKey: constraint.topologyKey,
      fits: selectorOf(constraint, pod),
      counts: ({ node }) => {
        if (constraint.nodeAffinityPolicy !== 'Ignore' && !fitsNodeAffinity(pod.spec, node)) return false;
        if (constraint.nodeTaintsPolicy !== 'Honor') return true;
        return !node.spec.taints?.some(
          (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, pod.spec.tolerations),
        );
      },
    }));
}

/** With `matchLabelKeys`, Pods must be like this one in these labels too. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: Pod): LabelMatcher {
  const fits = selectorMatcher(labelSelector);
  const own = pod.metadata.labels ?? {};
  const keys = matchLabelKeys.filter((key) => own[key] !== undefined);
  return keys.length === 0 ? fits : (labels) => fits(labels) && keys.every((key) => labels?.[key] === own[key]);
}

function defaults(pod: Pod, snapshot: Snapshot): readonly Constraint[] {
  const fits = snapshot.companions(pod);
  if (!fits) return [];
  return DEFAULTS.map((each) => ({
    ...each,
    minDomains: 1,
    fits,
    counts: ({ node }) => fitsNodeAffinity(pod.spec, node),
  }));
}
