import type { FieldError } from '../api/field-error.ts';
import { isEqual } from '../api/json.ts';
import { AGE, type Column, column, type Kind, NAME, usual } from '../api/kind.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { subdomain1123 } from '../api/names.ts';
import type { Condition, KubeObject } from '../api/object.ts';
import { ageOf } from '../api/time.ts';

/** An object of one of Calico's kinds: what is in its spec is checked only where it is read. */
export interface CalicoObject<Spec = unknown> extends KubeObject {
  readonly spec: Spec;
}

export interface IPPoolSpec {
  readonly cidr: string;
  readonly blockSize?: number;
  readonly disabled?: boolean;
  readonly natOutgoing?: boolean;
  readonly nodeSelector?: string;
  readonly vxlanMode?: string;
}

export interface BlockAffinitySpec {
  readonly cidr: string;
  /** A boolean as text. */
  readonly deleted: string;
  readonly node: string;
  readonly state: 'pending' | 'confirmed';
  readonly type: 'host';
}

export interface IPAMBlockSpec {
  readonly cidr: string;
  /** `host:w1` */
  readonly affinity: string;
  /** For each address its place in `attributes`; null while it is free. */
  readonly allocations: readonly (number | null)[];
  /** Numbers of free addresses, in the order in which they are given out. */
  readonly unallocated: readonly number[];
  readonly attributes: readonly AllocationAttribute[];
  readonly deleted: boolean;
  readonly sequenceNumber: number;
  readonly sequenceNumberForAllocation: Readonly<Record<string, number>>;
  readonly strictAffinity: boolean;
}

export interface AllocationAttribute {
  readonly handle_id: string;
  readonly secondary: Readonly<Record<string, string>>;
}

export interface IPAMHandleSpec {
  readonly handleID: string;
  /** How many addresses of which block. */
  readonly block: Readonly<Record<string, number>>;
  readonly deleted: boolean;
}

export interface InstallationSpec {
  readonly variant?: string;
  readonly calicoNetwork?: {
    readonly ipPools?: readonly {
      readonly name?: string;
      readonly cidr: string;
      readonly blockSize?: number;
      readonly encapsulation?: string;
      readonly natOutgoing?: string;
      readonly nodeSelector?: string;
    }[];
  };
}

