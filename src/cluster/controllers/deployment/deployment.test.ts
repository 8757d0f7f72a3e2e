import { expect, test } from 'vitest';
import { deployment as deploymentKind } from '../../api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import type { Draft } from '../../api/object.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { templateHash } from '../history/hash.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { imageOf, TestCluster, type TestClusterOptions, template } from '../pod-control/test-cluster.ts';
import { startReplicaSet } from '../replicaset/replicaset.ts';
import { startDeployment } from './deployment.ts';

function start(options: TestClusterOptions = {}) {
  const cluster = new TestCluster([startDeployment, startReplicaSet], options);
  for (const name of ['w1', 'w2']) cluster.addNode(name);
  return cluster;
}

type Spec = { -readonly [K in keyof Deployment['spec']]?: unknown };

function create(cluster: TestCluster, replicas: number, more: Spec = {}): void {
  cluster.client.create(deploymentKind, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', annotations: { team: 'a' } },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web', 'nginx:1'), ...more },
  } as Draft<Deployment>);
}

const WEB = { metadata: { name: 'web', namespace: 'default' } };

function change(cluster: TestCluster, spec: object): void {
  cluster.client.patch(deploymentKind, WEB, { spec });
}

function setImage(cluster: TestCluster, image: string): void {
  change(cluster, { template: { spec: { containers: [{ name: 'web', image }] } } });
}

const read = (cluster: TestCluster) => cluster.client.get(deploymentKind, 'default', 'web');

function sets(cluster: TestCluster): ReplicaSet[] {
  const revision = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
  return [...cluster.client.list(replicaSetKind, { namespace: 'default' }).items].sort(
    (one, other) => revision(one) - revision(other),
  );
}

const progressing = (cluster: TestCluster) => conditionOf(read(cluster).status.conditions, 'Progressing');
const scalings = (cluster: TestCluster) =>
  cluster.events('web').map((event) => event.replace(/web-[a-z0-9]+/, (name) => nameOf(cluster, name)));

/** `v1` for the ReplicaSet of the image `nginx:1`. */
function nameOf(cluster: TestCluster, name: string): string {
  const set = sets(cluster).find(({ metadata }) => metadata.name === name);
  return `v${set?.spec.template.spec.containers[0]?.image?.split(':')[1]}`;
}

