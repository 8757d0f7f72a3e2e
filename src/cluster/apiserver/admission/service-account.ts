import type { Kernel } from '#kernel/kernel.ts';
import { serviceAccount as accountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { forbidden } from '../../api/status.ts';
import type { ServiceAccount } from '../../api/types/core.ts';
import type { Container, Pod, Volume } from '../../api/types/pod.ts';
import type { Registry } from '../registry/registry.ts';
import { randomSuffix } from '../resources/names.ts';
import type { AdmissionPlugin } from './chain.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Seconds: an hour and 7, so that a token outlives a clock that is a little off. */
const TOKEN_SECONDS = 3607;

/** Each Pod runs as a ServiceAccount, and finds its token in a volume (plugin/pkg/admission/serviceaccount). */
export function serviceAccountAdmission(kernel: Kernel, registry: Registry): AdmissionPlugin {
  return (object, { kind, operation, subresource, namespace }) => {
    if (kind !== podKind || operation !== 'CREATE' || subresource !== '' || namespace === undefined) return object;
    const pod = object as Pod;
    // A static Pod belongs to its node, not to an account.
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return pod;
    const name = pod.spec.serviceAccountName ?? 'default';
    const account = registry.find({ kind: accountKind, namespace, name }) as ServiceAccount | undefined;
    if (!account) {
      const why = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
      throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name, why);
    }
    const named: Pod = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name } };
    const wantsToken = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    return wantsToken ? withToken(kernel, named) : named;
  };
}

function withToken(kernel: Kernel, pod: Pod): Pod {
  const mounted = (container: Container) => container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH);
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  if (all.every(mounted)) return pod;
  const name = `kube-api-access-${randomSuffix(kernel.random)}`;
  const mount = (container: Container): Container =>
    mounted(container)
      ? container
      : {
          ...container,
          volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }],
        };
  return {
    ...pod,
    spec: {
      ...pod.spec,
      volumes: [...(pod.spec.volumes ?? []), tokenVolume(name)],
      containers: pod.spec.containers.map(mount),
      ...(pod.spec.initContainers && { initContainers: pod.spec.initContainers.map(mount) }),
    },
  };
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}
