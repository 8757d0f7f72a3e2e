import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'default';
let cluster: TestCluster;
let core: CoreV1Api;
let apps: AppsV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  const config = cluster.config('admin.conf');
  core = config.makeApiClient(CoreV1Api);
  apps = config.makeApiClient(AppsV1Api);
});

afterAll(() => cluster.served.close());

/** What the client makes of a refusal: its code, and the Status as text. */
async function refusal(request: Promise<unknown>) {
  const error = await request.then(
    () => undefined,
    (reason: { readonly code: number; readonly body: string }) => reason,
  );
  if (!error) throw new Error('it was not refused');
  const { reason, message, details } = JSON.parse(error.body);
  return { code: error.code, reason, message, details };
}

const typed = (type: PatchStrategy) => setHeaderOptions('Content-Type', type);

function deployment(name: string, replicas = 1): V1Deployment {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
            { name: 'side', image: 'busybox:1.36', command: ['sleep', '1d'] },
          ],
        },
      },
    },
  };
}

describe('create', () => {
  test('gives back what the server made of it', async () => {
    const made = await apps.createNamespacedDeployment({ namespace, body: deployment('made') });
    expect(made.metadata).toMatchObject({ name: 'made', namespace, generation: 1 });
    expect(made.spec?.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
    });
    expect(made.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('of a name that is taken conflicts', async () => {
    expect(await refusal(apps.createNamespacedDeployment({ namespace, body: deployment('made') }))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'deployments.apps "made" already exists',
    });
  });

  test('makes names', async () => {
    const body = { metadata: { generateName: 'made-up-' } };
    const [first, second] = await Promise.all([1, 2].map(() => core.createNamespacedConfigMap({ namespace, body })));
    expect(first?.metadata?.name).toMatch(/^made-up-[a-z0-9]{5}$/);
    expect(second?.metadata?.name).not.toBe(first?.metadata?.name);
  });

  test('of what is wrong is refused, field by field', async () => {
    const body = deployment('Wrong', -1);
    const answer = await refusal(apps.createNamespacedDeployment({ namespace, body }));
    expect(answer).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(answer.details.causes.map(({ field }: { field: string }) => field)).toEqual([
      'metadata.name',
      'spec.replicas',
    ]);
  });

  test('that only asks leaves nothing', async () => {
    const asked = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'asked' } },
      dryRun: 'All',
    });
    expect(asked.metadata?.uid).toBeTruthy();
    expect(await refusal(core.readNamespacedConfigMap({ namespace, name: 'asked' }))).toMatchObject({ code: 404 });
  });
});

describe('replace', () => {
  test('of an older version conflicts', async () => {
    const first = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'contested' }, data: { a: '1' } },
    });
    const second = await core.replaceNamespacedConfigMap({
      namespace,
      name: 'contested',
      body: { ...first, data: { a: '2' } },
    });
    expect(Number(second.metadata?.resourceVersion)).toBeGreaterThan(Number(first.metadata?.resourceVersion));
    expect(
      await refusal(
        core.replaceNamespacedConfigMap({ namespace, name: 'contested', body: { ...first, data: { a: '3' } } }),
      ),
    ).toEqual({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "contested": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: 'contested', kind: 'configmaps' },
    });
    expect((await core.readNamespacedConfigMap({ namespace, name: 'contested' })).data).toEqual({ a: '2' });
  });

  test('without a version wins', async () => {
    const body = { metadata: { name: 'contested' }, data: { a: '4' } };
    expect((await core.replaceNamespacedConfigMap({ namespace, name: 'contested', body })).data).toEqual({ a: '4' });
  });

  test('of many at once: each conflict is somebody’s success', async () => {
    const increment = async (): Promise<number> => {
      for (let tries = 0; ; tries += 1) {
        const found = await core.readNamespacedConfigMap({ namespace, name: 'counter' });
        const body = { ...found, data: { count: `${Number(found.data?.['count']) + 1}` } };
        try {
          await core.replaceNamespacedConfigMap({ namespace, name: 'counter', body });
          return tries;
        } catch (error) {
          expect(error).toMatchObject({ code: 409 });
        }
      }
    };
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'counter' }, data: { count: '0' } } });
    await Promise.all(Array.from({ length: 10 }, increment));
    expect((await core.readNamespacedConfigMap({ namespace, name: 'counter' })).data).toEqual({ count: '10' });
  });
});

