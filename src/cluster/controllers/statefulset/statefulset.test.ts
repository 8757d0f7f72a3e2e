import { expect, test } from 'vitest';
import { controllerRevision } from '../../api/kinds/apps/controller-revision.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/apps/stateful-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Draft } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import { revisionHash } from '../history/hash.ts';
import { revisionData } from '../history/revisions.ts';
import { imageOf, TestCluster, type TestClusterOptions, template } from '../pod-control/test-cluster.ts';
import { startStatefulSet } from './statefulset.ts';

function start(options: TestClusterOptions = {}) {
  const cluster = new TestCluster([startStatefulSet], options);
  for (const name of ['w1', 'w2']) cluster.addNode(name);
  return cluster;
}

type Spec = { -readonly [K in keyof StatefulSet['spec']]?: unknown };

function create(cluster: TestCluster, replicas: number, more: Spec = {}): void {
  cluster.client.create(statefulSetKind, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('db', 'db:1'),
      ...more,
    },
  } as Draft<StatefulSet>);
}

const DB = { metadata: { name: 'db', namespace: 'default' } };
const change = (cluster: TestCluster, spec: object) => cluster.client.patch(statefulSetKind, DB, { spec });
const setImage = (cluster: TestCluster, image: string) =>
  change(cluster, { template: { spec: { containers: [{ name: 'db', image }] } } });
const read = (cluster: TestCluster) => cluster.client.get(statefulSetKind, 'default', 'db');
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name).sort();
const images = (cluster: TestCluster) =>
  Object.fromEntries(cluster.pods().map((pod) => [pod.metadata.name, imageOf(pod)]));

test('makes Pods one after the other, by their numbers, each with its own name', () => {
  const cluster = start();
  create(cluster, 3);
  cluster.run(0.5);
  expect(names(cluster.pods())).toEqual(['db-0']);
  cluster.run(1.2);
  expect(names(cluster.pods())).toEqual(['db-0', 'db-1']);
  cluster.run(5);
  const [first] = cluster.pods();
  const revision = read(cluster).status.updateRevision;
  expect(first).toMatchObject({
    metadata: {
      name: 'db-0',
      labels: {
        app: 'db',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': revision,
        'statefulset.kubernetes.io/pod-name': 'db-0',
      },
      ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
    },
    spec: { hostname: 'db-0', subdomain: 'db' },
  });
  expect(first?.metadata.generateName).toBeUndefined();
  expect(read(cluster).status).toEqual({
    replicas: 3,
    observedGeneration: 1,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    currentRevision: revision,
    updateRevision: revision,
    collisionCount: 0,
  });
  expect(cluster.events('db')).toEqual([
    'SuccessfulCreate: Create Pod db-0 in StatefulSet db successful',
    'SuccessfulCreate: Create Pod db-1 in StatefulSet db successful',
    'SuccessfulCreate: Create Pod db-2 in StatefulSet db successful',
  ]);
  expect(cluster.errors).toEqual([]);
});

test('scales down from the highest number, one at a time', () => {
  const cluster = start();
  create(cluster, 4);
  cluster.run(10);
  change(cluster, { replicas: 1 });
  cluster.run(0.5);
  expect(names(cluster.pods().filter(({ metadata }) => !metadata.deletionTimestamp))).toEqual(['db-0', 'db-1', 'db-2']);
  cluster.run(10);
  expect(names(cluster.pods())).toEqual(['db-0']);
});

test('a Pod that is deleted comes again under its name', () => {
  const cluster = start();
  create(cluster, 2);
  cluster.run(5);
  const before = cluster.pods().find(({ metadata }) => metadata.name === 'db-0');
  if (before) cluster.client.delete(podKind, before);
  cluster.run(5);
  const after = cluster.pods().find(({ metadata }) => metadata.name === 'db-0');
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
  expect(read(cluster).status.readyReplicas).toBe(2);
});

test('updates from the highest number down, one at a time', () => {
  const cluster = start();
  create(cluster, 3);
  cluster.run(10);
  setImage(cluster, 'db:2');
  cluster.run(3);
  expect(images(cluster)).toMatchObject({ 'db-0': 'db:1', 'db-1': 'db:1', 'db-2': 'db:2' });
  for (let step = 0; step < 100; step += 1) {
    cluster.run(0.1);
    expect(read(cluster).status.availableReplicas).toBeGreaterThanOrEqual(2);
  }
  expect(images(cluster)).toEqual({ 'db-0': 'db:2', 'db-1': 'db:2', 'db-2': 'db:2' });
  const { status } = read(cluster);
  expect(status.currentRevision).toBe(status.updateRevision);
});

