import { expect, test } from 'vitest';
import { controllerRevision } from '../../api/kinds/apps/controller-revision.ts';
import { daemonSet as daemonSetKind } from '../../api/kinds/apps/daemon-set.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Draft } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { isReady } from '../pod-control/pod-state.ts';
import { imageOf, TestCluster, type TestClusterOptions, template } from '../pod-control/test-cluster.ts';
import { startDaemonSet } from './daemonset.ts';

const CONTROL_PLANE = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

function start(options: TestClusterOptions = {}) {
  const cluster = new TestCluster([startDaemonSet], options);
  cluster.addNode('cp1', { 'node-role.kubernetes.io/control-plane': '' }, [CONTROL_PLANE]);
  for (const name of ['w1', 'w2']) cluster.addNode(name, { disk: 'ssd' });
  return cluster;
}

type Spec = { -readonly [K in keyof DaemonSet['spec']]?: unknown };

function create(cluster: TestCluster, more: Spec = {}): void {
  cluster.client.create(daemonSetKind, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent', 'agent:1'), ...more },
  } as Draft<DaemonSet>);
}

const AGENT = { metadata: { name: 'agent', namespace: 'default' } };

function setImage(cluster: TestCluster, image: string): void {
  const patch = { spec: { template: { spec: { containers: [{ name: 'agent', image }] } } } };
  cluster.client.patch(daemonSetKind, AGENT, patch);
}

const read = (cluster: TestCluster) => cluster.client.get(daemonSetKind, 'default', 'agent');
const revisions = (cluster: TestCluster) => cluster.client.list(controllerRevision, { namespace: 'default' }).items;
const nodesOf = (pods: readonly Pod[]) => pods.map(({ spec }) => spec.nodeName).sort();

test('puts one Pod on each node whose taints it tolerates', () => {
  const cluster = start();
  create(cluster);
  cluster.run(5);
  expect(nodesOf(cluster.pods())).toEqual(['w1', 'w2']);
  const [pod] = cluster.pods();
  const hash = pod?.metadata.labels?.['controller-revision-hash'];
  expect(pod?.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod?.spec.nodeName] }] }],
  });
  expect(pod?.spec.tolerations?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node.kubernetes.io/not-ready:NoExecute',
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/disk-pressure:NoSchedule',
    'node.kubernetes.io/memory-pressure:NoSchedule',
    'node.kubernetes.io/pid-pressure:NoSchedule',
    'node.kubernetes.io/unschedulable:NoSchedule',
  ]);
  expect(revisions(cluster)).toMatchObject([{ metadata: { name: `agent-${hash}` }, revision: 1 }]);
  expect(read(cluster).status).toEqual({
    currentNumberScheduled: 2,
    numberMisscheduled: 0,
    desiredNumberScheduled: 2,
    numberReady: 2,
    observedGeneration: 1,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  });
  const created = cluster.pods().map(({ metadata }) => `SuccessfulCreate: Created pod: ${metadata.name}`);
  expect(cluster.events('agent').sort()).toEqual(created.sort());
  expect(cluster.errors).toEqual([]);
});

test('follows nodes that come, and labels and taints that change', () => {
  const cluster = start();
  create(cluster, {
    template: {
      ...template('agent', 'agent:1'),
      spec: { ...template('agent', 'agent:1').spec, nodeSelector: { disk: 'ssd' } },
    },
  });
  cluster.run(3);
  cluster.addNode('w3', { disk: 'ssd' });
  cluster.run(3);
  expect(nodesOf(cluster.pods())).toEqual(['w1', 'w2', 'w3']);
  cluster.client.patch(nodeKind, { metadata: { name: 'w1' } }, { metadata: { labels: { disk: 'hdd' } } });
  cluster.run(3);
  expect(nodesOf(cluster.pods())).toEqual(['w2', 'w3']);
  const taint = (effect: string) => ({ spec: { taints: [{ key: 'maintenance', effect }] } });
  cluster.client.patch(nodeKind, { metadata: { name: 'w2' } }, taint('NoSchedule'), 'merge');
  cluster.run(3);
  expect(nodesOf(cluster.pods())).toEqual(['w2', 'w3']);
  cluster.client.patch(nodeKind, { metadata: { name: 'w2' } }, taint('NoExecute'), 'merge');
  cluster.run(3);
  expect(nodesOf(cluster.pods())).toEqual(['w3']);
  expect(read(cluster).status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 });
});

