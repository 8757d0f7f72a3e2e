import {
  AppsV1Api,
  CoreV1Api,
  type KubernetesObject,
  makeInformer,
  type V1ConfigMap,
  type V1Pod,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configOf, eventually, passCompaction, startCluster, type TestCluster } from './test-cluster.ts';
import { Wire } from './wire.ts';

const namespace = 'default';
let cluster: TestCluster;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  core = cluster.config('admin.conf').makeApiClient(CoreV1Api);
});

afterAll(() => cluster.served.close());

const key = ({ metadata }: KubernetesObject) => `${metadata?.namespace}/${metadata?.name}@${metadata?.resourceVersion}`;

describe('an informer', () => {
  test('has what a list has, while Pods come and go', async () => {
    const config = cluster.config('admin.conf');
    const informer = makeInformer<V1Pod>(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
    const events: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata, status }) => {
        if (metadata?.namespace === namespace) events.push(`${verb} ${status?.phase}`);
      });
    await informer.start();
    expect(informer.list().map(key).sort()).toEqual((await core.listPodForAllNamespaces()).items.map(key).sort());
    const apps = config.makeApiClient(AppsV1Api);
    const labels = { app: 'web' };
    await apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: 'web' },
        spec: {
          replicas: 3,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } },
        },
      },
    });
    const running = () => informer.list(namespace).filter(({ status }) => status?.phase === 'Running').length;
    await eventually(() => (running() === 3 ? true : undefined));
    await apps.patchNamespacedDeploymentScale({
      name: 'web',
      namespace,
      body: [{ op: 'replace', path: '/spec/replicas', value: 1 }],
    });
    await eventually(() => (informer.list(namespace).length === 1 ? true : undefined));
    await apps.deleteNamespacedDeployment({ name: 'web', namespace });
    await eventually(() => (informer.list(namespace).length === 0 ? true : undefined));
    expect(events.filter((event) => event.startsWith('add'))).toEqual(['add Pending', 'add Pending', 'add Pending']);
    expect(events.filter((event) => event.startsWith('delete'))).toHaveLength(3);
    expect(informer.list().map(key).sort()).toEqual((await core.listPodForAllNamespaces()).items.map(key).sort());
    await informer.stop();
  });

  test('goes on where it was when its connection breaks', async () => {
    const wire = await Wire.to(cluster.served.address);
    const config = configOf(cluster.kubeconfigs['admin.conf'].replaceAll(cluster.served.address, wire.address));
    const informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
      core.listNamespacedConfigMap({ namespace }),
    );
    const events: string[] = [];
    const errors: unknown[] = [];
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata }) => events.push(`${verb} ${metadata?.name}`));
    // As its own documentation has it: who uses an informer starts it again.
    informer.on('error', (error) => {
      errors.push(error);
      setTimeout(() => void informer.start(), 50);
    });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'before' } } });
    await eventually(() => (events.includes('add before') ? true : undefined));
    wire.cut();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'meanwhile' } } });
    await core.deleteNamespacedConfigMap({ namespace, name: 'before' });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'after' } } });
    await eventually(() => (events.includes('add after') ? true : undefined));
    expect(events).toEqual(['add kube-root-ca.crt', 'add before', 'add meanwhile', 'delete before', 'add after']);
    expect(errors).toHaveLength(1);
    await informer.stop();
    wire.close();
  });

  test('lists again when it was away for so long that its revision is gone', async () => {
    const informer = makeInformer<V1ConfigMap>(
      cluster.config('admin.conf'),
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace }),
    );
    await informer.start();
    await informer.stop();
    await core.deleteNamespacedConfigMap({ namespace, name: 'after' });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'new' } } });
    passCompaction(cluster);
    await informer.start();
    await eventually(() => informer.get('new', namespace));
    const listed = await core.listNamespacedConfigMap({ namespace });
    expect(informer.list().map(key).sort()).toEqual(listed.items.map(key).sort());
    await informer.stop();
  });
});