test('a partition holds back those below it, also when they are made anew', () => {
  const cluster = start();
  create(cluster, 3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  cluster.run(10);
  setImage(cluster, 'db:2');
  cluster.run(10);
  const second = cluster.pods().find(({ metadata }) => metadata.name === 'db-1');
  if (second) cluster.client.delete(podKind, second);
  cluster.run(10);
  expect(images(cluster)).toEqual({ 'db-0': 'db:1', 'db-1': 'db:1', 'db-2': 'db:2' });
  expect(read(cluster).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  change(cluster, { updateStrategy: { rollingUpdate: { partition: 0 } } });
  cluster.run(20);
  expect(images(cluster)).toEqual({ 'db-0': 'db:2', 'db-1': 'db:2', 'db-2': 'db:2' });
});

test('Parallel makes and deletes all at once', () => {
  const cluster = start();
  create(cluster, 5, { podManagementPolicy: 'Parallel', ordinals: { start: 10 } });
  cluster.run(0.5);
  expect(names(cluster.pods())).toEqual(['db-10', 'db-11', 'db-12', 'db-13', 'db-14']);
  cluster.run(3);
  change(cluster, { replicas: 1 });
  cluster.run(3);
  expect(names(cluster.pods())).toEqual(['db-10']);
});

test('OnDelete waits until somebody deletes the Pods', () => {
  const cluster = start();
  create(cluster, 2, { updateStrategy: { type: 'OnDelete' } });
  cluster.run(5);
  setImage(cluster, 'db:2');
  cluster.run(5);
  expect(images(cluster)).toEqual({ 'db-0': 'db:1', 'db-1': 'db:1' });
  const [first] = cluster.pods();
  if (first) cluster.client.delete(podKind, first);
  cluster.run(5);
  expect(images(cluster)).toMatchObject({ 'db-0': 'db:2', 'db-1': 'db:1' });
});

test('revisions are named by the hash of the template, and the oldest are cleaned up', () => {
  const cluster = start();
  create(cluster, 1, { revisionHistoryLimit: 1 });
  cluster.run(5);
  for (const version of [2, 3, 4, 1]) {
    setImage(cluster, `db:${version}`);
    cluster.run(10);
  }
  const { items } = cluster.client.list(controllerRevision, { namespace: 'default' });
  expect(items.map(({ revision }) => revision).sort()).toEqual([4, 5]);
  for (const { metadata } of items) {
    expect(metadata.name).toBe(`db-${metadata.labels?.['controller.kubernetes.io/hash']}`);
  }
});

test('volumes of claim templates are named after the Pod', () => {
  const cluster = start();
  create(cluster, 1, {
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  });
  cluster.run(1);
  expect(cluster.pods()[0]?.spec.volumes?.[0]).toEqual({
    name: 'data',
    persistentVolumeClaim: { claimName: 'data-db-0' },
  });
});

test('one broken Pod may go when it is too many; of two the higher one keeps the scaling waiting', () => {
  const cluster = start();
  create(cluster, 4);
  cluster.run(10);
  const broken = cluster.pods().find(({ metadata }) => metadata.name === 'db-2');
  if (broken) cluster.client.updateStatus(podKind, { ...broken, status: { ...broken.status, conditions: [] } });
  change(cluster, { replicas: 2 });
  cluster.run(10);
  expect(names(cluster.pods())).toEqual(['db-0', 'db-1']);
  change(cluster, { replicas: 4 });
  cluster.run(10);
  for (const pod of cluster.pods().slice(2)) {
    cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, conditions: [] } });
  }
  change(cluster, { replicas: 2 });
  cluster.run(10);
  expect(names(cluster.pods())).toEqual(['db-0', 'db-1', 'db-2', 'db-3']);
});

test('also with the Parallel policy an update takes one Pod at a time', () => {
  const cluster = start();
  create(cluster, 3, { podManagementPolicy: 'Parallel' });
  cluster.run(5);
  setImage(cluster, 'db:2');
  for (let step = 0; step < 100; step += 1) {
    cluster.run(0.1);
    expect(read(cluster).status.availableReplicas).toBeGreaterThanOrEqual(2);
  }
  expect(images(cluster)).toEqual({ 'db-0': 'db:2', 'db-1': 'db:2', 'db-2': 'db:2' });
});

test('gives a Pod the label of its name back', () => {
  const cluster = start();
  create(cluster, 1);
  cluster.run(5);
  const label = 'statefulset.kubernetes.io/pod-name';
  cluster.client.patch(
    podKind,
    { metadata: { name: 'db-0', namespace: 'default' } },
    { metadata: { labels: { [label]: null } } },
  );
  cluster.run(1);
  expect(cluster.pods()[0]?.metadata.labels?.[label]).toBe('db-0');
  expect(cluster.events('db').at(-1)).toBe('SuccessfulUpdate: Update Pod db-0 in StatefulSet db successful');
});

test('a revision of another template under the same name is a collision: the next hash is taken', () => {
  const cluster = start();
  cluster.stopControllers();
  create(cluster, 1);
  const data = revisionData(read(cluster).spec.template);
  cluster.client.create(controllerRevision, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: `db-${revisionHash(data, 0)}`, namespace: 'default' },
    data: { other: true },
    revision: 1,
  });
  cluster.startControllers([startStatefulSet]);
  cluster.run(5);
  expect(read(cluster).status).toMatchObject({
    collisionCount: 1,
    readyReplicas: 1,
    updateRevision: `db-${revisionHash(data, 1)}`,
  });
});
