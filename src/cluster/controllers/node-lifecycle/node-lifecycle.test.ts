import { expect, test } from 'vitest';
import { microTimestamp, timestamp } from '#kernel/calendar.ts';
import { event as eventKind } from '../../api/kinds/core/event.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { lease as leaseKind } from '../../api/kinds/other/lease.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Node } from '../../api/types/core.ts';
import type { Toleration } from '../../api/types/pod.ts';
import { startNodeIpam } from '../node-ipam/node-ipam.ts';
import { TestCluster, template } from '../pod-control/test-cluster.ts';
import { startTaintEviction } from '../taint-eviction/taint-eviction.ts';
import { startNodeLifecycle } from './node-lifecycle.ts';

/** Nodes whose kubelets post their status once and renew their leases, until they are stopped. */
function start(names: readonly string[]) {
  const cluster = new TestCluster([
    (context) => startNodeLifecycle(context),
    startTaintEviction,
    (context) => startNodeIpam(context),
  ]);
  const { client, kernel } = cluster;
  const stopped = new Set<string>();
  const node = (name: string) => client.get(nodeKind, undefined, name);
  const setReady = (name: string, status: 'True' | 'False') => {
    const time = timestamp(kernel.now);
    const condition = (type: string, value: 'True' | 'False') =>
      ({
        type,
        status: value,
        reason: `Kubelet${type}`,
        message: '',
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      }) as const;
    const conditions = [
      ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => condition(type, 'False')),
      condition('Ready', status),
    ];
    const known = node(name);
    client.updateStatus(nodeKind, { ...known, status: { ...known.status, conditions } });
  };
  const renew = (name: string) => {
    const known = client.find(leaseKind, 'kube-node-lease', name);
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(kernel.now) };
    if (known) client.update(leaseKind, { ...known, spec });
    else {
      const metadata = { name, namespace: 'kube-node-lease' };
      client.create(leaseKind, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    }
  };
  client.request({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'kube-node-lease' } } });
  for (const name of names) {
    cluster.addNode(name);
    setReady(name, 'True');
    renew(name);
    kernel.every(10_000, () => {
      if (!stopped.has(name)) renew(name);
    });
    cluster.run(1);
  }
  const events = () =>
    client.list(eventKind, { namespace: 'default' }).items.map(({ involvedObject, reason, message }) => {
      return `${involvedObject.kind} ${involvedObject.name} ${reason}: ${message}`;
    });
  return {
    cluster,
    node,
    setReady,
    events,
    stop: (name: string) => stopped.add(name),
    resume: (name: string) => stopped.delete(name),
  };
}