test('makes a ReplicaSet named by the hash of the template, and becomes available', () => {
  const cluster = start();
  create(cluster, 3);
  cluster.run(5);
  const [set] = sets(cluster);
  const hash = set?.metadata.labels?.['pod-template-hash'];
  expect(set).toMatchObject({
    metadata: {
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        team: 'a',
        'deployment.kubernetes.io/desired-replicas': '3',
        'deployment.kubernetes.io/max-replicas': '4',
        'deployment.kubernetes.io/revision': '1',
      },
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
  });
  expect(read(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
  expect(read(cluster).status).toEqual({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
    conditions: [
      {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        lastUpdateTime: expect.any(String),
        lastTransitionTime: expect.any(String),
      },
      {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "web-${hash}" has successfully progressed.`,
        lastUpdateTime: '2026-11-23T00:00:01Z',
        lastTransitionTime: '2026-11-23T00:00:00Z',
      },
    ],
  });
  expect(cluster.events('web')).toEqual([`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`]);
  expect(cluster.errors).toEqual([]);
});

test('a rolling update goes step by step, within maxSurge and maxUnavailable', () => {
  const cluster = start();
  create(cluster, 3, { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  cluster.run(5);
  setImage(cluster, 'nginx:2');
  for (let step = 0; step < 100; step += 1) {
    cluster.run(0.1);
    const { availableReplicas = 0, replicas = 0 } = read(cluster).status;
    expect(availableReplicas).toBeGreaterThanOrEqual(3);
    expect(replicas).toBeLessThanOrEqual(4);
  }
  expect(cluster.pods().map(imageOf)).toEqual(['nginx:2', 'nginx:2', 'nginx:2']);
  expect(scalings(cluster)).toEqual([
    'ScalingReplicaSet: Scaled up replica set v1 from 0 to 3',
    'ScalingReplicaSet: Scaled up replica set v2 from 0 to 1',
    'ScalingReplicaSet: Scaled down replica set v1 from 3 to 2',
    'ScalingReplicaSet: Scaled up replica set v2 from 1 to 2',
    'ScalingReplicaSet: Scaled down replica set v1 from 2 to 1',
    'ScalingReplicaSet: Scaled up replica set v2 from 2 to 3',
    'ScalingReplicaSet: Scaled down replica set v1 from 1 to 0',
  ]);
  expect(progressing(cluster)?.reason).toBe('NewReplicaSetAvailable');
  expect(cluster.errors).toEqual([]);
});

test('going back to a former template takes its ReplicaSet again, under a new revision', () => {
  const cluster = start();
  create(cluster, 1);
  cluster.run(5);
  setImage(cluster, 'nginx:2');
  cluster.run(5);
  setImage(cluster, 'nginx:1');
  cluster.run(5);
  expect(sets(cluster).map(({ metadata, spec }) => [metadata.annotations, spec.replicas])).toMatchObject([
    [{ 'deployment.kubernetes.io/revision': '2' }, 0],
    [{ 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' }, 1],
  ]);
  expect(read(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
});

test('Recreate ends all old Pods before it starts new ones', () => {
  const cluster = start();
  create(cluster, 3, { strategy: { type: 'Recreate' } });
  cluster.run(5);
  setImage(cluster, 'nginx:2');
  for (let step = 0; step < 50; step += 1) {
    cluster.run(0.1);
    expect(new Set(cluster.pods().map(imageOf)).size).toBeLessThanOrEqual(1);
  }
  expect(cluster.pods().map(imageOf)).toEqual(['nginx:2', 'nginx:2', 'nginx:2']);
});

test('a rollout that does not come along exceeds its deadline, and recovers', () => {
  const cluster = start({ readyAfter: (pod) => (imageOf(pod) === 'nginx:bad' ? undefined : 1000) });
  create(cluster, 4, { progressDeadlineSeconds: 60 });
  cluster.run(5);
  setImage(cluster, 'nginx:bad');
  cluster.run(30);
  expect(progressing(cluster)).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
  expect(read(cluster).status).toMatchObject({ replicas: 5, updatedReplicas: 2, unavailableReplicas: 2 });
  cluster.run(40);
  const [, bad] = sets(cluster);
  expect(progressing(cluster)).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${bad?.metadata.name}" has timed out progressing.`,
  });
  setImage(cluster, 'nginx:3');
  cluster.run(10);
  expect(cluster.pods().map(imageOf)).toEqual(Array(4).fill('nginx:3'));
  expect(progressing(cluster)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
});

test('paused, a template waits and a scaling does not', () => {
  const cluster = start();
  create(cluster, 2);
  cluster.run(5);
  change(cluster, { paused: true });
  setImage(cluster, 'nginx:2');
  change(cluster, { replicas: 4 });
  cluster.run(5);
  expect(cluster.pods().map(imageOf)).toEqual(Array(4).fill('nginx:1'));
  expect(progressing(cluster)).toMatchObject({
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  });
  change(cluster, { paused: null });
  cluster.run(10);
  expect(cluster.pods().map(imageOf)).toEqual(Array(4).fill('nginx:2'));
});

test('scaling in the middle of a rollout keeps the proportions', () => {
  const cluster = start({ readyAfter: (pod) => (imageOf(pod) === 'nginx:bad' ? undefined : 1000) });
  create(cluster, 10, { strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
  cluster.run(5);
  setImage(cluster, 'nginx:bad');
  cluster.run(5);
  expect(sets(cluster).map(({ spec }) => spec.replicas)).toEqual([8, 5]);
  change(cluster, { replicas: 15 });
  cluster.run(5);
  expect(sets(cluster).map(({ spec }) => spec.replicas)).toEqual([11, 7]);
});

test('keeps as many old ReplicaSets as revisionHistoryLimit says', () => {
  const cluster = start();
  create(cluster, 1, { revisionHistoryLimit: 2 });
  cluster.run(5);
  for (let version = 2; version <= 5; version += 1) {
    setImage(cluster, `nginx:${version}`);
    cluster.run(5);
  }
  const revisions = sets(cluster).map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision']);
  expect(revisions).toEqual(['3', '4', '5']);
});

test('a ReplicaSet of another template under the same name is a collision: the next hash is taken', () => {
  const cluster = start();
  create(cluster, 1);
  const { template: own } = read(cluster).spec;
  const name = `web-${templateHash(own, undefined)}`;
  cluster.client.create(replicaSetKind, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: template('other', 'nginx') },
  });
  cluster.run(5);
  expect(read(cluster).status.collisionCount).toBe(1);
  expect(cluster.pods({ app: 'web' })[0]?.metadata.labels?.['pod-template-hash']).toBe(templateHash(own, 1));
});

test('what keeps Pods from being made is said of the Deployment too', () => {
  const cluster = start();
  create(cluster, 1, {
    template: { ...template('web', 'nginx:1'), spec: { ...template('web', 'nginx:1').spec, serviceAccountName: 'no' } },
  });
  cluster.run(5);
  const { conditions } = read(cluster).status;
  expect(conditionOf(conditions, 'ReplicaFailure')).toMatchObject({ status: 'True', reason: 'FailedCreate' });
  expect(conditionOf(conditions, 'Available')).toMatchObject({ status: 'False', reason: 'MinimumReplicasUnavailable' });
});

test('as long as something moves within the deadline, it is not exceeded', () => {
  const cluster = start({ readyAfter: () => 40_000 });
  create(cluster, 3, { progressDeadlineSeconds: 60, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  cluster.run(60);
  setImage(cluster, 'nginx:2');
  for (let second = 0; second < 140; second += 1) {
    cluster.run(1);
    expect(progressing(cluster)?.status).toBe('True');
  }
  expect(cluster.pods().map(imageOf)).toEqual(Array(3).fill('nginx:2'));
});

test('a new delay until Pods are available reaches the ReplicaSet without a rollout', () => {
  const cluster = start();
  create(cluster, 1);
  cluster.run(5);
  change(cluster, { minReadySeconds: 7 });
  cluster.run(5);
  expect(sets(cluster).map(({ spec }) => spec.minReadySeconds)).toEqual([7]);
});
