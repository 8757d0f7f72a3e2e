import { isTolerated } from '../../api/scheduling/tolerations.ts';
import { type FilterPlugin, unresolvable } from '../framework.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const REJECTION = unresolvable('node(s) were unschedulable');

/** Cordoned nodes (pkg/scheduler/framework/plugins/nodeunschedulable). */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  prepare: ({ pod }) => {
    if (isTolerated(TAINT, pod.spec.tolerations)) return undefined;
    return { check: ({ node }) => (node.spec.unschedulable ? REJECTION : undefined) };
  },
  helpedBy: {
    Node: {
      Add: ({ now }) => !now?.spec.unschedulable,
      UpdateNodeTaint: ({ now, before }) => before?.spec.unschedulable === true && !now?.spec.unschedulable,
    },
    Pod: {
      UpdatePodToleration: ({ now }, { pod }) =>
        now?.metadata.uid === pod.metadata.uid && isTolerated(TAINT, now.spec.tolerations),
    },
  },
};