describe('patch', () => {
  beforeAll(async () => {
    await apps.createNamespacedDeployment({ namespace, body: deployment('patched') });
  });

  const patch = (body: unknown, type: PatchStrategy) =>
    apps.patchNamespacedDeployment({ namespace, name: 'patched', body }, typed(type));
  const images = ({ spec }: V1Deployment) =>
    Object.fromEntries(spec?.template.spec?.containers.map(({ name, image }) => [name, image]) ?? []);

  test('by JSON patch', async () => {
    const patched = await patch(
      [
        { op: 'test', path: '/spec/replicas', value: 1 },
        { op: 'replace', path: '/spec/replicas', value: 2 },
        { op: 'add', path: '/metadata/labels', value: { 'a/b': 'c' } },
      ],
      PatchStrategy.JsonPatch,
    );
    expect(patched.spec?.replicas).toBe(2);
    expect(patched.metadata?.labels).toEqual({ 'a/b': 'c' });
    const test = [{ op: 'test', path: '/spec/replicas', value: 7 }];
    expect(await refusal(patch(test, PatchStrategy.JsonPatch))).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  test('by merge patch, which replaces lists', async () => {
    const containers = [{ name: 'web', image: 'nginx:1.28' }];
    const patched = await patch({ spec: { template: { spec: { containers } } } }, PatchStrategy.MergePatch);
    expect(images(patched)).toEqual({ web: 'nginx:1.28' });
  });

  test('by strategic merge patch, which merges lists by name', async () => {
    const containers = [{ name: 'more', image: 'busybox:1.36' }];
    const patched = await patch({ spec: { template: { spec: { containers } } } }, PatchStrategy.StrategicMergePatch);
    expect(images(patched)).toEqual({ more: 'busybox:1.36', web: 'nginx:1.28' });
    const removed = await patch(
      { spec: { template: { spec: { containers: [{ name: 'more', $patch: 'delete' }] } } } },
      PatchStrategy.StrategicMergePatch,
    );
    expect(images(removed)).toEqual({ web: 'nginx:1.28' });
  });

  test('with a version that is old conflicts', async () => {
    const body = { metadata: { resourceVersion: '1' }, spec: { replicas: 5 } };
    expect(await refusal(patch(body, PatchStrategy.MergePatch))).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('by apply is not simulated, and says so', async () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('patched') };
    const request = apps.patchNamespacedDeployment(
      { namespace, name: 'patched', body, fieldManager: 'test' },
      typed(PatchStrategy.ServerSideApply),
    );
    expect(await refusal(request)).toMatchObject({ code: 415, message: expect.stringContaining('not simulated here') });
  });

  test('of the status leaves the rest, of the scale the status', async () => {
    const body = { status: { conditions: [{ type: 'Odd', status: 'True' }] }, spec: { replicas: 9 } };
    const status = await apps.patchNamespacedDeploymentStatus(
      { namespace, name: 'patched', body },
      typed(PatchStrategy.MergePatch),
    );
    expect(status.spec?.replicas).toBe(2);
    const scale = await apps.patchNamespacedDeploymentScale(
      { namespace, name: 'patched', body: { spec: { replicas: 3 } } },
      typed(PatchStrategy.MergePatch),
    );
    expect(scale.spec).toEqual({ replicas: 3 });
  });
});

describe('delete', () => {
  test('with a precondition that does not hold conflicts', async () => {
    const request = core.deleteNamespacedConfigMap({
      namespace,
      name: 'counter',
      body: { preconditions: { uid: 'other' } },
    });
    expect(await refusal(request)).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('answers a Status of success', async () => {
    const answer = await core.deleteNamespacedConfigMap({ namespace, name: 'counter' });
    expect(answer).toMatchObject({ status: 'Success', details: { name: 'counter', kind: 'configmaps' } });
  });

  test('waits for finalizers', async () => {
    const metadata = { name: 'kept', finalizers: ['example.com/kept'] };
    await core.createNamespacedConfigMap({ namespace, body: { metadata } });
    await core.deleteNamespacedConfigMap({ namespace, name: 'kept' });
    const waiting = await core.readNamespacedConfigMap({ namespace, name: 'kept' });
    expect(waiting.metadata?.deletionTimestamp).toBeInstanceOf(Date);
    await core.patchNamespacedConfigMap(
      { namespace, name: 'kept', body: { metadata: { finalizers: null } } },
      typed(PatchStrategy.MergePatch),
    );
    expect(await refusal(core.readNamespacedConfigMap({ namespace, name: 'kept' }))).toMatchObject({ code: 404 });
  });
});

describe('objects of any kind', () => {
  test('are found by discovery, made, read, patched and deleted', async () => {
    const objects = KubernetesObjectApi.makeApiClient(cluster.config('admin.conf'));
    const metadata = { name: 'any', namespace };
    const made = await objects.create<V1ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } });
    expect(made.metadata?.uid).toBeTruthy();
    const address = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    const body = { ...address, data: { b: '2' } };
    expect(
      await objects.patch(body, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch),
    ).toMatchObject({
      data: { a: '1', b: '2' },
    });
    const listed = await objects.list('apps/v1', 'DaemonSet', 'kube-system');
    expect(listed.items.map(({ metadata }) => metadata?.name).sort()).toEqual(['kindnet', 'kube-proxy']);
    await objects.delete(address);
    await expect(objects.read(address)).rejects.toMatchObject({ code: 404 });
  });
});
