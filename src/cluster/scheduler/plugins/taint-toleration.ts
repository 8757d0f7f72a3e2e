import { isTolerated } from '../../api/scheduling/tolerations.ts';
import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { type FilterPlugin, normalized, type ScorePlugin, unresolvable } from '../framework.ts';

const REJECTION = unresolvable('node(s) had untolerated taint(s)');

/** NoSchedule and NoExecute keep Pods away (pkg/scheduler/framework/plugins/tainttoleration). */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare: ({ pod }) => ({ check: ({ node }) => (hasUntolerated(node, pod) ? REJECTION : undefined) }),
  isHelpedBy: (event, pod) => {
    if (event.type === 'NodeAdd') return !hasUntolerated(event.node, pod);
    if (event.type === 'NodeUpdate') return hasUntolerated(event.before, pod) && !hasUntolerated(event.node, pod);
    return event.type === 'PodUpdate' && event.pod.metadata.uid === pod.metadata.uid;
  },
};

/** Nodes with fewer taints of the effect PreferNoSchedule are better. */
export const taintScore: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  score: ({ pod }, nodes) => {
    const tolerations = pod.spec.tolerations?.filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    return normalized(
      nodes.map(
        ({ node }) =>
          (node.spec.taints ?? []).filter(
            (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations),
          ).length,
      ),
      true,
    );
  },
};

function hasUntolerated({ spec }: Node, pod: Pod): boolean {
  return (
    spec.taints?.some(
      (taint) =>
        (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !isTolerated(taint, pod.spec.tolerations),
    ) ?? false
  );
}
