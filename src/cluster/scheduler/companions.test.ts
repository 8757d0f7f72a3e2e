import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/apps/replica-set.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/apps/stateful-set.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { service as serviceKind } from '../api/kinds/core/service.ts';
import type { Labels } from '../api/object.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Client } from '../client/client.ts';
import { Informers } from '../client/informers.ts';
import { Store } from '../store/store.ts';
import { BY_NAMESPACE, companionsOf } from './companions.ts';
import { type PodOptions, pod } from './test-harness.ts';

function setUp(labels: Labels, options: PodOptions = {}) {
  const kernel = new Kernel({ start: parseTime('2026-11-23T06:00:00Z'), seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const client = new Client(server.connectAs({ name: 'system:admin', groups: ['system:masters'] }), 'test');
  const informers = new Informers(kernel, client);
  const sources = {
    services: informers.of(serviceKind),
    replicaSets: informers.of(replicaSetKind),
    statefulSets: informers.of(statefulSetKind),
  };
  sources.services.index(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? '']);
  informers.start();
  for (const name of ['default', 'other'])
    client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
  const addService = (name: string, selector: Labels | undefined, namespace = 'default') => {
    const spec = { type: 'ClusterIP' as const, ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }] };
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } } as const;
    client.create(serviceKind, { ...object, spec: { ...spec, ...(selector && { selector }) } });
  };
  const addSet = (kind: 'ReplicaSet' | 'StatefulSet', name: string, matchLabels: Labels) => {
    const template = { metadata: { labels: matchLabels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const spec = { replicas: 1, selector: { matchLabels }, template, serviceName: name };
    const { serviceName: _, ...others } = spec;
    const object = { apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'default' } };
    if (kind === 'ReplicaSet') client.create(replicaSetKind, { ...object, spec: others });
    else {
      const rest = {
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 10,
      } as const;
      client.create(statefulSetKind, { ...object, spec: { ...spec, ...rest } });
    }
  };
  const companions = () => {
    kernel.runFor(0);
    return companionsOf(pod('web-1', { labels, ...options }), sources);
  };
  return { addService, addSet, companions };
}

function ownedBy(kind: string, name: string): PodOptions {
  return { metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }] } };
}

describe('the Pods that belong together', () => {
  it('are nobody for a Pod of no Service and no workload', () => {
    const { addService, companions } = setUp({ app: 'web' });
    addService('other', { app: 'other' });
    addService('all', undefined);
    addService('web', { app: 'web' }, 'other');
    expect(companions()).toBeUndefined();
  });

  it('are those of all Services that select the Pod', () => {
    const { addService, companions } = setUp({ app: 'web', tier: 'front' });
    addService('web', { app: 'web' });
    addService('front', { tier: 'front' });
    const found = companions();
    expect(found?.fits({ app: 'web', tier: 'front' })).toBe(true);
    expect(found?.fits({ app: 'web' })).toBe(false);
  });

  it.each(['ReplicaSet', 'StatefulSet'] as const)('are those of a %s', (kind) => {
    const { addSet, companions } = setUp({ app: 'web', hash: '1' }, ownedBy(kind, 'web'));
    expect(companions()).toBeUndefined();
    addSet(kind, 'web', { app: 'web', hash: '1' });
    const found = companions();
    expect(found?.fits({ app: 'web', hash: '1', more: 'x' })).toBe(true);
    expect(found?.fits({ app: 'web', hash: '2' })).toBe(false);
  });

  it('are named by what selects them', () => {
    const one = setUp({ app: 'web' });
    const other = setUp({ app: 'web' });
    one.addService('a', { app: 'web' });
    other.addService('b', { app: 'web' });
    expect(one.companions()?.key).toBe(other.companions()?.key);
    one.addService('c', { app: 'web' });
    expect(one.companions()?.key).not.toBe(other.companions()?.key);
  });
});
