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
  isHelpedBy: (event, pod) => {
    if (event.type === 'NodeAdd') return !event.node.spec.unschedulable;
    if (event.type === 'NodeUpdate') return Boolean(event.before.spec.unschedulable) && !event.node.spec.unschedulable;
    return event.type === 'PodUpdate' && event.pod.metadata.uid === pod.metadata.uid;
  },
};
