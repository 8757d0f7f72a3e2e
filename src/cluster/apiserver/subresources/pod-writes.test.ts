import { expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { namespace } from '../../api/kinds/core/namespace.ts';
import { serviceAccount } from '../../api/kinds/core/service-account.ts';
import { pod } from '../../api/kinds/pod/pod.ts';
import { Client } from '../../client/client.ts';
import { Store } from '../../store/store.ts';
import { ApiServer } from '../server.ts';

function start() {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23), seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const connection = server.connectAs({ name: 'kubernetes-admin', groups: ['system:masters'] });
  const client = new Client(connection, 'test');
  const metadata = { name: 'web', namespace: 'default' };
  client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, spec: {} });
  client.create(serviceAccount, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  const made = client.create(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: 'w1', containers: [{ name: 'nginx', image: 'nginx' }] },
  } as never);
  const evict = (deleteOptions: object) =>
    connection({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods/web/eviction',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions }),
    });
  return { made, evict, find: () => client.find(pod, 'default', 'web') };
}

test('a Pod that is evicted says so before it goes', () => {
  const { evict, find } = start();
  expect(evict({}).status).toBe(201);
  expect(find()?.metadata.deletionTimestamp).toBeDefined();
  expect(find()?.status.conditions).toContainEqual({
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: '2026-11-23T00:00:00Z',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
});

test('an eviction that is not meant, or means another Pod, changes nothing', () => {
  const { evict, find, made } = start();
  expect(evict({ dryRun: ['All'] }).status).toBe(201);
  expect(evict({ preconditions: { uid: 'another' } }).status).toBe(409);
  expect(evict({ preconditions: { resourceVersion: '1' } }).status).toBe(409);
  expect(find()).toEqual(made);
  expect(
    evict({ preconditions: { uid: made.metadata.uid, resourceVersion: made.metadata.resourceVersion } }).status,
  ).toBe(201);
  expect(find()?.metadata.deletionTimestamp).toBeDefined();
});
