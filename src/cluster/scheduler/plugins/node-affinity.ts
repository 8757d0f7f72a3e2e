import { fitsNodeAffinity, fitsTerm } from '../../api/scheduling/node-affinity.ts';
import { type FilterPlugin, normalized, type ScorePlugin, unresolvable } from '../framework.ts';

const REJECTION = unresolvable("node(s) didn't match Pod's node affinity/selector");

/** nodeSelector and required node affinity (pkg/scheduler/framework/plugins/nodeaffinity). */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  prepare: ({ pod: { spec } }) => {
    if (!spec.nodeSelector && !spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
      return undefined;
    return { check: ({ node }) => (fitsNodeAffinity(spec, node) ? undefined : REJECTION) };
  },
  isHelpedBy: (event, { spec }) => {
    if (event.type === 'NodeAdd') return fitsNodeAffinity(spec, event.node);
    return event.type === 'NodeUpdate' && fitsNodeAffinity(spec, event.node) && !fitsNodeAffinity(spec, event.before);
  },
};

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
