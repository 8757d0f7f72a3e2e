import { fitsNodeAffinity, fitsTerm } from '../../api/scheduling/node-affinity.ts';
import type { NodeSelectorTerm } from '../../api/types/pod.ts';
import { always, type FilterPlugin, normalized, type ScorePlugin, unresolvable } from '../framework.ts';

const REJECTION = unresolvable("node(s) didn't match Pod's node affinity/selector");

/** nodeSelector and required node affinity (pkg/scheduler/framework/plugins/nodeaffinity). */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  prepare: ({ pod: { spec } }) => {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!spec.nodeSelector && !required) return undefined;
    const nodeNames = required && namesIn(required.nodeSelectorTerms);
    if (nodeNames?.size === 0) return { refusal: 'pod affinity terms conflict' };
    return {
      check: ({ node }) => (fitsNodeAffinity(spec, node) ? undefined : REJECTION),
      ...(nodeNames && { nodeNames }),
    };
  },
  helpedBy: {
    Node: {
      Add: ({ now }, { pod }) => now !== undefined && fitsNodeAffinity(pod.spec, now),
      UpdateNodeLabel: ({ now, before }, { pod }) =>
        now !== undefined &&
        before !== undefined &&
        fitsNodeAffinity(pod.spec, now) &&
        !fitsNodeAffinity(pod.spec, before),
      UpdateNodeTaint: always,
    },
  },
};

/** The nodes that terms name; undefined when a term is open to all. Within a term, all lists must have a name. */
function namesIn(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values = [] }) => values);
    const [first, ...others] = lists;
    if (!first) return undefined;
    for (const name of first) if (others.every((list) => list.includes(name))) names.add(name);
  }
  return names;
}

export const nodeAffinityScore: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  score: ({ pod: { spec } }, nodes) => {
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    return normalized(
      nodes.map(({ node }) =>
        preferred.reduce((sum, { weight, preference }) => sum + (fitsTerm(preference, node) ? weight : 0), 0),
      ),
    );
  },
};
