import { type FilterPlugin, resolvable } from '../framework.ts';

const REJECTION = resolvable("node(s) didn't have free ports for the requested pod ports");

/** Ports of the node that a Pod wants for itself (pkg/scheduler/framework/plugins/nodeports). */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare: ({ hostPorts }) => {
    if (hostPorts.length === 0) return undefined;
    return { check: (node) => (hostPorts.some((port) => node.isPortTaken(port)) ? REJECTION : undefined) };
  },
  isHelpedBy: ({ type }) => type === 'NodeAdd' || type === 'AssignedPodDelete',
};
