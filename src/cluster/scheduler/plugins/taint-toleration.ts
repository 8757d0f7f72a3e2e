import { isTolerated } from '../../api/scheduling/tolerations.ts';
import type { Node, Taint } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import {
  type FilterPlugin,
  type Hint,
  normalized,
  ofItself,
  type Rejection,
  type ScorePlugin,
  unresolvable,
} from '../framework.ts';

const REJECTION = unresolvable('node(s) had untolerated taint(s)');

const isTaintGone: Hint<Node> = ({ now, before }, { pod }) =>
  now !== undefined && !untolerated(now, pod) && (!before || untolerated(before, pod) !== undefined);

/** NoSchedule and NoExecute keep Pods away (pkg/scheduler/framework/plugins/tainttoleration). */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare: ({ pod }) => ({
    check: ({ node }) => {
      const taint = untolerated(node, pod);
      return taint && rejection(node, taint);
    },
  }),
  helpedBy: { Node: { Add: isTaintGone, UpdateNodeTaint: isTaintGone }, Pod: { UpdatePodToleration: ofItself } },
};

function rejection({ metadata }: Node, { key, value, effect, timeAdded }: Taint): Rejection {
  const untoleratedTaint = { key, ...(value && { value }), effect, ...(timeAdded && { timeAdded }) };
  const values = { node: metadata.name, untoleratedTaint };
  return { ...REJECTION, note: { where: 'taint_toleration.go:130', message: 'node had untolerated taints', values } };
}

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

function untolerated({ spec }: Node, pod: Pod): Taint | undefined {
  return spec.taints?.find(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !isTolerated(taint, pod.spec.tolerations),
  );
}
