import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { Log } from '../client/log.ts';
import type { NodeInfo } from './node-info.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { findNode } from './scheduling-cycle.ts';
import { node, nodeInfo, type PodOptions, pod, snapshot } from './test-harness.ts';

function find(nodes: readonly NodeInfo[], options: PodOptions = {}, start = 0, nominator = new Nominator()) {
  const kernel = new Kernel({ start: parseTime('2026-11-23T06:00:00Z'), seed: 1 });
  const log = new Log(kernel, () => {});
  const context = { random: kernel.random, log, nominator, snapshot: snapshot(nodes), start, cycleCount: 1 };
  return findNode(podInfo(pod('web', options)), context);
}

describe('the search for a node', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    nodeInfo(node(`n${index}`, { labels: { half: index < 150 ? 'first' : 'second' } })),
  );

  it('asks all nodes where they are few', () => {
    expect(find(many.slice(0, 99))).toMatchObject({ evaluatedNodes: 99, feasibleNodes: 99, processed: 99 });
  });

  it('asks as many as will do where they are many, from where it stopped', () => {
    const half = Math.trunc((300 * 48) / 100);
    const first = find(many);
    expect(first).toMatchObject({ evaluatedNodes: half, feasibleNodes: half, processed: half });
    expect('node' in first && Number(first.node.name.slice(1))).toBeLessThan(half);
    const next = find(many, {}, half);
    expect('node' in next && Number(next.node.name.slice(1))).toBeGreaterThanOrEqual(half);
    expect(find(many, { nodeSelector: { half: 'second' } })).toMatchObject({
      evaluatedNodes: 294,
      feasibleNodes: half,
    });
    const around = find(many, { nodeSelector: { half: 'first' } }, 290);
    expect(around).toMatchObject({ evaluatedNodes: 10 + half, feasibleNodes: half });
  });

  it('has the node that is kept for the Pod first, and no other if that will do', () => {
    const nodes = [nodeInfo(node('w1')), nodeInfo(node('w2'))];
    const nominated = { status: { nominatedNodeName: 'w2' } };
    expect(find(nodes, nominated)).toMatchObject({ evaluatedNodes: 1, feasibleNodes: 1, processed: 0 });
    const full = [nodeInfo(node('w1')), nodeInfo(node('w2', { unschedulable: true }))];
    expect(find(full, nominated)).toMatchObject({ evaluatedNodes: 2, feasibleNodes: 1, processed: 2 });
    expect(find(nodes, { status: { nominatedNodeName: 'gone' } })).toMatchObject({ evaluatedNodes: 2 });
  });
});

describe('a node that is kept for others', () => {
  const rival = pod('rival', { priority: 5, labels: { app: 'rival' }, requests: { cpu: '3' } });
  const nominator = new Nominator();
  nominator.add(podInfo(rival), 'w1');
  const nodes = [nodeInfo(node('w1'))];

  it('takes Pods that have room beside them', () => {
    expect(find(nodes, { requests: { cpu: '1' } }, 0, nominator)).toHaveProperty('node');
    expect(find(nodes, { requests: { cpu: '2' } }, 0, nominator)).toMatchObject({
      message: expect.stringContaining('1 Insufficient cpu'),
    });
  });

  it('takes Pods that are more important', () => {
    expect(find(nodes, { requests: { cpu: '2' }, priority: 6 }, 0, nominator)).toHaveProperty('node');
  });

  it('takes nobody who counts on them to come', () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'rival' } } };
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    expect(find(nodes, { affinity }, 0, nominator)).toMatchObject({
      message: expect.stringContaining("1 node(s) didn't match pod affinity rules"),
    });
  });
});
