import { describe, expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import type { NodeInfo } from './node-info.ts';
import { podInfo } from './pod-info.ts';
import { bestNode } from './scoring.ts';
import { node, nodeInfo, type PodOptions, pod, snapshot } from './test-harness.ts';

const AVOIDED = { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] };

function best(nodes: readonly NodeInfo[], options: PodOptions = {}, seed = 1): string {
  return bestNode(new Random(seed), podInfo(pod('web', options)), nodes, snapshot(nodes)).name;
}

describe('the best node', () => {
  it('is any of those that are as good, by chance', () => {
    const nodes = ['w1', 'w2', 'w3'].map((name) => nodeInfo(node(name)));
    const chosen = Array.from({ length: 30 }, (_, seed) => best(nodes, {}, seed));
    expect(new Set(chosen)).toEqual(new Set(['w1', 'w2', 'w3']));
    expect(best(nodes, {}, 7)).toBe(best(nodes, {}, 7));
  });

  it('is the only one', () => {
    expect(best([nodeInfo(node('w1', AVOIDED))])).toBe('w1');
  });

  it('is sooner a crowded one than one that is to be avoided', () => {
    const crowded = nodeInfo(node('crowded'), pod('a', { requests: { cpu: '3900m', memory: '7900Mi' } }));
    expect(best([crowded, nodeInfo(node('avoided', AVOIDED))])).toBe('crowded');
  });

  it('is sooner a preferred one than an empty one', () => {
    const preference = { matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] };
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] },
    };
    const full = nodeInfo(
      node('full', { labels: { disk: 'ssd' } }),
      pod('a', { requests: { cpu: '4', memory: '8Gi' } }),
    );
    expect(best([nodeInfo(node('empty')), full], { affinity })).toBe('full');
  });

  it('is sooner one that nothing speaks against than a preferred one', () => {
    const preference = { matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] };
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] },
    };
    const preferred = nodeInfo(node('preferred', { ...AVOIDED, labels: { disk: 'ssd' } }));
    const chosen = Array.from({ length: 10 }, (_, seed) =>
      best([nodeInfo(node('plain')), preferred], { affinity }, seed),
    );
    expect(new Set(chosen)).toEqual(new Set(['plain']));
  });
});