test('an update replaces as many Pods at a time as may be unavailable', () => {
  const cluster = start();
  for (const name of ['w3', 'w4']) cluster.addNode(name);
  create(cluster, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } });
  cluster.run(5);
  setImage(cluster, 'agent:2');
  for (let step = 0; step < 100; step += 1) {
    cluster.run(0.1);
    expect(read(cluster).status.numberAvailable).toBeGreaterThanOrEqual(2);
  }
  expect(cluster.pods().map(imageOf)).toEqual(Array(4).fill('agent:2'));
  expect(
    revisions(cluster)
      .map(({ revision }) => revision)
      .sort(),
  ).toEqual([1, 2]);
  expect(read(cluster).status).toMatchObject({ updatedNumberScheduled: 4, observedGeneration: 2 });
});

test('with a surge the new Pod is there before the old one goes', () => {
  const cluster = start();
  create(cluster, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  cluster.run(5);
  setImage(cluster, 'agent:2');
  for (let step = 0; step < 100; step += 1) {
    cluster.run(0.1);
    const staying = cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(staying.length).toBeGreaterThanOrEqual(2);
    expect(staying.length).toBeLessThanOrEqual(3);
    expect(staying.filter(isReady).length).toBeGreaterThanOrEqual(2);
  }
  expect(cluster.pods().map(imageOf)).toEqual(['agent:2', 'agent:2']);
});

test('OnDelete waits until somebody deletes the Pods', () => {
  const cluster = start();
  create(cluster, { updateStrategy: { type: 'OnDelete' } });
  cluster.run(5);
  setImage(cluster, 'agent:2');
  cluster.run(5);
  expect(cluster.pods().map(imageOf)).toEqual(['agent:1', 'agent:1']);
  const [first] = cluster.pods();
  if (first) cluster.client.delete(podKind, first);
  cluster.run(5);
  expect(cluster.pods().map(imageOf).sort()).toEqual(['agent:1', 'agent:2']);
  expect(read(cluster).status.updatedNumberScheduled).toBe(1);
});

test('going back takes the former revision again; old ones are cleaned up', () => {
  const cluster = start();
  create(cluster, { revisionHistoryLimit: 2 });
  cluster.run(5);
  for (const version of [2, 3, 4, 2]) {
    setImage(cluster, `agent:${version}`);
    cluster.run(10);
  }
  const found = revisions(cluster).map(
    ({ revision, data }) => `${revision} ${JSON.stringify(data).match(/agent:\d/)?.[0]}`,
  );
  expect(found.sort()).toEqual(['3 agent:3', '4 agent:4', '5 agent:2']);
});

test('a daemon that fails is replaced, later and later', () => {
  const cluster = start();
  create(cluster);
  cluster.run(5);
  const fail = () => {
    const pod = cluster.pods().find(({ spec, status }) => spec.nodeName === 'w1' && status.phase === 'Running');
    if (pod) cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, phase: 'Failed' } });
  };
  fail();
  cluster.run(0.5);
  expect(cluster.events('agent')).toContainEqual(
    expect.stringMatching(
      /^FailedDaemonPod: Found failed daemon pod default\/agent-.{5} on node w1, will try to kill it$/,
    ),
  );
  cluster.run(5);
  expect(nodesOf(cluster.pods())).toEqual(['w1', 'w2']);
  expect(read(cluster).status.numberReady).toBe(2);
  const failures = () => cluster.events('agent').filter((event) => event.startsWith('FailedDaemonPod')).length;
  cluster.run(2);
  fail();
  cluster.run(1.5);
  fail();
  // The third failure comes while the second one's two seconds still run.
  const before = failures();
  cluster.run(0.1);
  expect(failures()).toBe(before);
  cluster.run(3);
  expect(failures()).toBe(before + 1);
});

test('hears late of what it made, and makes nothing twice', () => {
  const cluster = start({ lag: () => 300 });
  create(cluster);
  for (let step = 0; step < 20; step += 1) {
    cluster.run(0.1);
    cluster.client.patch(daemonSetKind, AGENT, { metadata: { annotations: { step: `${step}` } } });
    expect(cluster.pods().length).toBeLessThanOrEqual(2);
  }
  setImage(cluster, 'agent:2');
  for (let step = 0; step < 60; step += 1) {
    cluster.run(0.1);
    cluster.client.patch(daemonSetKind, AGENT, { metadata: { annotations: { step: `${step}` } } });
    expect(cluster.pods().filter(isReady).length).toBeGreaterThanOrEqual(1);
  }
  expect(cluster.pods().map(imageOf)).toEqual(['agent:2', 'agent:2']);
});
