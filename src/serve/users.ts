import { readTextIfThere } from '#machine/file-system.ts';
import { serviceAccount } from '../cluster/api/kinds/core/service-account.ts';
import { clusterRoleBinding, roleBinding } from '../cluster/api/kinds/rbac/bindings.ts';
import { isReason } from '../cluster/api/status.ts';
import { Client, pathOf } from '../cluster/client/client.ts';
import { readKubeconfig } from '../cluster/components/credentials.ts';
import { kubeconfig } from '../cluster/kubeadm/kubeconfig.ts';
import { signed } from '../cluster/kubeadm/pki.ts';
import type { ServedCluster } from './serve-cluster.ts';

const READER = 'read-only';
const ACCOUNT = { namespace: 'default', name: 'robot' };
const RBAC = 'rbac.authorization.k8s.io';
const YEAR = 365 * 24 * 3600;

/** Kubeconfigs, by the names of their files. */
export interface Kubeconfigs {
  readonly 'admin.conf': string;
  /** The user `read-only`: a certificate of the cluster's authority, bound to the ClusterRole view. */
  readonly 'read-only.conf': string;
  /** The ServiceAccount `default/robot`: a token, bound to the ClusterRole edit in its namespace. */
  readonly 'service-account.conf': string;
}

/**
 * Makes two more users in a cluster that is up, as its administrator would: with `kubeadm kubeconfig user` and `kubectl create token`.
 */
export function addUsers(served: ServedCluster): Kubeconfigs {
  const { cluster, address, profile } = served;
  const client = administrator(served);
  const once = (create: () => unknown) => {
    try {
      create();
    } catch (error) {
      // A cluster that was kept has it.
      if (!isReason(error, 'AlreadyExists')) throw error;
    }
  };
  const conf = (user: string, credentials: Parameters<typeof kubeconfig>[4]) =>
    kubeconfig(profile.name, address, cluster.authority, user, credentials);
  once(() =>
    client.create(clusterRoleBinding, {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: READER },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', name: READER, apiGroup: RBAC }],
    }),
  );
  once(() => client.create(serviceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT }));
  once(() =>
    client.create(roleBinding, {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: ACCOUNT,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
    }),
  );
  const certificate = signed(cluster.kernel, cluster.authority, {
    commonName: READER,
    usages: ['ClientAuth'],
  });
  return {
    'admin.conf': served.kubeconfig('admin.conf'),
    'read-only.conf': conf(READER, certificate),
    'service-account.conf': conf(`${ACCOUNT.namespace}-${ACCOUNT.name}`, tokenOf(client)),
  };
}

function administrator({ cluster, controlPlane: { files } }: ServedCluster): Client {
  const text = readTextIfThere(files, '/etc/kubernetes/super-admin.conf') ?? '';
  const { certificate } = readKubeconfig(text, files);
  return new Client(
    (request) => cluster.request({ ...request, peer: { ...(certificate && { certificate }) } }),
    'kubeadm',
  );
}

function tokenOf(client: Client): string {
  const path = `${pathOf(serviceAccount, ACCOUNT.namespace, ACCOUNT.name)}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: YEAR } };
  const answer = client.request({ method: 'POST', path, body }) as { readonly status: { readonly token: string } };
  return answer.status.token;
}