const taints = ({ spec }: Node) => (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const READY = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

test('nodes are greeted and given networks in the order in which they come', () => {
  const { cluster, node, events } = start(['cp1', 'w1', 'w2']);
  cluster.run(6);
  expect(['cp1', 'w1', 'w2'].map((name) => node(name).spec.podCIDRs)).toEqual([
    ['10.244.0.0/24'],
    ['10.244.1.0/24'],
    ['10.244.2.0/24'],
  ]);
  expect(events()).toContain('Node w1 RegisteredNode: Node w1 event: Registered Node w1 in Controller');
  expect(taints(node('w1'))).toEqual([]);
});

test('a network that becomes free is given again only after all others', () => {
  const { cluster, node } = start(['cp1', 'w1']);
  cluster.client.delete(nodeKind, node('w1'));
  cluster.run(1);
  cluster.addNode('w2');
  cluster.run(1);
  expect(node('w2').spec.podCIDR).toBe('10.244.2.0/24');
});

test('a node whose kubelet is silent is not ready after the grace period; its Pods leave when their toleration ends', () => {
  const { cluster, node, events, stop } = start(['cp1', 'w1']);
  const { spec } = template('web', 'nginx');
  const nodeName = 'w1';
  const metadata = { name: 'web', namespace: 'default' };
  cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeName } });
  cluster.run(10);
  stop('w1');
  // The last lease is up to 10 s old, and the controller looks every 5 s.
  cluster.run(39);
  expect(node('w1').status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  cluster.run(17);
  const own = node('w1').status.conditions?.filter(({ type }) => READY.includes(type));
  expect(own?.map(({ status, reason, message }) => [status, reason, message])).toEqual(
    READY.map(() => ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.']),
  );
  expect(taints(node('w1')).sort()).toEqual([
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
  const pod = cluster.client.get(podKind, 'default', 'web');
  expect(pod.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
  expect(events()).toEqual(
    expect.arrayContaining([
      'Node w1 NodeNotReady: Node w1 status is now: NodeNotReady',
      'Pod web NodeNotReady: Node is not ready',
    ]),
  );
  cluster.run(290);
  expect(cluster.client.get(podKind, 'default', 'web').metadata.deletionTimestamp).toBeUndefined();
  cluster.run(15);
  expect(events()).toContain('Pod web TaintManagerEviction: Marking for deletion Pod default/web');
  expect(cluster.client.find(podKind, 'default', 'web')).toBeUndefined();
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('a node that comes back in time keeps its Pods', () => {
  const { cluster, node, events, stop, resume, setReady } = start(['cp1', 'w1']);
  const { spec } = template('web', 'nginx');
  const metadata = { name: 'web', namespace: 'default' };
  cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeName: 'w1' } });
  cluster.run(5);
  stop('w1');
  cluster.run(100);
  expect(taints(node('w1'))).toHaveLength(2);
  resume('w1');
  setReady('w1', 'True');
  cluster.run(300);
  expect(taints(node('w1'))).toEqual([]);
  expect(cluster.pods()).toHaveLength(1);
  expect(events()).toContain('Pod web TaintManagerEviction: Cancelling deletion of Pod default/web');
});

test('when all nodes are silent nobody is evicted', () => {
  const { cluster, node, stop } = start(['cp1', 'w1']);
  stop('cp1');
  stop('w1');
  cluster.run(100);
  expect(taints(node('w1'))).toEqual(['node.kubernetes.io/unreachable:NoSchedule']);
});

test('of several nodes that are lost one is tainted every 10 s', () => {
  const { cluster, node, stop } = start(['cp1', 'w1', 'w2']);
  stop('w1');
  stop('w2');
  const evicting = () => ['w1', 'w2'].filter((name) => taints(node(name)).some((taint) => taint.endsWith('NoExecute')));
  cluster.kernel.runUntilTrue(() => evicting().length > 0, 100_000);
  expect(evicting()).toEqual(['w1']);
  const first = cluster.kernel.now;
  cluster.kernel.runUntilTrue(() => evicting().length > 1, 100_000);
  expect((cluster.kernel.now - first) / 1000).toBeGreaterThan(9);
});

test('conditions and cordons are taints that keep new Pods away', () => {
  const { cluster, node, setReady } = start(['cp1', 'w1']);
  setReady('w1', 'False');
  cluster.run(0.05);
  expect(taints(node('w1'))).toEqual(['node.kubernetes.io/not-ready:NoSchedule']);
  setReady('w1', 'True');
  cluster.run(6);
  expect(taints(node('w1'))).toEqual([]);
  cluster.client.patch(nodeKind, node('w1'), { spec: { unschedulable: true } });
  cluster.run(1);
  expect(node('w1').spec.taints).toEqual([
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: expect.stringMatching(/Z$/) },
  ]);
  cluster.client.patch(nodeKind, node('w1'), { spec: { unschedulable: null } });
  cluster.run(1);
  expect(taints(node('w1'))).toEqual([]);
});

test('a NoExecute taint evicts at once whom it does not suit, and later whom it suits for a while', () => {
  const { cluster, node, events } = start(['cp1', 'w1']);
  const create = (name: string, tolerations: readonly Toleration[]) => {
    const spec = { ...template(name, 'nginx').spec, nodeName: 'w1', tolerations };
    cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec });
  };
  create('none', []);
  create('some', [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }]);
  create('ever', [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoExecute' }]);
  cluster.run(3);
  const taint = { key: 'dedicated', value: 'db', effect: 'NoExecute' };
  cluster.client.patch(nodeKind, node('w1'), { spec: { taints: [taint] } });
  cluster.run(0.5);
  const none = cluster.client.get(podKind, 'default', 'none');
  expect(none.status.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  });
  cluster.run(10);
  // The taint is written anew, and the time does not begin anew.
  const timeAdded = timestamp(cluster.kernel.now);
  cluster.client.patch(nodeKind, node('w1'), { spec: { taints: [{ ...taint, timeAdded }] } });
  cluster.run(5);
  const names = () =>
    cluster
      .pods()
      .map(({ metadata }) => metadata.name)
      .sort();
  expect(names()).toEqual(['ever', 'some']);
  cluster.run(10);
  expect(names()).toEqual(['ever']);
  expect(events().filter((event) => event.includes('Cancelling'))).toEqual([]);
});
