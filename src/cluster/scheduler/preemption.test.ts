import { describe, expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { Feasibility, type NodeVerdict } from './feasibility.ts';
import type { NodeInfo } from './node-info.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { preemptionFor } from './preemption.ts';
import { node, nodeInfo, type PodOptions, pod, snapshot } from './test-harness.ts';

/** A node of so many CPUs with Pods `name: [priority, CPUs, seconds of its start]`. */
function on(
  name: string,
  cpu: number,
  pods: Readonly<Record<string, readonly [priority: number, cpu: number, start?: number]>>,
  options: Parameters<typeof node>[1] = {},
): NodeInfo {
  return nodeInfo(
    node(name, { ...options, allocatable: { cpu: `${cpu}` } }),
    ...Object.entries(pods).map(([each, [priority, wanted, start]]) =>
      pod(each, {
        priority,
        nodeName: name,
        requests: { cpu: `${wanted}` },
        status: start === undefined ? {} : { startTime: `2026-11-23T06:00:${`${start}`.padStart(2, '0')}Z` },
      }),
    ),
  );
}

function preempt(
  nodes: readonly NodeInfo[],
  options: PodOptions & { readonly cpu?: number } = {},
  nominator = new Nominator(),
  seed = 1,
): string {
  const { cpu = 2, ...rest } = options;
  const preemptor = podInfo(pod('hi', { priority: 100, requests: { cpu: `${cpu}` }, ...rest }));
  const feasibility = new Feasibility(preemptor, snapshot(nodes), nominator);
  const verdicts = new Map<string, NodeVerdict>();
  for (const each of nodes) {
    const verdict = feasibility.check(each);
    if (verdict) verdicts.set(each.name, verdict);
  }
  const nominated = nodes.find(({ name }) => name === preemptor.pod.status.nominatedNodeName);
  const result = preemptionFor(new Random(seed), feasibility, verdicts, nominated);
  if ('why' in result)
    return `${result.why}${result.isSettled ? '' : ' (as before)'}${result.isHopeless ? ' (hopeless)' : ''}`;
  return `${result.node}: ${result.victims.map(({ pod: { metadata } }) => metadata.name).join(' ')}`;
}

describe('who must leave', () => {
  it('are as few as will do, the least important', () => {
    expect(preempt([on('w1', 4, { a: [10, 1], b: [5, 1], c: [1, 2] })])).toBe('w1: c');
    expect(preempt([on('w1', 4, { a: [10, 1], b: [5, 1], c: [1, 2] })], { cpu: 3 })).toBe('w1: b c');
    expect(preempt([on('w1', 4, { a: [10, 3], b: [5, 1] })])).toBe('w1: a');
  });

  it('among equals have run for less long', () => {
    expect(preempt([on('w1', 4, { old: [1, 2, 10], young: [1, 2, 20] })])).toBe('w1: young');
    expect(preempt([on('w1', 4, { unstarted: [1, 2], old: [1, 2, 10] })])).toBe('w1: unstarted');
  });

  it('are never as important as who comes', () => {
    expect(preempt([on('w1', 4, { a: [100, 2], b: [100, 2] })])).toBe(
      '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
  });
});

describe('the node that they leave', () => {
  it('has the least important victim at the top', () => {
    expect(preempt([on('w1', 2, { a: [7, 2] }), on('w2', 2, { b: [3, 1], c: [3, 1] })])).toBe('w2: b c');
  });

  it('then the smallest sum of priorities', () => {
    const nodes = [on('w1', 2, { a: [3, 1], b: [2, 1] }), on('w2', 2, { c: [3, 1], d: [1, 1] })];
    expect(preempt(nodes)).toBe('w2: c d');
  });

  it('then the fewest, also where priorities are negative', () => {
    const nodes = [on('w1', 2, { a: [-5, 1], b: [-5, 1] }), on('w2', 2, { c: [-5, 2] })];
    expect(preempt(nodes)).toBe('w2: c');
  });

  it('then those who have run for the shortest time', () => {
    const nodes = [on('w1', 2, { a: [3, 2, 10] }), on('w2', 2, { b: [3, 2, 30] }), on('w3', 2, { c: [3, 2, 20] })];
    expect(preempt(nodes)).toBe('w2: b');
  });

  it('then any of them, by chance', () => {
    const nodes = ['w1', 'w2', 'w3'].map((name) => on(name, 2, { [`on-${name}`]: [3, 2, 10] }));
    const chosen = Array.from({ length: 20 }, (_, seed) => preempt(nodes, {}, new Nominator(), seed));
    expect(new Set(chosen)).toEqual(new Set(['w1: on-w1', 'w2: on-w2', 'w3: on-w3']));
  });

  it('has room for those too who are nominated and no less important', () => {
    const nodes = [on('w1', 4, { a: [1, 2], b: [2, 2] }), on('w2', 4, { c: [50, 2], d: [50, 2] })];
    expect(preempt(nodes)).toBe('w1: a');
    const nominator = new Nominator();
    nominator.add(podInfo(pod('rival', { priority: 200, requests: { cpu: '3' } })), 'w1');
    expect(preempt(nodes, {}, nominator)).toBe('w2: d');
    nominator.add(podInfo(pod('rival', { priority: 200, requests: { cpu: '2' } })), 'w1');
    expect(preempt(nodes, {}, nominator)).toBe('w1: b a');
  });
});

describe('when it does not help', () => {
  it('says so for each node', () => {
    const cordoned = on('w1', 4, { a: [1, 4] }, { unschedulable: true });
    const small = on('w2', 1, { b: [1, 1] });
    const important = on('w3', 4, { c: [100, 3] });
    const mixed = on('w4', 4, { d: [100, 3], e: [1, 1] });
    expect(preempt([cordoned, small, important, mixed])).toBe(
      '0/4 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
    expect(preempt([cordoned, small])).toBe(
      '0/2 nodes are available: 2 Preemption is not helpful for scheduling. (hopeless)',
    );
  });

  it('is not tried by Pods that never preempt', () => {
    expect(preempt([on('w1', 2, { a: [1, 2] })], { preemptionPolicy: 'Never' })).toBe(
      'not eligible due to preemptionPolicy=Never. (as before)',
    );
  });

  describe('for a Pod with a node that others leave', () => {
    const leaving = (more: Partial<ReturnType<typeof pod>['status']> = {}) =>
      pod('a', {
        priority: 1,
        nodeName: 'w1',
        requests: { cpu: '2' },
        metadata: { deletionTimestamp: '2026-11-23T06:00:30Z' },
        status: {
          conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }],
          ...more,
        },
      });
    const nominated = { status: { nominatedNodeName: 'w1' } };
    const other = on('w2', 2, { b: [1, 2] });

    it('waits for them', () => {
      const nodes = [nodeInfo(node('w1', { allocatable: { cpu: '2' } }), leaving()), other];
      expect(preempt(nodes, nominated)).toBe(
        'not eligible due to a terminating pod on the nominated node. (as before)',
      );
    });

    it('does not wait for others, nor on a node that cannot take it any more', () => {
      const another = nodeInfo(node('w1', { allocatable: { cpu: '2' } }), leaving({ conditions: [] }));
      expect(preempt([another, other], nominated)).toMatch(/^w[12]: [ab]$/);
      const cordoned = nodeInfo(node('w1', { allocatable: { cpu: '2' }, unschedulable: true }), leaving());
      expect(preempt([cordoned, other], nominated)).toBe('w2: b');
      expect(preempt([other], nominated)).toBe('w2: b');
    });
  });
});
