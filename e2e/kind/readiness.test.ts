import { expect, test } from 'vitest';
import type { ApiClient } from './api-client.ts';
import { waitUntilReady } from './readiness.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const node = (name: string, spec: object = {}, status: object = ready) => ({ metadata: { name }, spec, status });
const pod = (name: string, status: object = { phase: 'Running', ...ready }) => ({
  metadata: { name, namespace: 'kube-system' },
  status,
});

/** What is not ready in a cluster of these nodes and Pods. */
function unready(nodes: unknown[], pods: unknown[]): Promise<string[]> {
  const list = async (path: string) => (path.endsWith('/nodes') ? nodes : pods);
  return waitUntilReady({ list } as unknown as ApiClient, 0);
}

test('a settled cluster is ready', async () => {
  expect(await unready([node('w1')], [pod('etcd')])).toEqual([]);
  expect(
    await unready([node('w1', { taints: [{ key: 'node-role.kubernetes.io/control-plane' }] })], [pod('etcd')]),
  ).toEqual([]);
  expect(await unready([node('w1', { taints: [{ key: 'node.kubernetes.io/unschedulable' }] })], [pod('etcd')])).toEqual(
    [],
  );
});

test('nodes and Pods that are not ready are named', async () => {
  expect(await unready([node('w1', {}, {})], [pod('etcd', { phase: 'Pending' })])).toEqual([
    'node w1 is not Ready',
    'Pod kube-system/etcd is Pending, not Ready',
  ]);
  expect(await unready([node('w1')], [])).toEqual(['the system Pods are not there yet']);
});

test('a node that turned Ready but still has the taint of one that is not is not settled', async () => {
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  expect(await unready([node('w1', { taints })], [pod('etcd')])).toEqual([
    'node w1 still has the taint node.kubernetes.io/not-ready',
  ]);
});

test('an API server that does not answer is not ready', async () => {
  const list = async () => {
    throw new Error('refused');
  };
  expect(await waitUntilReady({ list } as unknown as ApiClient, 0)).toEqual([
    'the API server does not answer: refused',
  ]);
});
