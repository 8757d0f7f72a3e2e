import { always, type FilterPlugin, unresolvable } from '../framework.ts';

/** pkg/scheduler/framework/plugins/nodename */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  prepare: ({ pod }) => {
    const wanted = pod.spec.nodeName;
    if (!wanted) return undefined;
    return {
      check: ({ name }) => (name === wanted ? undefined : unresolvable("node(s) didn't match the requested node name")),
    };
  },
  // Whoever waits for new nodes hears of taints too: a new node may be tainted at first (scheduler.buildQueueingHintMap).
  helpedBy: { Node: { Add: always, UpdateNodeTaint: always } },
};
