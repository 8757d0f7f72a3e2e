import { expect, test } from 'vitest';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import type { OwnerReference } from '../../api/object.ts';
import type { ConfigMap } from '../../api/types/core.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startGarbageCollector } from './garbage-collector.ts';

/** ConfigMaps that own one another: the collector asks no kind what it is. */
function start() {
  const cluster = new TestCluster([startGarbageCollector]);
  const create = (
    name: string,
    owners: readonly (ConfigMap | OwnerReference)[] = [],
    finalizers: readonly string[] = [],
  ) => {
    const ownerReferences = owners.map((owner) => ('metadata' in owner ? referenceTo(owner) : owner));
    const metadata = { name, namespace: 'default', ownerReferences, finalizers };
    return cluster.client.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  };
  const names = () =>
    cluster.client.list(configMapKind, { namespace: 'default' }).items.map(({ metadata }) => metadata.name);
  const get = (name: string) => cluster.client.get(configMapKind, 'default', name);
  return { cluster, create, names, get };
}

function referenceTo({ metadata: { name, uid } }: ConfigMap, blockOwnerDeletion = true): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion };
}

test('in the background the owner goes first, then what it owned, and what that owned', () => {
  const { cluster, create, names } = start();
  const owner = create('a');
  const child = create('b', [owner]);
  create('c', [child]);
  create('free');
  cluster.run(1);
  expect(names()).toEqual(['a', 'b', 'c', 'free']);
  cluster.client.delete(configMapKind, owner, { propagationPolicy: 'Background' });
  expect(names()).toEqual(['b', 'c', 'free']);
  cluster.run(1);
  expect(names()).toEqual(['free']);
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('in the foreground the owner waits for what blocks it', () => {
  const { cluster, create, names, get } = start();
  const owner = create('a');
  create('b', [owner], ['example.com/slow']);
  create('c', [referenceTo(owner, false)], ['example.com/slow']);
  cluster.run(1);
  cluster.client.delete(configMapKind, owner, { propagationPolicy: 'Foreground' });
  cluster.run(1);
  expect(get('a').metadata.finalizers).toEqual(['foregroundDeletion']);
  expect(get('b').metadata.deletionTimestamp).toBeDefined();
  expect(get('c').metadata.deletionTimestamp).toBeDefined();
  cluster.client.patch(configMapKind, get('b'), { metadata: { finalizers: null } }, 'merge');
  cluster.run(1);
  expect(names()).toEqual(['c']);
});

test('a deletion in the foreground goes down the whole tree', () => {
  const { cluster, create, names } = start();
  const owner = create('a');
  const child = create('b', [owner]);
  create('c', [child]);
  cluster.run(1);
  cluster.client.delete(configMapKind, owner, { propagationPolicy: 'Foreground' });
  cluster.run(2);
  expect(names()).toEqual([]);
});

test('orphans stay, and forget their owner', () => {
  const { cluster, create, names, get } = start();
  const owner = create('a');
  create('b', [owner]);
  cluster.run(1);
  cluster.client.delete(configMapKind, owner, { propagationPolicy: 'Orphan' });
  cluster.run(1);
  expect(names()).toEqual(['b']);
  expect(get('b').metadata.ownerReferences ?? []).toEqual([]);
});

test('an object whose owner is not there goes; one with another owner stays without the first', () => {
  const { cluster, create, names, get } = start();
  const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '6a1f8c1e-0000-4000-8000-000000000000' };
  const owner = create('a');
  create('b', [gone]);
  create('c', [gone, owner]);
  cluster.run(1);
  expect(names()).toEqual(['a', 'c']);
  expect(get('c').metadata.ownerReferences?.map(({ name }) => name)).toEqual(['a']);
});

test('an owner of the same name is another one', () => {
  const { cluster, create, names } = start();
  const owner = create('a');
  create('b', [{ ...referenceTo(owner), uid: '6a1f8c1e-0000-4000-8000-000000000001' }]);
  cluster.run(1);
  expect(names()).toEqual(['a']);
});

test('what was left while the collector was away goes when it is back', () => {
  const { cluster, create, names } = start();
  const owner = create('a');
  create('b', [owner]);
  cluster.run(1);
  cluster.stopControllers();
  cluster.client.delete(configMapKind, owner, { propagationPolicy: 'Background' });
  cluster.run(1);
  expect(names()).toEqual(['b']);
  cluster.startControllers([startGarbageCollector]);
  cluster.run(1);
  expect(names()).toEqual([]);
});
