import { describe, expect, it } from 'vitest';
import type { ApiClient } from './api-client.ts';
import { compareSnapshots, takeSnapshot } from './snapshot.ts';

const owner = (name: string) => ({ ownerReferences: [{ kind: 'ReplicaSet', name, controller: true }] });

/** An API of these lists. */
function api(lists: Record<string, unknown[]>): ApiClient {
  const kinds = Object.keys(lists).map((key) => ({ key, resource: key.split('.')[0] ?? '', path: key }));
  return { kinds: async () => kinds, list: async (path: string) => lists[path] ?? [] } as unknown as ApiClient;
}

describe('takeSnapshot', () => {
  it('knows names, contents where they count, and Pods by their controller', async () => {
    const before = await takeSnapshot(
      api({
        pods: [
          { metadata: { name: 'web-1', namespace: 'default', ...owner('web') } },
          { metadata: { name: 'etcd-cp1', namespace: 'kube-system' } },
        ],
        nodes: [{ metadata: { name: 'w1', labels: { disk: 'ssd' } }, spec: { podCIDR: '10.244.1.0/24' } }],
        events: [{ metadata: { name: 'e', namespace: 'default' } }],
        'leases.coordination.k8s.io': [{ metadata: { name: 'l', namespace: 'default' } }],
        secrets: [{ metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' } }],
      }),
    );
    expect([...before].map((line) => line.replace(/[\da-f]{12}$/, 'HASH'))).toEqual([
      'pods kube-system/etcd-cp1',
      'pods default/ of ReplicaSet web x1',
      'nodes w1',
      'nodes w1: spec.podCIDR HASH',
      'nodes w1: labels.disk HASH',
    ]);
  });
  it('sees a label, a taint and a replica', async () => {
    const state = (labels: object, spec: object, pods: string[]) =>
      takeSnapshot(
        api({
          nodes: [{ metadata: { name: 'w1', labels }, spec }],
          pods: pods.map((name) => ({ metadata: { name, namespace: 'default', ...owner('web') } })),
        }),
      );
    const before = await state({}, {}, ['a']);
    expect(compareSnapshots(before, await state({}, {}, ['b']))).toEqual([]);
    expect(compareSnapshots(before, await state({ disk: 'ssd' }, {}, ['a']))).toEqual([
      'nodes w1: labels.disk was left behind',
    ]);
    const cordoned = await state({}, { unschedulable: true }, ['a']);
    expect(compareSnapshots(before, cordoned)).toEqual(['nodes w1: spec.unschedulable was left behind']);
    expect(compareSnapshots(cordoned, await state({}, { unschedulable: false }, ['a']))).toEqual([
      'nodes w1: spec.unschedulable was changed',
    ]);
    expect(compareSnapshots(before, await state({}, {}, ['a', 'b']))).toEqual([
      'pods default/ of ReplicaSet web was changed',
    ]);
  });
});

describe('compareSnapshots', () => {
  it('does not list the parts of an object that came or went', () => {
    const whole = new Set(['nodes w3', 'nodes w3: spec.podCIDR 0123456789ab']);
    expect(compareSnapshots(new Set(), whole)).toEqual(['nodes w3 was left behind']);
    expect(compareSnapshots(whole, new Set())).toEqual(['nodes w3 is gone']);
  });
  it('names what was left behind and what is gone', () => {
    expect(compareSnapshots(new Set(['a x', 'b y']), new Set(['b y', 'c z']))).toEqual([
      'c z was left behind',
      'a x is gone',
    ]);
  });
});
