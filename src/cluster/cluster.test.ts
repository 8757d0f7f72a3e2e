import { describe, expect, it } from 'vitest';
import { deployment as deploymentKind } from './api/kinds/apps/deployment.ts';
import { event as eventKind } from './api/kinds/core/event.ts';
import { node as nodeKind } from './api/kinds/core/node.ts';
import { pod as podKind } from './api/kinds/pod/pod.ts';
import { Running } from './test-running.ts';

const SETTLED = 60_000;
/** Longer than any back-off. */
const MENDED = 400_000;

describe('an API server that is broken and mended', () => {
  it.each([
    [
      'a flag that there is not',
      '- --secure-port=6443',
      '- --secure-port=6443\n    - --nonsense=1',
      'log',
      'Error: unknown flag: --nonsense',
    ],
    [
      'a port where etcd is not',
      '127.0.0.1:2379',
      '127.0.0.1:2399',
      'log',
      'dial tcp 127.0.0.1:2399: connect: connection refused',
    ],
    [
      'an address where nothing is',
      '127.0.0.1:2379',
      '172.18.0.99:2379',
      'log',
      'dial tcp 172.18.0.99:2379: connect: no route to host',
    ],
    [
      'a file that is missing',
      '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--client-ca-file=/etc/kubernetes/pki/none.crt',
      'log',
      'open /etc/kubernetes/pki/none.crt: no such file or directory',
    ],
    [
      'the wrong authority for etcd',
      '--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt',
      '--etcd-cafile=/etc/kubernetes/pki/ca.crt',
      'log',
      'x509: certificate signed by unknown authority',
    ],
    ['no YAML', 'spec:', 'spec\n  :x', 'journal', "couldn't parse as pod(yaml: line"],
    [
      'an image that there is not',
      /image: \S*kube-apiserver:\S+/,
      'image: registry.k8s.io/kube-apiserver:v9.9.9',
      'journal',
      'ImagePullBackOff',
    ],
  ] as const)('%s', (_, what, instead, where, words) => {
    const running = new Running();
    expect(running.ready()).toBe(200);
    const before = running.manifest('kube-apiserver');
    const broken = before.replace(what, instead);
    expect(broken).not.toBe(before);
    running.said.length = 0;
    running.setManifest('kube-apiserver', broken);
    running.kernel.runFor(120_000);
    expect(running.ready()).toBe('connect: connection refused');
    const said = where === 'log' ? running.log('kube-apiserver') : running.said.join('\n');
    expect(said).toContain(words);
    running.setManifest('kube-apiserver', before);
    running.kernel.runFor(MENDED);
    expect(running.ready()).toBe(200);
    running.deploy('after', 2);
    running.kernel.runFor(SETTLED);
    expect(running.phases('after')).toEqual(['Running', 'Running']);
  });
});

it('an API server that is to stop answers nobody, but ends when it is killed: watches do not end by themselves', () => {
  const running = new Running();
  const [container] = running
    .node('cp1')
    .containerd.containers()
    .filter(({ config }) => config.name === 'kube-apiserver');
  const state = () =>
    running
      .node('cp1')
      .containerd.containers()
      .find(({ id }) => id === container?.id)?.state;
  running.setManifest('kube-apiserver', '');
  running.kernel.runFor(5_000);
  expect(running.ready()).toBe('connect: connection refused');
  running.kernel.runFor(20_000);
  expect(state()).toBe('RUNNING');
  running.kernel.runFor(10_000);
  expect(state()).not.toBe('RUNNING');
});

