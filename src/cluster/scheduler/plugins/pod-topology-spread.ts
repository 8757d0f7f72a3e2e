import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import {
  type FilterPlugin,
  type Hint,
  MAX_SCORE,
  type PodFilter,
  resolvable,
  type ScorePlugin,
  type Snapshot,
  unresolvable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Constraint, constraintsOf, defaultConstraints, HOSTNAME } from './spread-constraints.ts';

const TOO_UNEVEN = resolvable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

/** A Pod that counts for the constraints of a waiting one, or would if its labels were others. */
function isInvolved(pod: Pod | undefined, waiting: Pod): boolean {
  if (!pod || pod.metadata.uid === waiting.metadata.uid) return true;
  const isPlaced = Boolean(pod.spec.nodeName || pod.status.nominatedNodeName);
  return isPlaced && pod.metadata.namespace === waiting.metadata.namespace;
}

const isCounted: Hint<Pod> = ({ now, before }, { pod }) => {
  const other = now ?? before;
  return isInvolved(other, pod) && constraintsOf(pod, 'DoNotSchedule').some(({ fits }) => fits(other?.metadata.labels));
};

const isCountedOtherwise: Hint<Pod> = ({ now, before }, { pod }) => {
  if (!isInvolved(now, pod) || !isInvolved(before, pod)) return false;
  return constraintsOf(pod, 'DoNotSchedule').some(
    ({ fits }) => fits(now?.metadata.labels) !== fits(before?.metadata.labels),
  );
};

const isAnotherDomain: Hint<Node> = ({ now, before }, { pod }) => {
  const constraints = constraintsOf(pod, 'DoNotSchedule');
  const after = now !== undefined && hasAllKeys(now, constraints);
  const earlier = before !== undefined && hasAllKeys(before, constraints);
  if (!now || !before || after !== earlier) return after !== earlier;
  if (!after) return false;
  const isMoved = constraints.some(
    ({ topologyKey }) => now.metadata.labels?.[topologyKey] !== before.metadata.labels?.[topologyKey],
  );
  return isMoved || JSON.stringify(now.spec.taints) !== JSON.stringify(before.spec.taints);
};

/** Constraints that must hold (pkg/scheduler/framework/plugins/podtopologyspread). */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  prepare: ({ pod }, snapshot) => {
    const constraints = constraintsOf(pod, 'DoNotSchedule');
    return constraints.length === 0 ? undefined : new SpreadFilter(pod, constraints, snapshot);
  },
  helpedBy: {
    Pod: {
      Add: isCounted,
      Delete: isCounted,
      UpdatePodLabel: isCountedOtherwise,
      UpdatePodToleration: ({ now }, { pod }) =>
        now?.metadata.uid === pod.metadata.uid &&
        constraintsOf(now, 'DoNotSchedule').some(({ honorsTaints }) => honorsTaints),
    },
    Node: {
      Add: isAnotherDomain,
      Delete: isAnotherDomain,
      UpdateNodeLabel: isAnotherDomain,
      UpdateNodeTaint: isAnotherDomain,
    },
  },
};

function hasAllKeys({ metadata: { labels } }: Node, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);
}

/** How many Pods each domain of a constraint has. */
class Domains {
  readonly constraint: Constraint;
  readonly #counts = new Map<string, number>();
  #fewest: number | undefined;

  constructor(constraint: Constraint) {
    this.constraint = constraint;
  }

  add(value: string, amount: number): void {
    this.#counts.set(value, this.at(value) + amount);
    this.#fewest = undefined;
  }

  at(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** With too few domains, those that are missing have no Pods. */
  get fewest(): number {
    this.#fewest ??= this.#counts.size < this.constraint.minDomains ? 0 : Math.min(...this.#counts.values());
    return this.#fewest;
  }
}

class SpreadFilter implements PodFilter {
  readonly #pod: Pod;
  readonly #constraints: readonly Constraint[];
  readonly #domains: readonly Domains[];

  constructor(pod: Pod, constraints: readonly Constraint[], snapshot: Snapshot) {
    this.#pod = pod;
    this.#constraints = constraints;
    this.#domains = constraints.map((constraint) => new Domains(constraint));
    for (const node of snapshot.nodes) {
      if (!hasAllKeys(node.node, constraints)) continue;
      for (const domains of this.#domains) {
        const { constraint } = domains;
        if (constraint.includes(node.node))
          domains.add(node.labels[constraint.topologyKey] ?? '', constraint.count(node));
      }
    }
  }

  update({ pod: { metadata } }: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    if (metadata.namespace !== this.#pod.metadata.namespace || !hasAllKeys(node.node, this.#constraints)) return;
    for (const domains of this.#domains) {
      const { constraint } = domains;
      if (constraint.includes(node.node) && constraint.fits(metadata.labels))
        domains.add(node.labels[constraint.topologyKey] ?? '', sign);
    }
  }

  check(node: NodeInfo) {
    for (const domains of this.#domains) {
      const { topologyKey, maxSkew, fits } = domains.constraint;
      const value = node.labels[topologyKey];
      if (value === undefined) return NO_LABEL;
      const own = fits(this.#pod.metadata.labels) ? 1 : 0;
      if (domains.at(value) + own - domains.fewest > maxSkew) return TOO_UNEVEN;
    }
    return undefined;
  }
}

export const podTopologySpreadScore: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  score: ({ pod }, nodes, snapshot) => {
    const hasOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0;
    const constraints = hasOwn ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, snapshot);
    if (constraints.length === 0) return undefined;
    const isIgnored = ({ node }: NodeInfo) => hasOwn && !hasAllKeys(node, constraints);
    const candidates = nodes.filter((node) => !isIgnored(node));
    const others = snapshot.nodes.filter((node) => !isIgnored(node));
    const domains = constraints.map((constraint) => domainCounts(constraint, candidates, others));
    const scores = nodes.map((node) => {
      if (isIgnored(node)) return undefined;
      let sum = 0;
      for (const { constraint, weight, counts } of domains) {
        const value = node.labels[constraint.topologyKey];
        if (value === undefined) continue;
        sum += (counts ? (counts.get(value) ?? 0) : constraint.count(node)) * weight + constraint.maxSkew - 1;
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

interface ScoredDomains {
  readonly constraint: Constraint;
  /** Differences count for more where there are many domains. */
  readonly weight: number;
  /** Undefined where each node is a domain. */
  readonly counts?: ReadonlyMap<string, number>;
}

function domainCounts(
  constraint: Constraint,
  candidates: readonly NodeInfo[],
  others: readonly NodeInfo[],
): ScoredDomains {
  const { topologyKey } = constraint;
  if (topologyKey === HOSTNAME) return { constraint, weight: Math.log(candidates.length + 2) };
  const counts = new Map(candidates.map(({ labels }) => [labels[topologyKey] ?? '', 0]));
  for (const node of others) {
    const value = node.labels[topologyKey] ?? '';
    const count = counts.get(value);
    if (count !== undefined && constraint.includes(node.node)) counts.set(value, count + constraint.count(node));
  }
  return { constraint, weight: Math.log(counts.size + 2), counts };
}
