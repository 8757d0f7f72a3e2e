import type { Node } from '../../api/types/core.ts';
import { type FilterPlugin, MAX_SCORE, type Rejection, type ScorePlugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { amounts, podRequests } from '../pod-requests.ts';

/** Whether a node has as much left as a Pod asks for (pkg/scheduler/framework/plugins/noderesources, Fit). */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare: (info) => ({ check: (node) => insufficient(info, node) }),
  isHelpedBy: (event, pod) => {
    if (event.type === 'AssignedPodDelete') return true;
    if (event.type === 'PodUpdate') return event.pod.metadata.uid === pod.metadata.uid;
    if (event.type === 'NodeAdd') return couldHold(event.node, podRequests(pod));
    return event.type === 'NodeUpdate' && couldHold(event.node, podRequests(pod)) && hasMore(event.node, event.before);
  },
};

function insufficient({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  const reasons: string[] = [];
  let isResolvable = true;
  if (node.podCount + 1 > (node.allocatable['pods'] ?? 0)) reasons.push('Too many pods');
  for (const name in requests) {
    const wanted = requests[name] ?? 0;
    const allocatable = node.allocatable[name] ?? 0;
    if (wanted === 0 || wanted <= allocatable - node.requested(name)) continue;
    reasons.push(`Insufficient ${name}`);
    if (wanted > allocatable) isResolvable = false;
  }
  return reasons.length === 0 ? undefined : { reasons, isResolvable };
}

function couldHold({ status }: Node, requests: Readonly<Record<string, number>>): boolean {
  const allocatable = amounts(status.allocatable);
  return Object.entries(requests).every(([name, wanted]) => wanted <= (allocatable[name] ?? 0));
}

function hasMore(node: Node, before: Node): boolean {
  const old = amounts(before.status.allocatable);
  return Object.entries(amounts(node.status.allocatable)).some(([name, amount]) => amount > (old[name] ?? 0));
}

/** Nodes with more left are better (LeastAllocated). */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  score: ({ nonZero }, nodes) =>
    nodes.map((node) => {
      const { cpu, memory } = node.nonZeroRequested;
      const shares = [
        share(node.allocatable['cpu'], cpu + nonZero.cpu),
        share(node.allocatable['memory'], memory + nonZero.memory),
      ].filter((each) => each !== undefined);
      return shares.length === 0 ? 0 : Math.floor(shares.reduce((sum, each) => sum + each, 0) / shares.length);
    }),
};

function share(allocatable: number | undefined, requested: number): number | undefined {
  if (!allocatable) return undefined;
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * MAX_SCORE) / allocatable);
}

/** Nodes whose CPU and memory are used alike are better (NodeResourcesBalancedAllocation). */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score: ({ requests: { cpu, memory } }, nodes) => {
    if (cpu === 0 && memory === 0) return undefined;
    return nodes.map((node) => {
      const after = balance(node, cpu, memory);
      const before = balance(node, 0, 0);
      return Math.trunc(MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + after - before) / 2));
    });
  },
};

function balance(node: NodeInfo, cpu: number, memory: number): number {
  const fractions = [
    [node.requested('cpu') + cpu, node.allocatable['cpu'] ?? 0],
    [node.requested('memory') + memory, node.allocatable['memory'] ?? 0],
  ].flatMap(([requested = 0, allocatable = 0]) => (allocatable === 0 ? [] : [Math.min(1, requested / allocatable)]));
  const [one, other] = fractions;
  const deviation = one !== undefined && other !== undefined ? Math.abs((one - other) / 2) : 0;
  return Math.trunc((1 - deviation) * MAX_SCORE);
}
