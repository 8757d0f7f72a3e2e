import { describe, expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { isTolerated } from '../api/scheduling/tolerations.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import { amounts, podRequests } from './pod-requests.ts';
import { type PodOptions, SchedulerHarness } from './test-harness.ts';

// Random nodes and Pods, coming and going: no node ever has more than it can hold nor a Pod that it keeps away, and in the end every Pod
// that some node could take has one.

const TAINTS = [
  { key: 'team', value: 'a', effect: 'NoSchedule' },
  { key: 'gpu', effect: 'NoExecute' },
  { key: 'slow', effect: 'PreferNoSchedule' },
];

class World {
  readonly random: Random;
  readonly cluster: SchedulerHarness;
  #pods = 0;

  constructor(seed: number) {
    this.random = new Random(seed + 1000);
    this.cluster = new SchedulerHarness({ seed });
    for (let index = 0; index < 4; index += 1) this.#addNode(index);
  }

  act(): void {
    const { random, cluster } = this;
    const names = Object.keys(cluster.placements());
    const victim = names[random.int(names.length || 1)];
    const action = random.int(10);
    if (action < 6) this.#addPod();
    else if (action < 8 && victim !== undefined) cluster.removePod(victim);
    else if (action === 8) {
      const name = `n${random.int(4)}`;
      const taints = TAINTS.filter(() => random.int(3) === 0);
      cluster.client.patch(
        nodeKind,
        { metadata: { name } },
        { spec: { taints, unschedulable: random.int(3) === 0 } },
        'merge',
      );
    } else cluster.run(random.int(400));
    cluster.run(random.int(3));
  }

  /** A Pod that a taint keeps away, when it was there before the taint, stays: who was bound when is remembered. */
  check(known: Set<string>): void {
    const nodes = new Map(this.cluster.client.list(nodeKind).items.map((node) => [node.metadata.name, node]));
    const used = new Map<string, { requests: Record<string, number>; count: number }>();
    for (const pod of this.cluster.client.list(podKind).items) {
      const { nodeName } = pod.spec;
      if (nodeName === undefined) continue;
      const node = nodes.get(nodeName);
      if (!node) throw new Error(`${pod.metadata.name} is on ${nodeName}, which is not there`);
      if (!known.has(pod.metadata.uid)) {
        expect(keepsAway(node, pod), `${pod.metadata.name} on ${nodeName}`).toBe(false);
        known.add(pod.metadata.uid);
      }
      const sum = used.get(nodeName) ?? { requests: {}, count: 0 };
      used.set(nodeName, sum);
      sum.count += 1;
      for (const [name, amount] of Object.entries(podRequests(pod)))
        sum.requests[name] = (sum.requests[name] ?? 0) + amount;
    }
    for (const [name, { requests, count }] of used) {
      const allocatable = amounts(nodes.get(name)?.status.allocatable);
      expect(count).toBeLessThanOrEqual(allocatable['pods'] ?? 0);
      for (const [resource, amount] of Object.entries(requests))
        expect(amount).toBeLessThanOrEqual(allocatable[resource] ?? 0);
    }
  }

  /** Makes all nodes open and large enough: then nobody may be left over. */
  relieve(): void {
    const { client } = this.cluster;
    for (const node of client.list(nodeKind).items) {
      const open = client.patch(nodeKind, node, { spec: { taints: null, unschedulable: null } }, 'merge');
      const allocatable = { cpu: '1000', memory: '1000Gi', 'ephemeral-storage': '1000Gi', pods: '1000' };
      client.updateStatus(nodeKind, { ...open, status: { allocatable } });
    }
    this.cluster.run(20);
  }

  #addNode(index: number): void {
    const { random } = this;
    const allocatable = { cpu: `${1 + random.int(4)}`, memory: `${1 + random.int(4)}Gi`, pods: `${2 + random.int(5)}` };
    const taints = TAINTS.filter(() => random.int(4) === 0);
    this.cluster.addNode(`n${index}`, {
      allocatable,
      labels: { zone: `z${index % 2}` },
      ...(taints.length > 0 && { taints }),
    });
  }

  #addPod(): void {
    const { random } = this;
    this.#pods += 1;
    const options: PodOptions = {
      labels: { app: `a${random.int(3)}` },
      requests: { cpu: `${random.int(15) * 100}m`, memory: `${random.int(10) * 100}Mi` },
      priority: random.int(3),
      ...(random.int(3) === 0 && { tolerations: [{ key: 'team', operator: 'Exists' as const }] }),
      ...(random.int(4) === 0 && { nodeSelector: { zone: `z${random.int(2)}` } }),
      ...(random.int(4) === 0 && { topologySpreadConstraints: [this.#constraint()] }),
    };
    this.cluster.addPod(`p${this.#pods}`, options);
  }

  #constraint() {
    const { random } = this;
    return {
      maxSkew: 1 + random.int(2),
      topologyKey: random.int(2) === 0 ? 'zone' : 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { app: `a${random.int(3)}` } },
    } as const;
  }
}

function keepsAway({ spec, metadata }: Node, pod: Pod): boolean {
  const { nodeSelector = {}, tolerations } = pod.spec;
  const taints = spec.taints?.filter(({ effect }) => effect !== 'PreferNoSchedule') ?? [];
  return (
    spec.unschedulable === true ||
    taints.some((taint) => !isTolerated(taint, tolerations)) ||
    Object.entries(nodeSelector).some(([key, value]) => metadata.labels?.[key] !== value)
  );
}

/** Whether some node has room for a Pod as things are. */
function hasRoom(cluster: SchedulerHarness, pod: Pod): boolean {
  const pods = cluster.client.list(podKind).items;
  return cluster.client.list(nodeKind).items.some((node) => {
    if (keepsAway(node, pod)) return false;
    const there = pods.filter(({ spec }) => spec.nodeName === node.metadata.name);
    const allocatable = amounts(node.status.allocatable);
    return (
      there.length < (allocatable['pods'] ?? 0) &&
      Object.entries(podRequests(pod)).every(([name, wanted]) => {
        const used = there.reduce((sum, other) => sum + (podRequests(other)[name] ?? 0), 0);
        return wanted === 0 || used + wanted <= (allocatable[name] ?? 0);
      })
    );
  });
}

function waiting(cluster: SchedulerHarness): readonly Pod[] {
  return cluster.client
    .list(podKind)
    .items.filter(({ spec, metadata }) => !spec.nodeName && !metadata.deletionTimestamp);
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('random Pods on random nodes', () => {
  it.each(SEEDS)('never have more of a node than there is, and get what they can (seed %i)', (seed) => {
    const world = new World(seed);
    const known = new Set<string>();
    for (let step = 0; step < 60; step += 1) {
      world.act();
      world.check(known);
    }
    world.cluster.run(700);
    world.check(known);
    const nominated = waiting(world.cluster).filter(({ status }) => status.nominatedNodeName);
    if (nominated.length === 0) {
      const able = waiting(world.cluster).filter((pod) => hasRoom(world.cluster, pod));
      expect(able.map(({ metadata }) => metadata.name)).toEqual([]);
    }
    world.relieve();
    expect(waiting(world.cluster).map(({ metadata }) => metadata.name)).toEqual([]);
  });

  it('are placed the same for the same seed', () => {
    const run = (seed: number) => {
      const world = new World(seed);
      for (let step = 0; step < 40; step += 1) world.act();
      return [world.cluster.placements(), world.cluster.lines];
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});
