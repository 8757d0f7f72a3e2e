import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { type AffinityTerm, affinityTerms } from '../affinity-terms.ts';
import {
  always,
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

const AFFINITY = unresolvable("node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = resolvable("node(s) didn't match pod anti-affinity rules");
const EXISTING = resolvable("node(s) didn't satisfy existing pods anti-affinity rules");

/** A required term of a Pod that runs counts so much for Pods that it would like to have near. */
const HARD_WEIGHT = 1;

/** How many Pods there are in each domain: by topology key and value. */
class Domains {
  readonly #counts = new Map<string, number>();

  add({ topologyKey }: AffinityTerm, { labels }: NodeInfo, amount: number): void {
    const value = labels[topologyKey];
    if (value === undefined) return;
    const key = `${topologyKey}\n${value}`;
    const count = (this.#counts.get(key) ?? 0) + amount;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  at(topologyKey: string, value: string): number {
    return this.#counts.get(`${topologyKey}\n${value}`) ?? 0;
  }

  /** What all domains of a node come to. */
  sum({ labels }: NodeInfo): number {
    let sum = 0;
    for (const key in labels) sum += this.at(key, labels[key] ?? '');
    return sum;
  }
}

/** Pods that want to be near others, or far from them (pkg/scheduler/framework/plugins/interpodaffinity). */
export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  prepare: (info, snapshot) => {
    const { required, requiredAnti } = info.terms;
    const filter = new AffinityFilter(info, snapshot);
    const isAsking = required.length > 0 || requiredAnti.length > 0;
    for (const node of snapshot.nodes) {
      const existing = isAsking ? node.pods : node.podsWithRequiredAntiAffinity;
      for (const each of existing) filter.update(each, node, 1);
    }
    return filter.isNeeded ? filter : undefined;
  },
  helpedBy: {
    Pod: {
      Add: ({ now }, { terms }) => isPlaced(now) && meetsAll(terms.required, now),
      Delete: ({ before }, { pod, terms }) =>
        isPlaced(before) && (meetsAll(terms.requiredAnti, before) || meetsAll(affinityTerms(before).requiredAnti, pod)),
      UpdatePodLabel: ({ now, before }, { pod, terms }) => {
        if (now?.metadata.uid === pod.metadata.uid) return true;
        if (!isPlaced(now) || !isPlaced(before)) return false;
        return (
          (!meetsAll(terms.required, before) && meetsAll(terms.required, now)) ||
          (meetsAll(terms.requiredAnti, before) && !meetsAll(terms.requiredAnti, now))
        );
      },
    },
    Node: {
      Add: ({ now }, { terms }) =>
        terms.requiredAnti.length > 0 ||
        terms.required.some(({ topologyKey }) => now?.metadata.labels?.[topologyKey] !== undefined),
      UpdateNodeLabel: (change, { terms }) =>
        terms.required.some((term) => isMoved(change, term, 'joins')) ||
        terms.requiredAnti.some((term) => isMoved(change, term, 'leaves')),
      UpdateNodeTaint: always,
    },
  },
};

/** Whether a node is in another domain of a term than before; or in one now that was in none, or in none now that was in one. */
function isMoved({ now, before }: Parameters<Hint<Node>>[0], { topologyKey }: AffinityTerm, how: 'joins' | 'leaves') {
  const after = now?.metadata.labels?.[topologyKey];
  const earlier = before?.metadata.labels?.[topologyKey];
  return after !== earlier && (how === 'joins' ? after !== undefined : earlier !== undefined);
}

function isPlaced(pod: Pod | undefined): pod is Pod {
  return Boolean(pod?.spec.nodeName || pod?.status.nominatedNodeName);
}

/** Namespaces are not looked at by their labels when Pods that wait are told of a change. */
function meetsAll(terms: readonly AffinityTerm[], pod: Pod): boolean {
  return terms.length > 0 && terms.every((term) => term.matches(pod, undefined));
}

class AffinityFilter implements PodFilter {
  readonly #info: PodInfo;
  readonly #snapshot: Snapshot;
  readonly #wanted = new Domains();
  readonly #unwanted = new Domains();
  readonly #refusing = new Domains();

  constructor(info: PodInfo, snapshot: Snapshot) {
    this.#info = info;
    this.#snapshot = snapshot;
  }

  get isNeeded(): boolean {
    const { required, requiredAnti } = this.#info.terms;
    return required.length > 0 || requiredAnti.length > 0 || !this.#refusing.isEmpty;
  }

  update(existing: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    const { pod, terms } = this.#info;
    const labels = this.#labels(existing.pod);
    // An existing Pod counts where it meets all terms.
    if (terms.required.length > 0 && terms.required.every((term) => term.matches(existing.pod, labels)))
      for (const term of terms.required) this.#wanted.add(term, node, sign);
    for (const term of terms.requiredAnti) {
      if (term.matches(existing.pod, labels)) this.#unwanted.add(term, node, sign);
    }
    for (const term of existing.terms.requiredAnti) {
      if (term.matches(pod, this.#labels(pod))) this.#refusing.add(term, node, sign);
    }
  }

  check(node: NodeInfo) {
    if (!this.#isWanted(node)) return AFFINITY;
    const isUnwanted = this.#info.terms.requiredAnti.some(({ topologyKey }) => {
      const value = node.labels[topologyKey];
      return value !== undefined && this.#unwanted.at(topologyKey, value) > 0;
    });
    if (isUnwanted) return ANTI_AFFINITY;
    return !this.#refusing.isEmpty && this.#refusing.sum(node) > 0 ? EXISTING : undefined;
  }

  #isWanted(node: NodeInfo): boolean {
    const { pod, terms } = this.#info;
    if (terms.required.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false;
    if (terms.required.every(({ topologyKey }) => this.#wanted.at(topologyKey, node.labels[topologyKey] ?? '') > 0))
      return true;
    // The first of Pods that want to be with their like may start anywhere.
    return this.#wanted.isEmpty && terms.required.every((term) => term.matches(pod, this.#labels(pod)));
  }

  #labels({ metadata }: Pod) {
    return this.#snapshot.namespaceLabels(metadata.namespace);
  }
}

export const interPodAffinityScore: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  score: (info, nodes, snapshot) => {
    const domains = preferences(info, snapshot);
    if (domains.isEmpty) return undefined;
    const sums = nodes.map((node) => domains.sum(node));
    const least = Math.min(...sums);
    const range = Math.max(...sums) - least;
    return sums.map((sum) => (range === 0 ? 0 : Math.trunc(MAX_SCORE * ((sum - least) / range))));
  },
};

function preferences({ pod, terms }: PodInfo, snapshot: Snapshot): Domains {
  const domains = new Domains();
  const own = snapshot.namespaceLabels(pod.metadata.namespace);
  const hasPreferences = terms.preferred.length > 0 || terms.preferredAnti.length > 0;
  for (const node of snapshot.nodes) {
    for (const existing of hasPreferences ? node.pods : node.podsWithAffinity) {
      const labels = snapshot.namespaceLabels(existing.pod.metadata.namespace);
      for (const term of terms.preferred) if (term.matches(existing.pod, labels)) domains.add(term, node, term.weight);
      for (const term of terms.preferredAnti)
        if (term.matches(existing.pod, labels)) domains.add(term, node, -term.weight);
      for (const term of existing.terms.required) if (term.matches(pod, own)) domains.add(term, node, HARD_WEIGHT);
      for (const term of existing.terms.preferred) if (term.matches(pod, own)) domains.add(term, node, term.weight);
      for (const term of existing.terms.preferredAnti) {
        if (term.matches(pod, own)) domains.add(term, node, -term.weight);
      }
    }
  }
  return domains;
}
