import { configMap } from '../../api/kinds/core/config-map.ts';
import { endpoints } from '../../api/kinds/core/endpoints.ts';
import { namespace } from '../../api/kinds/core/namespace.ts';
import { service } from '../../api/kinds/core/service.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { endpointSlice } from '../../api/kinds/other/endpoint-slice.ts';
import { priorityClass } from '../../api/kinds/other/priority-class.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Service } from '../../api/types/core.ts';
import type { Registry } from '../registry/registry.ts';
import { bootstrapPolicy } from './policy.ts';

export interface BootstrapOptions {
  /** Where the API server listens, for its Service `kubernetes`. */
  readonly address: string;
  readonly port: number;
  /** The first address of the service range. */
  readonly serviceAddress: string;
  /** How it knows its clients, for servers that are to know them too: of the ConfigMap `extension-apiserver-authentication`. */
  readonly authentication?: Readonly<Record<string, string>>;
}

/** What the hooks of a starting API server see to: namespaces, priority classes, policy, its own Service. What is there stays. */
export function bootstrap(registry: Registry, options: BootstrapOptions): void {
  for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'default']) {
    ensure(registry, namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const { kind, object } of bootstrapPolicy()) ensure(registry, kind, object);
  for (const [name, value, description] of PRIORITIES) {
    ensure(registry, priorityClass, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      description,
    });
  }
  ensureService(registry, options);
  if (options.authentication) ensureAuthentication(registry, options.authentication);
}

/** pkg/controlplane/controller/clusterauthenticationtrust: it is kept as this server has it. */
function ensureAuthentication(registry: Registry, data: Readonly<Record<string, string>>): void {
  const at = { kind: configMap, namespace: 'kube-system', name: 'extension-apiserver-authentication' };
  const metadata = { name: at.name, namespace: at.namespace };
  ensure(registry, configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  registry.update(at, (before) => ({ ...before, data }));
}

const PRIORITIES = [
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
  [
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
] as const;

/** pkg/controlplane/controller/kubernetesservice, and its endpoints (pkg/controlplane/reconcilers). */
function ensureService(registry: Registry, { address, port, serviceAddress }: BootstrapOptions): void {
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  ensure(registry, service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels },
    spec: {
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      clusterIP: serviceAddress,
      clusterIPs: [serviceAddress],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      type: 'ClusterIP',
    } satisfies Partial<Service['spec']>,
  });
  ensure(registry, endpoints, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  });
  ensure(registry, endpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  });
}

function ensure(registry: Registry, kind: AnyKind, draft: object): void {
  const object = kind.complete(draft) as KubeObject;
  const { namespace: where, name } = object.metadata;
  if (!registry.find({ kind, namespace: where, name })) registry.create(kind, object);
}
