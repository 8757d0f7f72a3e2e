import { expect, test } from 'vitest';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { PodPhase } from '../../api/types/pod.ts';
import { TestCluster, template } from '../pod-control/test-cluster.ts';
import { startPodGc } from './pod-gc.ts';

function start(threshold?: number) {
  const options = threshold === undefined ? {} : { terminatedPodThreshold: threshold };
  const cluster = new TestCluster([(context) => startPodGc(context, options)]);
  const create = (name: string, more: { nodeName?: string; finalizers?: string[] } = {}) => {
    const { nodeName, finalizers } = more;
    const spec = { ...template(name, 'nginx').spec, ...(nodeName && { nodeName }) };
    const metadata = { name, namespace: 'default', ...(finalizers && { finalizers }) };
    return cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  };
  const names = () => cluster.pods().map(({ metadata }) => metadata.name);
  return { cluster, create, names };
}

test('Pods of a node that is gone for 40 s have failed and go', () => {
  const { cluster, create, names } = start();
  cluster.addNode('w1');
  create('web', { nodeName: 'w1', finalizers: ['example.com/look'] });
  cluster.run(25);
  cluster.client.delete(nodeKind, { metadata: { name: 'w1' } });
  cluster.run(50);
  expect(cluster.pods()[0]?.metadata.deletionTimestamp).toBeUndefined();
  cluster.run(30);
  expect(cluster.pods()[0]?.status).toMatchObject({
    phase: 'Failed',
    conditions: expect.arrayContaining([
      expect.objectContaining({
        type: 'DisruptionTarget',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
      }),
    ]),
  });
  cluster.client.patch(
    podKind,
    { metadata: { name: 'web', namespace: 'default' } },
    { metadata: { finalizers: null } },
    'merge',
  );
  expect(names()).toEqual([]);
});

test('of finished Pods beyond the threshold the oldest go', () => {
  const { cluster, create, names } = start(2);
  const phases: readonly PodPhase[] = ['Succeeded', 'Failed', 'Succeeded', 'Running'];
  for (const [index, phase] of phases.entries()) {
    const pod = create(`p${index}`);
    cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, phase } });
    cluster.run(2);
  }
  cluster.run(25);
  expect(names()).toEqual(['p1', 'p2', 'p3']);
});
