import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { always, type FilterPlugin, type Hint, MAX_SCORE, type Rejection, type ScorePlugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { amounts, podRequests, type Resources } from '../pod-requests.ts';

/** Another Pod that asks for less now, of what the waiting one wants; or the waiting one itself. */
const isLessWanted: Hint<Pod> = ({ now, before }, { pod, requests }) => {
  if (!now || !before || now.metadata.uid === pod.metadata.uid) return now?.metadata.uid === pod.metadata.uid;
  if (!now.spec.nodeName) return false;
  const after = podRequests(now);
  return Object.entries(podRequests(before)).some(
    ([name, amount]) => (requests[name] ?? 0) > 0 && amount > (after[name] ?? 0),
  );
};

/** Whether a node has as much left as a Pod asks for (pkg/scheduler/framework/plugins/noderesources, Fit). */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare: (info) => ({ check: (node) => insufficient(info, node) }),
  helpedBy: {
    Pod: {
      Delete: ({ before }) => Boolean(before?.spec.nodeName || before?.status.nominatedNodeName),
      UpdatePodScaleDown: isLessWanted,
    },
    Node: {
      Add: ({ now }, { requests }) => now !== undefined && couldHold(now, requests),
      UpdateNodeAllocatable: ({ now, before }, { requests }) =>
        now !== undefined && before !== undefined && couldHold(now, requests) && hasMore(now, before, requests),
      UpdateNodeTaint: always,
    },
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

/** Whether an empty node would do. */
function couldHold({ status }: Node, requests: Resources): boolean {
  const allocatable = amounts(status.allocatable);
  return (
    (allocatable['pods'] ?? 0) >= 1 &&
    Object.entries(requests).every(([name, wanted]) => wanted <= (allocatable[name] ?? 0))
  );
}

function hasMore(now: Node, before: Node, requests: Resources): boolean {
  const more = amounts(now.status.allocatable);
  const less = amounts(before.status.allocatable);
  const names = ['pods', ...Object.keys(requests).filter((name) => (requests[name] ?? 0) > 0)];
  return names.some((name) => (more[name] ?? 0) > (less[name] ?? 0));
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
      return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + after - before) / 2);
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