export interface TigeraStatus extends KubeObject {
  readonly spec?: object;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const CRD = 'crd.projectcalico.org';
const OPERATOR = 'operator.tigera.io';
const CATEGORY_COLUMNS: readonly Column[] = [NAME, AGE];

/** A kind as its CustomResourceDefinition in Calico's operator-crds.yaml names it. */
function custom<T extends KubeObject>(group: string, kind: string, more: Partial<Kind<T>> = {}): Kind<T> {
  const version = more.version ?? 'v1';
  const singular = kind.toLowerCase();
  const plural = `${singular.replace(/y$/, 'ie').replace(/s$/, 'se')}s`;
  return {
    ...usual,
    group,
    version,
    kind,
    plural,
    singular,
    isNamespaced: false,
    // As the generic registry of custom resources has it.
    storagePath: `${group}/${plural}`,
    definition: `/${group.split('.').reverse().join('.')}.${version}.${kind}`,
    checkName: subdomain1123,
    hasGeneration: true,
    columns: CATEGORY_COLUMNS,
    row: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
    ...more,
  };
}

/** A kind whose objects would do something that is not simulated: there are none, and none can be made. */
function absent(group: string, kind: string, effect: string, more: Partial<Kind> = {}): Kind {
  const detail = `${kind} of ${group} is not simulated here; on a real cluster ${effect}`;
  return custom(group, kind, {
    validate: (): readonly FieldError[] => [{ type: 'FieldValueForbidden', field: 'kind', detail }],
    ...more,
  });
}

const NETWORK_IS_FIXED =
  'is not simulated here but for its first value; on a real cluster calico-node changes tunnels and routes at once';

export const ipPool: Kind<CalicoObject<IPPoolSpec>> = custom(CRD, 'IPPool', {
  validate: ({ spec }) => [
    ...(isCidr(spec?.cidr)
      ? []
      : [
          {
            type: 'FieldValueInvalid',
            field: 'spec.cidr',
            value: spec?.cidr,
            detail: 'must be an IPv4 network',
          } as const,
        ]),
    ...((spec?.nodeSelector ?? 'all()') === 'all()'
      ? []
      : [forbidden('spec.nodeSelector', 'other than all() is not simulated here; on a real cluster it selects nodes')]),
  ],
  validateUpdate: (next, before) =>
    (['cidr', 'blockSize', 'vxlanMode', 'ipipMode'] as const)
      .filter((field) => !isEqual(at(next.spec, field), at(before.spec, field)))
      .map((field) => forbidden(`spec.${field}`, NETWORK_IS_FIXED)),
});
export const blockAffinity: Kind<CalicoObject<BlockAffinitySpec>> = custom(CRD, 'BlockAffinity');
export const ipamBlock: Kind<CalicoObject<IPAMBlockSpec>> = custom(CRD, 'IPAMBlock');
export const ipamHandle: Kind<CalicoObject<IPAMHandleSpec>> = custom(CRD, 'IPAMHandle');
export const clusterInformation: Kind<CalicoObject<{ readonly datastoreReady?: boolean }>> = custom(
  CRD,
  'ClusterInformation',
);
export const felixConfiguration: Kind<CalicoObject> = custom(CRD, 'FelixConfiguration');
export const bgpConfiguration: Kind<CalicoObject> = custom(CRD, 'BGPConfiguration');
export const kubeControllersConfiguration: Kind<CalicoObject> = custom(CRD, 'KubeControllersConfiguration', {
  hasStatus: true,
});
export const tier: Kind<CalicoObject> = custom(CRD, 'Tier');
export const installation: Kind<CalicoObject<InstallationSpec> & { readonly status?: object }> = custom(
  OPERATOR,
  'Installation',
  { hasStatus: true },
);
export const tigeraStatus: Kind<TigeraStatus> = custom(OPERATOR, 'TigeraStatus', {
  hasStatus: true,
  columns: [NAME, ...['Available', 'Progressing', 'Degraded', 'Since', 'Message'].map((name) => column(name))],
  row: ({ metadata, status }, now) => {
    const of = (type: string) => status?.conditions?.find((condition) => condition.type === type);
    const since = of('Available')?.lastTransitionTime;
    return [
      metadata.name,
      of('Available')?.status ?? '',
      of('Progressing')?.status ?? '',
      of('Degraded')?.status ?? '',
      since ? ageOf(since, now) : '',
      of('Degraded')?.message ?? '',
    ];
  },
});

const ENFORCED = 'calico-node would enforce it';
const PEERS = 'bird would speak BGP accordingly';
const STARTED = 'the operator would install what it asks for';
const NAMESPACED: Partial<Kind> = { isNamespaced: true };

/** Everything that Calico v3.32 and its operator define (manifests/operator-crds.yaml), whether it is simulated or not. */
export const CALICO_KINDS: readonly AnyKind[] = [
  bgpConfiguration,
  absent(CRD, 'BGPFilter', PEERS),
  absent(CRD, 'BGPPeer', PEERS),
  blockAffinity,
  absent(CRD, 'CalicoNodeStatus', 'calico-node would report into it'),
  clusterInformation,
  felixConfiguration,
  absent(CRD, 'GlobalNetworkPolicy', ENFORCED),
  absent(CRD, 'GlobalNetworkSet', 'policies would select it'),
  absent(CRD, 'HostEndpoint', ENFORCED),
  ipamBlock,
  absent(CRD, 'IPAMConfig', 'it would change how addresses are given out'),
  ipamHandle,
  ipPool,
  absent(CRD, 'IPReservation', 'its addresses would not be given out'),
  kubeControllersConfiguration,
  absent(CRD, 'NetworkPolicy', ENFORCED, NAMESPACED),
  absent(CRD, 'NetworkSet', 'policies would select it', NAMESPACED),
  absent(CRD, 'StagedGlobalNetworkPolicy', 'calico-node would log what it would do', {}),
  absent(CRD, 'StagedKubernetesNetworkPolicy', 'calico-node would log what it would do', NAMESPACED),
  absent(CRD, 'StagedNetworkPolicy', 'calico-node would log what it would do', NAMESPACED),
  tier,
  absent(OPERATOR, 'APIServer', STARTED, { hasStatus: true }),
  absent(OPERATOR, 'GatewayAPI', STARTED),
  absent(OPERATOR, 'Goldmane', STARTED, { hasStatus: true }),
  absent(OPERATOR, 'ImageSet', STARTED, { hasStatus: true }),
  installation,
  absent(OPERATOR, 'Istio', STARTED, { hasStatus: true }),
  absent(OPERATOR, 'ManagementClusterConnection', STARTED, { hasStatus: true }),
  tigeraStatus,
  absent(OPERATOR, 'Whisker', STARTED, { hasStatus: true }),
  absent('policy.networking.k8s.io', 'ClusterNetworkPolicy', ENFORCED, {
    version: 'v1alpha2',
    shortNames: ['cnp'],
    hasStatus: true,
    columns: [NAME, column('Tier'), column('Priority'), AGE],
  }),
];

function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail };
}

function at(spec: unknown, field: string): never {
  return (spec as Readonly<Record<string, never>> | undefined)?.[field] as never;
}

function isCidr(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])$/.test(value);
}
