import { CoreV1Api, Watch } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, passCompaction, startCluster, type TestCluster } from './test-cluster.ts';

interface Event {
  readonly type: string;
  readonly object: {
    readonly kind: string;
    readonly code?: number;
    readonly reason?: string;
    readonly metadata: { readonly name?: string; readonly resourceVersion: string; readonly annotations?: object };
  };
}

const namespace = 'default';
const PATH = `/api/v1/namespaces/${namespace}/configmaps`;
const open: AbortController[] = [];
let cluster: TestCluster;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  core = cluster.config('admin.conf').makeApiClient(CoreV1Api);
});

afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});

afterAll(() => cluster.served.close());

async function watch(query: Record<string, string | boolean | number>, path = PATH) {
  const events: Event[] = [];
  const ends: unknown[] = [];
  const controller = await new Watch(cluster.config('admin.conf')).watch(
    path,
    query,
    (type, object) => events.push({ type, object }),
    (error) => ends.push(error),
  );
  open.push(controller);
  return { events, ends, controller };
}

const seen = (events: readonly Event[]) =>
  events.map(({ type, object }) => `${type} ${object.metadata.name ?? object.kind}`);

async function make(name: string, labels: Record<string, string> = {}) {
  return core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels } } });
}

describe('a watch', () => {
  test('from a resourceVersion hears all that happens after it, in order', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const from = metadata?.resourceVersion ?? '';
    const object = await make('early');
    await core.replaceNamespacedConfigMap({ name: 'early', namespace, body: { ...object, data: { a: '1' } } });
    const { events } = await watch({ resourceVersion: from });
    await core.deleteNamespacedConfigMap({ name: 'early', namespace });
    await eventually(() => events[2]);
    expect(seen(events)).toEqual(['ADDED early', 'MODIFIED early', 'DELETED early']);
    const versions = events.map(({ object: { metadata } }) => Number(metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions[0]).toBeGreaterThan(Number(from));
  });

  test('from nowhere gets what is there first', async () => {
    await make('there');
    const { events } = await watch({});
    await eventually(() => events[1]);
    expect(seen(events).sort()).toEqual(['ADDED kube-root-ca.crt', 'ADDED there']);
    await core.deleteNamespacedConfigMap({ name: 'there', namespace });
  });

  test('with a selector sees come and go what fits it', async () => {
    const { events } = await watch({ labelSelector: 'shown=yes' });
    const hidden = await make('changing', { shown: 'no' });
    const body = (shown: string) => ({ ...hidden, metadata: { name: 'changing', namespace, labels: { shown } } });
    await core.replaceNamespacedConfigMap({ name: 'changing', namespace, body: body('yes') });
    await core.replaceNamespacedConfigMap({ name: 'changing', namespace, body: body('no') });
    await core.deleteNamespacedConfigMap({ name: 'changing', namespace });
    await make('last', { shown: 'yes' });
    await eventually(() => events[2]);
    expect(seen(events)).toEqual(['ADDED changing', 'DELETED changing', 'ADDED last']);
    await core.deleteNamespacedConfigMap({ name: 'last', namespace });
  });

  test('gets the beginning as a stream, and a bookmark that ends it', async () => {
    const { events } = await watch({
      sendInitialEvents: true,
      allowWatchBookmarks: true,
      resourceVersionMatch: 'NotOlderThan',
    });
    const end = await eventually(() => events.find(({ type }) => type === 'BOOKMARK'));
    expect(seen(events)).toEqual(['ADDED kube-root-ca.crt', 'BOOKMARK ConfigMap']);
    expect(end.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });

  test('gets bookmarks, from which another goes on', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const first = await watch({ resourceVersion: metadata?.resourceVersion ?? '', allowWatchBookmarks: true });
    cluster.served.kernel.runFor(61_000);
    const bookmark = await eventually(() => first.events.find(({ type }) => type === 'BOOKMARK'));
    expect(bookmark.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
    const version = bookmark.object.metadata.resourceVersion;
    expect(Number(version)).toBeGreaterThan(Number(metadata?.resourceVersion));
    const second = await watch({ resourceVersion: version });
    await make('after-bookmark');
    await eventually(() => second.events[0]);
    expect(seen(second.events)).toEqual(['ADDED after-bookmark']);
    await core.deleteNamespacedConfigMap({ name: 'after-bookmark', namespace });
  });

  test('from a revision that is gone is told so, and ends', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    passCompaction(cluster);
    const { events, ends } = await watch({ resourceVersion: metadata?.resourceVersion ?? '' });
    await eventually(() => (ends.length > 0 ? true : undefined));
    expect(events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
  });

  test('ends after its timeout', async () => {
    const { ends } = await watch({ timeoutSeconds: 5 });
    await eventually(() => (ends.length > 0 ? true : undefined));
    expect(ends).toEqual([null]);
  });

  test('of what is not there, or for somebody who may not, is refused', async () => {
    const nothing = await watch({}, '/api/v1/namespaces/default/nothings');
    expect(nothing.ends).toMatchObject([{ statusCode: 404 }]);
    const ends: unknown[] = [];
    await new Watch(cluster.config('read-only.conf')).watch(
      '/api/v1/secrets',
      {},
      () => undefined,
      (error) => ends.push(error),
    );
    expect(ends).toMatchObject([{ statusCode: 403 }]);
  });

  test('ends when the API server does; another goes on once it is back', async () => {
    const { controlPlane } = cluster.served;
    const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const resourceVersion = metadata?.resourceVersion ?? '';
    const { events, ends } = await watch({ resourceVersion });
    controlPlane.files.rename(manifest, '/root/kube-apiserver.yaml');
    await eventually(() => (ends.length > 0 ? true : undefined));
    expect(events).toEqual([]);
    const refused = await eventually(() =>
      core.listNamespacedConfigMap({ namespace }).then(
        () => undefined,
        (error: Error) => error,
      ),
    );
    expect(refused.message).toBe('fetch failed');
    controlPlane.files.rename('/root/kube-apiserver.yaml', manifest);
    await eventually(() => make('back').catch(() => undefined));
    const second = await watch({ resourceVersion });
    await eventually(() => second.events[0]);
    expect(seen(second.events)).toEqual(['ADDED back']);
  });
});
