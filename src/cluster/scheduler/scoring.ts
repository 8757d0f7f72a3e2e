import type { Random } from '#kernel/random.ts';
import type { Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { SCORES } from './plugins/plugins.ts';
import type { PodInfo } from './pod-info.ts';

/** The best of the nodes that can take a Pod; one at random where several are best (schedule_one.go, prioritizeNodes). */
export function bestNode(random: Random, info: PodInfo, nodes: readonly NodeInfo[], snapshot: Snapshot): NodeInfo {
  const [only] = nodes;
  if (only && nodes.length === 1) return only;
  const totals = nodes.map(() => 0);
  for (const plugin of SCORES) {
    const scores = plugin.score(info, nodes, snapshot);
    if (!scores) continue;
    for (const [index, score] of scores.entries()) totals[index] = (totals[index] ?? 0) + score * plugin.weight;
  }
  const most = Math.max(...totals);
  const best = nodes.filter((_, index) => totals[index] === most);
  const chosen = best[best.length > 1 ? random.int(best.length) : 0];
  if (!chosen) throw new Error('the best of no nodes');
  return chosen;
}
