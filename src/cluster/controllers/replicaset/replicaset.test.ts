import { expect, test } from 'vitest';
import { replicaSet } from '../../api/kinds/apps/replica-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Draft } from '../../api/object.ts';
import type { ReplicaSet } from '../../api/types/workloads.ts';
import { ownerNameOf, TestCluster, template } from '../pod-control/test-cluster.ts';
import { startReplicaSet } from './replicaset.ts';

function start(options = {}) {
  const cluster = new TestCluster([startReplicaSet], options);
  for (const name of ['w1', 'w2']) cluster.addNode(name);
  return cluster;
}

function web(replicas: number, more: Partial<ReplicaSet['spec']> = {}): Draft<ReplicaSet> {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web', 'nginx'), ...more },
  };
}

const WEB = { metadata: { name: 'web', namespace: 'default' } };

const scaleTo = (cluster: TestCluster, replicas: number) =>
  cluster.client.patch(replicaSet, { metadata: { name: 'web', namespace: 'default' } }, { spec: { replicas } });

const read = (cluster: TestCluster) => cluster.client.get(replicaSet, 'default', 'web');

test('makes the Pods that it wants, owned and announced, and counts them', () => {
  const cluster = start();
  cluster.client.create(replicaSet, web(3));
  cluster.run(5);
  const pods = cluster.pods();
  expect(pods).toHaveLength(3);
  const { uid } = read(cluster).metadata;
  for (const pod of pods) {
    expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(pod.metadata.ownerReferences).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true, blockOwnerDeletion: true },
    ]);
  }
  expect(read(cluster).status).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
    observedGeneration: 1,
  });
  const created = pods.map(({ metadata }) => `SuccessfulCreate: Created pod: ${metadata.name}`);
  expect(cluster.events('web').sort()).toEqual(created.sort());
  expect(cluster.errors).toEqual([]);
});

test('replaces a Pod as soon as its deletion is asked for', () => {
  const cluster = start();
  cluster.client.create(replicaSet, web(2));
  cluster.run(5);
  const [first] = cluster.pods();
  if (first) cluster.client.delete(podKind, first);
  cluster.run(0.5);
  expect(cluster.pods()).toHaveLength(3);
  expect(read(cluster).status).toMatchObject({ replicas: 2, terminatingReplicas: 1 });
  cluster.run(5);
  expect(cluster.pods()).toHaveLength(2);
  expect(read(cluster).status).toMatchObject({ replicas: 2, readyReplicas: 2, terminatingReplicas: 0 });
});

test('a thousand replicas come in bursts and none twice', () => {
  const cluster = start();
  cluster.client.create(replicaSet, web(1000));
  let most = 0;
  for (let second = 0; second < 20; second += 1) {
    cluster.run(0.5);
    most = Math.max(most, cluster.pods().length);
  }
  expect(most).toBe(1000);
  expect(read(cluster).status).toMatchObject({ replicas: 1000, readyReplicas: 1000 });
  scaleTo(cluster, 10);
  cluster.run(10);
  expect(cluster.pods()).toHaveLength(10);
});

test('deletes Pods that are not ready first, and says so', () => {
  const cluster = start({
    readyAfter: (pod: { metadata: { annotations?: object } }) => (pod.metadata ? undefined : 0),
  });
  cluster.client.create(replicaSet, web(3));
  cluster.run(2);
  const [ready] = cluster.pods();
  if (!ready) throw new Error('no Pod');
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-23T00:00:01Z' }] as const;
  cluster.client.updateStatus(podKind, { ...ready, status: { ...ready.status, phase: 'Running', conditions } });
  scaleTo(cluster, 1);
  cluster.run(3);
  expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual([ready.metadata.name]);
  const deleted = cluster.events('web').filter((event) => event.startsWith('SuccessfulDelete: Deleted pod: web-'));
  expect(deleted).toHaveLength(2);
});

test('adopts an orphan that it selects, and releases a Pod that it no longer selects', () => {
  const cluster = start();
  cluster.client.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orphan', namespace: 'default', labels: { app: 'web' } },
    spec: template('web', 'nginx').spec,
  });
  cluster.client.create(replicaSet, web(2));
  cluster.run(5);
  expect(cluster.pods().map(ownerNameOf)).toEqual(['ReplicaSet/web', 'ReplicaSet/web']);
  cluster.client.patch(
    podKind,
    { metadata: { name: 'orphan', namespace: 'default' } },
    { metadata: { labels: { app: 'debug' } } },
  );
  cluster.run(5);
  expect(cluster.pods({ app: 'web' })).toHaveLength(2);
  expect(cluster.pods({ app: 'debug' }).map(ownerNameOf)).toEqual(['nobody']);
});

test('a Pod is available only after minReadySeconds', () => {
  const cluster = start();
  cluster.client.create(replicaSet, web(2, { minReadySeconds: 10 }));
  cluster.run(5);
  expect(read(cluster).status).toMatchObject({ readyReplicas: 2 });
  expect(read(cluster).status.availableReplicas).toBeUndefined();
  cluster.run(10);
  expect(read(cluster).status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
});

test('Pods that cannot be made are reported, few are tried, and they come when they can', () => {
  const cluster = start();
  const serviceAccountName = 'missing';
  const { spec } = template('web', 'nginx');
  cluster.client.create(
    replicaSet,
    web(4, { template: { ...template('web', 'nginx'), spec: { ...spec, serviceAccountName } } }),
  );
  cluster.run(1);
  expect(cluster.pods()).toHaveLength(0);
  const message = expect.stringMatching(
    /^pods "web-.{5}" is forbidden: error looking up service account default\/missing/,
  );
  expect(read(cluster).status.conditions).toEqual([
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', lastTransitionTime: expect.any(String), message },
  ]);
  expect(cluster.events('web')[0]).toMatch(/^FailedCreate: Error creating: pods "web-.{5}" is forbidden: /);
});

test('a controller that starts anew goes on with what is there', () => {
  const cluster = start();
  cluster.client.create(replicaSet, web(3));
  cluster.run(3);
  cluster.stopControllers();
  const [first] = cluster.pods();
  if (first) cluster.client.delete(podKind, first);
  scaleTo(cluster, 5);
  cluster.run(3);
  expect(cluster.pods()).toHaveLength(2);
  cluster.startControllers([startReplicaSet]);
  cluster.run(3);
  expect(cluster.pods()).toHaveLength(5);
  expect(read(cluster).status).toMatchObject({ replicas: 5, observedGeneration: 2 });
});

test('hears late of what it made, and makes and deletes nothing twice', () => {
  const cluster = start({ lag: () => 300 });
  cluster.client.create(replicaSet, web(3));
  for (let step = 0; step < 20; step += 1) {
    cluster.run(0.1);
    // Something to sync for, before the Pods are known.
    if (step < 5) cluster.client.patch(replicaSet, WEB, { metadata: { annotations: { step: `${step}` } } });
    expect(cluster.pods().length).toBeLessThanOrEqual(3);
  }
  scaleTo(cluster, 2);
  for (let step = 0; step < 30; step += 1) {
    cluster.run(0.1);
    cluster.client.patch(replicaSet, WEB, { metadata: { annotations: { step: `${step}` } } });
  }
  expect(cluster.pods()).toHaveLength(2);
  expect(cluster.events('web').filter((event) => event.startsWith('SuccessfulDelete'))).toHaveLength(1);
});