describe('a control plane without one of its parts', () => {
  it('leaves Pods pending without the scheduler, and places them when it is back', () => {
    const running = new Running();
    const manifest = running.manifest('kube-scheduler');
    running.setManifest('kube-scheduler', '');
    running.kernel.runFor(SETTLED);
    running.deploy('web', 2);
    running.kernel.runFor(SETTLED);
    expect(running.phases('web')).toEqual(['Pending', 'Pending']);
    expect(running.pods('web').every(({ spec }) => spec.nodeName === undefined)).toBe(true);
    running.setManifest('kube-scheduler', manifest);
    running.kernel.runFor(MENDED);
    expect(running.phases('web')).toEqual(['Running', 'Running']);
  });

  it('reconciles nothing without the controller manager, and all of it when it is back', () => {
    const running = new Running();
    running.deploy('web', 2);
    running.kernel.runFor(SETTLED);
    const manifest = running.manifest('kube-controller-manager');
    running.setManifest('kube-controller-manager', '');
    running.kernel.runFor(SETTLED);
    running.client.patch(
      deploymentKind,
      { metadata: { namespace: 'default', name: 'web' } },
      { spec: { replicas: 5 } },
    );
    const [first] = running.pods('web');
    if (first) running.client.delete(podKind, first);
    running.kernel.runFor(SETTLED);
    expect(running.pods('web').length).toBe(1);
    running.setManifest('kube-controller-manager', manifest);
    running.kernel.runFor(MENDED);
    expect(running.phases('web')).toEqual(Array(5).fill('Running'));
  });

  it('keeps what runs, and what it knows, while etcd is away', () => {
    const running = new Running();
    running.deploy('web', 2);
    running.kernel.runFor(SETTLED);
    const manifest = running.manifest('etcd');
    running.setManifest('etcd', '');
    running.kernel.runFor(SETTLED);
    expect(running.ready()).toBe(500);
    const lost = () => running.deploy('lost', 1);
    expect(lost).toThrow('Timeout: request did not complete within requested timeout - context deadline exceeded');
    expect(() => running.phases('web')).toThrow('Timeout: request did not complete within the allotted timeout');
    const nginx = [...running.cluster.nodes.values()].flatMap(({ containerd }) =>
      containerd.containers().filter(({ state, config }) => state === 'RUNNING' && config.name === 'web'),
    );
    expect(nginx.length).toBe(2);
    running.setManifest('etcd', manifest);
    running.kernel.runFor(MENDED);
    expect(running.phases('web')).toEqual(['Running', 'Running']);
    expect(running.client.find(deploymentKind, 'default', 'lost')).toBe(undefined);
  });
});

it('a node whose kubelet stops is not ready after the grace period, and its Pods go after theirs', () => {
  const running = new Running();
  running.deploy('web', 4);
  running.kernel.runFor(SETTLED);
  const on = (name: string) =>
    running.pods('web').filter(({ spec, metadata }) => spec.nodeName === name && !metadata.deletionTimestamp);
  expect(on('w2').length).toBeGreaterThan(0);
  const ready = () =>
    running.client.get(nodeKind, undefined, 'w2').status.conditions?.find(({ type }) => type === 'Ready')?.status;
  running.kubelet('w2', 'stop');
  running.kernel.runFor(30_000);
  expect(ready()).toBe('True');
  running.kernel.runFor(40_000);
  expect(ready()).toBe('Unknown');
  expect(on('w2').length).toBeGreaterThan(0);
  running.kernel.runFor(320_000);
  expect(on('w2')).toEqual([]);
  expect(
    running
      .pods('web')
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ status }) => status.phase),
  ).toEqual(Array(4).fill('Running'));
  running.kubelet('w2', 'start');
  running.kernel.runFor(SETTLED);
  expect(ready()).toBe('True');
  expect(running.pods('web').length).toBe(4);
});

it('500 Pods are too many for the nodes of the lessons', () => {
  const running = new Running();
  running.deploy('web', 500);
  running.kernel.runFor(120_000);
  const phases = running.phases('web');
  expect(phases.filter((phase) => phase === 'Running').length).toBeLessThan(220);
  expect(phases.filter((phase) => phase === 'Pending').length).toBeGreaterThan(280);
  const { items } = running.client.list(eventKind, { namespace: 'default', fieldSelector: 'reason=FailedScheduling' });
  expect(items[0]?.message).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Too many pods. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
});

it('the same seed gives the same run, to the byte', () => {
  const run = (seed: number) => {
    const running = new Running(seed);
    running.deploy('web', 3);
    running.kernel.runFor(SETTLED);
    running.client.delete(deploymentKind, { metadata: { namespace: 'default', name: 'web' } });
    running.kubelet('w1', 'stop');
    running.kernel.runFor(120_000);
    const all = [podKind, nodeKind, eventKind].map((kind) => running.client.list(kind as typeof podKind));
    return JSON.stringify([all, running.said]);
  };
  expect(run(3)).toBe(run(3));
  expect(run(3)).not.toBe(run(4));
});
