import { expect, test } from 'vitest';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { claim } from './claim.ts';
import { ownerNameOf, TestCluster, template } from './test-cluster.ts';

function start() {
  const cluster = new TestCluster([]);
  const owner = cluster.client.create(replicaSetKind, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('web', 'nginx') },
  });
  const orphan = cluster.client.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orphan', namespace: 'default', labels: { app: 'web' } },
    spec: template('web', 'nginx').spec,
  });
  const terms = { client: cluster.client, owner, ownerKind: replicaSetKind, kind: podKind };
  return { cluster, owner, orphan, terms };
}

test('adopts an orphan', () => {
  const { cluster, orphan, terms } = start();
  expect(claim([orphan], terms)).toEqual([orphan]);
  expect(cluster.pods().map(ownerNameOf)).toEqual(['ReplicaSet/web']);
});

test('adopts nothing for an owner that the cache alone still knows', () => {
  const { cluster, owner, orphan, terms } = start();
  const { uid } = owner.metadata;
  const former = { ...owner, metadata: { ...owner.metadata, uid: 'former' } };
  const gone = `original ReplicaSet default/web is gone: got uid ${uid}, wanted former`;
  const message = `can't adopt Pod default/orphan (${orphan.metadata.uid}): ${gone}`;
  expect(() => claim([orphan], { ...terms, owner: former })).toThrow(message);
  expect(cluster.pods().map(ownerNameOf)).toEqual(['nobody']);
});

test('leaves alone what another one owns, what does not fit, and everything while the owner goes', () => {
  const { cluster, owner, orphan, terms } = start();
  expect(claim([orphan], { ...terms, filter: () => false })).toEqual([]);
  const ending = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-11-23T00:00:00Z' } };
  expect(claim([orphan], { ...terms, owner: ending })).toEqual([]);
  claim([orphan], terms);
  const former = { ...owner, metadata: { ...owner.metadata, uid: 'former' } };
  expect(claim(cluster.pods(), { ...terms, owner: former })).toEqual([]);
  expect(cluster.pods().map(ownerNameOf)).toEqual(['ReplicaSet/web']);
});
