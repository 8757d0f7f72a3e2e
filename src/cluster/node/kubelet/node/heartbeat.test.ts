import { describe, expect, it } from 'vitest';
import { node as nodeKind } from '../../../api/kinds/core/node.ts';
import { lease as leaseKind } from '../../../api/kinds/other/lease.ts';
import type { Node } from '../../../api/types/core.ts';
import { TestNode } from '../test-node.ts';

function find(node: TestNode): Node {
  return node.client.get(nodeKind, undefined, 'w1');
}

function ready(node: TestNode): string {
  const found = find(node).status.conditions?.find(({ type }) => type === 'Ready');
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

describe('a node', () => {
  it('registers itself, and is ready as soon as it can be', () => {
    const node = new TestNode();
    expect(ready(node)).toBe('True KubeletReady: kubelet is posting ready status');
    expect(find(node)).toMatchObject({
      metadata: {
        labels: { 'kubernetes.io/hostname': 'w1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      status: {
        capacity: { cpu: '2' },
        allocatable: { pods: '110' },
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        conditions: [
          { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
          { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure' },
          { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID' },
          { type: 'Ready', status: 'True' },
        ],
      },
    });
    expect(node.events('w1')).toEqual([
      'Starting: Starting kubelet.',
      'NodeHasSufficientMemory: Node w1 status is now: NodeHasSufficientMemory',
      'NodeHasNoDiskPressure: Node w1 status is now: NodeHasNoDiskPressure',
      'NodeHasSufficientPID: Node w1 status is now: NodeHasSufficientPID',
      'NodeAllocatableEnforced: Updated Node Allocatable limit across pods',
    ]);
  });

  it('waits for its network', () => {
    const node = new TestNode({ hasNetwork: false });
    expect(ready(node)).toBe(
      'False KubeletNotReady: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    );
    node.configureNetwork();
    node.until(() => ready(node).startsWith('True'), 1);
    node.run(0);
    expect(node.events('w1').at(-1)).toBe('NodeReady: Node w1 status is now: NodeReady');
    expect(node.log.join('\n')).toContain('"Fast updating node status as it just became ready"');
  });

  it('renews its Lease every ten seconds', () => {
    const node = new TestNode();
    node.run(20);
    const times = new Set<unknown>();
    for (let second = 0; second < 30; second += 1) {
      times.add(node.client.get(leaseKind, 'kube-node-lease', 'w1').spec.renewTime);
      node.run(1);
    }
    expect(times.size).toBeGreaterThanOrEqual(3);
    expect(times.size).toBeLessThanOrEqual(4);
    expect(node.client.get(leaseKind, 'kube-node-lease', 'w1')).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Node', name: 'w1', uid: find(node).metadata.uid }] },
      spec: { holderIdentity: 'w1', leaseDurationSeconds: 40 },
    });
  });

  it('reports its status when it changes, and every five minutes', () => {
    const node = new TestNode();
    node.run(5);
    const before = find(node).metadata.resourceVersion;
    node.run(240);
    expect(find(node).metadata.resourceVersion).toBe(before);
    node.run(70);
    expect(find(node).metadata.resourceVersion).not.toBe(before);
  });

  it('tells that it was cordoned, and uncordoned, with its next status', () => {
    const node = new TestNode();
    const last = () => node.events('w1').at(-1);
    for (const [unschedulable, reason] of [
      [true, 'NodeNotSchedulable'],
      [false, 'NodeSchedulable'],
    ] as const) {
      node.client.patch(nodeKind, { metadata: { name: 'w1' } }, { spec: { unschedulable } });
      expect(last()).not.toContain(reason);
      node.run(10);
      expect(last()).toBe(`${reason}: Node w1 status is now: ${reason}`);
    }
  });

  it('is not ready when its runtime is away for long', () => {
    const node = new TestNode();
    node.containerd.setRunning(false);
    node.run(20);
    expect(ready(node)).toBe('True KubeletReady: kubelet is posting ready status');
    node.until(() => ready(node) === 'False KubeletNotReady: container runtime is down', 30);
    node.run(0);
    expect(node.events('w1').at(-1)).toBe('NodeNotReady: Node w1 status is now: NodeNotReady');
    expect(node.log.join('\n')).toContain(
      '"Node became not ready" node="w1" condition={"type":"Ready","status":"False",',
    );
    node.containerd.setRunning(true);
    node.until(() => ready(node).startsWith('True'), 20);
  });

  it('says why it cannot renew its Lease', () => {
    const node = new TestNode();
    node.run(15);
    node.setServerUp(false);
    node.log.length = 0;
    node.run(40);
    const refused = 'dial tcp 172.18.0.2:6443: connect: connection refused';
    const lines = node.log.filter((line) => line.includes('controller.go'));
    expect(lines.slice(0, 5)).toEqual(Array(5).fill(expect.stringContaining(`"Failed to update lease" err="Put`)));
    expect(lines[5]).toBe(
      'I controller.go:171] "failed to update lease using latest lease, fallback to ensure lease" err="failed 5 attempts to update lease"',
    );
    expect(lines[6]).toContain(refused);
    expect(
      lines
        .slice(6)
        .map((line) => /interval="(.*)"/.exec(line)?.[1])
        .slice(0, 8),
    ).toEqual(['200ms', '400ms', '800ms', '1.6s', '3.2s', '6.4s', '7s', '7s']);
  });
});
