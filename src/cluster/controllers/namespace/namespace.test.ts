import { expect, test } from 'vitest';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { secret as secretKind } from '../../api/kinds/core/secret.ts';
import { serviceAccount as accountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { TestCluster, template } from '../pod-control/test-cluster.ts';
import { startRootCa } from '../root-ca/root-ca.ts';
import { startServiceAccount } from '../serviceaccount/serviceaccount.ts';
import { startNamespace } from './namespace.ts';

function start() {
  const rootCa = '-----BEGIN CERTIFICATE-----\n';
  const cluster = new TestCluster([startNamespace, startServiceAccount, (context) => startRootCa(context, { rootCa })]);
  cluster.addNode('w1');
  cluster.client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' }, spec: {} });
  cluster.run(1);
  const lab = () => cluster.client.find(namespaceKind, undefined, 'lab');
  return { cluster, lab, rootCa };
}

test('a namespace has its account and the CA of the cluster, and gets them back', () => {
  const { cluster, rootCa } = start();
  const account = () => cluster.client.find(accountKind, 'lab', 'default');
  const ca = () => cluster.client.find(configMapKind, 'lab', 'kube-root-ca.crt');
  expect(account()).toBeDefined();
  expect(ca()?.data).toEqual({ 'ca.crt': rootCa });
  expect(ca()?.metadata.annotations?.['kubernetes.io/description']).toMatch(/^Contains a CA bundle/);
  for (const [kind, object] of [
    [accountKind, account()],
    [configMapKind, ca()],
  ] as const) {
    if (object) cluster.client.delete<never>(kind as never, object);
  }
  cluster.run(1);
  expect(account()).toBeDefined();
  expect(ca()).toBeDefined();
  const changed = ca();
  if (changed) cluster.client.update(configMapKind, { ...changed, data: { 'ca.crt': 'other' } });
  cluster.run(1);
  expect(ca()?.data).toEqual({ 'ca.crt': rootCa });
});

test('a namespace goes with all that it holds, Pods first', () => {
  const { cluster, lab } = start();
  const inLab = (name: string) => ({ name, namespace: 'lab' });
  cluster.client.create(secretKind, { apiVersion: 'v1', kind: 'Secret', metadata: inLab('s'), type: 'Opaque' });
  const { spec } = template('web', 'nginx');
  cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata: inLab('web'), spec });
  cluster.run(3);
  cluster.client.delete(namespaceKind, { metadata: { name: 'lab' } });
  cluster.run(4);
  expect(lab()?.status.phase).toBe('Terminating');
  expect(cluster.client.find(secretKind, 'lab', 's')).toBeDefined();
  cluster.run(1.5);
  expect(cluster.client.find(secretKind, 'lab', 's')).toBeDefined();
  expect(cluster.client.find(podKind, 'lab', 'web')?.metadata.deletionTimestamp).toBeDefined();
  cluster.run(20);
  expect(lab()).toBeUndefined();
  expect(cluster.client.find(secretKind, 'lab', 's')).toBeUndefined();
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('a namespace that cannot go says why', () => {
  const { cluster, lab } = start();
  const metadata = { name: 'kept', namespace: 'lab', finalizers: ['example.com/keep'] };
  cluster.client.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  cluster.client.delete(namespaceKind, { metadata: { name: 'lab' } });
  cluster.run(10);
  const conditions = () =>
    lab()?.status.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]);
  expect(conditions()).toEqual([
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
    ],
  ]);
  cluster.client.patch(configMapKind, { metadata }, { metadata: { finalizers: null } }, 'merge');
  cluster.run(20);
  expect(lab()).toBeUndefined();
});
