import { always, type FilterPlugin, resolvable } from '../framework.ts';
import { isSamePort } from '../node-info.ts';
import { hostPortsOf } from '../pod-info.ts';

const REJECTION = resolvable("node(s) didn't have free ports for the requested pod ports");

/** Ports of the node that a Pod wants for itself (pkg/scheduler/framework/plugins/nodeports). */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare: ({ hostPorts }) => {
    if (hostPorts.length === 0) return undefined;
    return { check: (node) => (hostPorts.some((port) => node.isPortTaken(port)) ? REJECTION : undefined) };
  },
  helpedBy: {
    Node: { Add: always, UpdateNodeTaint: always },
    Pod: {
      Delete: ({ before }, { hostPorts }) =>
        before !== undefined &&
        Boolean(before.spec.nodeName || before.status.nominatedNodeName) &&
        hostPortsOf(before).some((freed) => hostPorts.some((port) => isSamePort(freed, port))),
    },
  },
};
