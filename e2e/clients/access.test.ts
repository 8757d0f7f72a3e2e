import { AuthenticationV1Api, AuthorizationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { writePki } from '../../src/cluster/kubeadm/pki.ts';
import type { Kubeconfigs } from '../../src/serve/users.ts';
import { eventually, startCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'default';
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(() => cluster.served.close());

const core = (user: keyof Kubeconfigs) => cluster.config(user).makeApiClient(CoreV1Api);

/** A kubeconfig with something else in it. */
function changed(
  user: keyof Kubeconfigs,
  change: (user: Record<string, unknown>, cluster: Record<string, unknown>) => void,
) {
  const config = cluster.config(user);
  const [someone] = config.users;
  const [target] = config.clusters;
  const newUser = { ...someone };
  const newCluster = { ...target };
  change(newUser, newCluster);
  const made = new KubeConfig();
  made.loadFromOptions({
    ...config,
    users: [newUser],
    clusters: [newCluster],
    contexts: config.contexts,
    currentContext: config.currentContext,
  });
  return made;
}

async function whoAmI(config: KubeConfig) {
  const review = await config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
  return { name: review.status?.userInfo?.username, groups: review.status?.userInfo?.groups };
}

describe('who asks', () => {
  test.each([
    ['admin.conf', 'kubernetes-admin', ['kubeadm:cluster-admins', 'system:authenticated']],
    ['read-only.conf', 'read-only', ['system:authenticated']],
    [
      'service-account.conf',
      'system:serviceaccount:default:robot',
      ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    ],
  ] as const)('by %s is %s', async (file, name, groups) => {
    expect(await whoAmI(cluster.config(file))).toEqual({ name, groups });
  });

  test('without credentials is nobody', async () => {
    const config = changed('admin.conf', (user) => {
      delete user['certData'];
      delete user['keyData'];
    });
    await expect(config.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining('User \\"system:anonymous\\" cannot list resource \\"nodes\\"'),
    });
  });

  test('with a token that is not good is refused', async () => {
    const config = changed('service-account.conf', (user) => {
      const [head, body, signature = ''] = String(user['token']).split('.');
      user['token'] = [head, body, signature.split('').reverse().join('')].join('.');
    });
    await expect(config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })).rejects.toMatchObject({ code: 401 });
  });

  test('with a certificate of another authority is refused', async () => {
    const { certificate, key } = strangers();
    const stranger = changed('admin.conf', (user) => {
      user['certData'] = certificate;
      user['keyData'] = key;
    });
    await expect(stranger.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 401 });
  });
});

/** The files of another cluster. */
function strangers() {
  const files = new Map<string, string>();
  const kernel = new Kernel({ start: Date.now(), seed: 99 });
  writePki({ kernel, nodeName: 'x', address: '10.0.0.1', serviceAddress: '10.96.0.1' }, (path, text) =>
    files.set(path, text),
  );
  const base64 = (path: string) => Buffer.from(files.get(`/etc/kubernetes/pki/${path}`) ?? '').toString('base64');
  return {
    authority: base64('ca.crt'),
    certificate: base64('apiserver-kubelet-client.crt'),
    key: base64('apiserver-kubelet-client.key'),
  };
}

describe('the server', () => {
  test('is not trusted by who knows another authority', async () => {
    const config = changed('admin.conf', (_, target) => {
      target['caData'] = strangers().authority;
    });
    await expect(config.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({
      cause: { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    });
  });

  test('is not trusted under a name that is not its own', async () => {
    const config = changed('admin.conf', (_, target) => {
      target['tlsServerName'] = 'example.com';
    });
    await expect(config.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });
});

describe('the read-only user', () => {
  test('reads what is in namespaces, but no Secrets and nothing else', async () => {
    const reader = core('read-only.conf');
    expect((await reader.listPodForAllNamespaces()).items.length).toBeGreaterThan(5);
    await expect(reader.listSecretForAllNamespaces()).rejects.toMatchObject({ code: 403 });
    await expect(reader.listNode()).rejects.toMatchObject({ code: 403 });
  });

  test('writes nothing', async () => {
    const reader = core('read-only.conf');
    const body = { metadata: { name: 'x' } };
    await expect(reader.createNamespacedConfigMap({ namespace, body })).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining(
        'configmaps is forbidden: User \\"read-only\\" cannot create resource \\"configmaps\\" in API group \\"\\" in the namespace \\"default\\"',
      ),
    });
    await expect(reader.deleteCollectionNamespacedPod({ namespace: 'kube-system' })).rejects.toMatchObject({
      code: 403,
    });
  });

  test('is told what it may', async () => {
    const review = async (verb: string, resource: string) => {
      const spec = { resourceAttributes: { namespace, verb, resource } };
      const api = cluster.config('read-only.conf').makeApiClient(AuthorizationV1Api);
      return (await api.createSelfSubjectAccessReview({ body: { spec } })).status?.allowed;
    };
    expect([await review('list', 'pods'), await review('list', 'secrets'), await review('delete', 'pods')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the ServiceAccount', () => {
  test('edits its namespace, and no other', async () => {
    const robot = core('service-account.conf');
    const body = { metadata: { name: 'made-by-robot' } };
    await robot.createNamespacedConfigMap({ namespace, body });
    await robot.deleteNamespacedConfigMap({ namespace, name: 'made-by-robot' });
    await expect(robot.createNamespacedConfigMap({ namespace: 'kube-system', body })).rejects.toMatchObject({
      code: 403,
    });
  });

  test('is no more when it is deleted', async () => {
    const robot = core('service-account.conf');
    await core('admin.conf').deleteNamespacedServiceAccount({ namespace, name: 'robot' });
    const error = await eventually(() =>
      robot.listNamespacedPod({ namespace }).then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    expect(error).toMatchObject({ code: 401 });
  });
});
