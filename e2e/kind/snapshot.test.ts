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
        nodes: [{ metadata: { name: 'w1', labels: {} }, spec: {} }],
        events: [{ metadata: { name: 'e', namespace: 'default' } }],
        'leases.coordination.k8s.io': [{ metadata: { name: 'l', namespace: 'default' } }],
        secrets: [{ metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' } }],
      }),
    );
    expect([...before].map((line) => line.replace(/[\da-f]{12}$/, 'HASH'))).toEqual([
      'pods kube-system/etcd-cp1',
      'pods default/ of ReplicaSet web x1',
      'nodes w1 HASH',
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
    expect(compareSnapshots(before, await state({ disk: 'ssd' }, {}, ['a']))).toEqual(['nodes w1 was changed']);
    expect(compareSnapshots(before, await state({}, { unschedulable: true }, ['a']))).toEqual(['nodes w1 was changed']);
    expect(compareSnapshots(before, await state({}, {}, ['a', 'b']))).toEqual([
      'pods default/ of ReplicaSet web was changed',
    ]);
  });
});

describe('compareSnapshots', () => {
  it('names what was left behind and what is gone', () => {
    expect(compareSnapshots(new Set(['a x', 'b y']), new Set(['b y', 'c z']))).toEqual([
      'c z was left behind',
      'a x is gone',
    ]);
  });
});
