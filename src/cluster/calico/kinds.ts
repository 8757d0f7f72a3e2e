import { isEqual } from '../api/json.ts';
import { AGE, type Column, column, type Kind, NAME, usual } from '../api/kind.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { subdomain1123 } from '../api/names.ts';
import type { KubeObject } from '../api/object.ts';
import { ageOf } from '../api/time.ts';
import { checkPool, checkSpec, forbidden, IP_POOL } from './spec-check.ts';
import type {
  BlockAffinitySpec,
  CalicoObject,
  InstallationSpec,
  IPAMBlockSpec,
  IPAMHandleSpec,
  IPPoolSpec,
  TigeraStatus,
} from './types.ts';

const CRD = 'crd.projectcalico.org';
const OPERATOR = 'operator.tigera.io';
const COLUMNS: readonly Column[] = [NAME, AGE];

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
    columns: COLUMNS,
    row: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
    ...more,
  };
}

/** A kind whose objects would do something that is not simulated: there are none, and none can be made. */
function absent(group: string, kind: string, effect: string, more: Partial<Kind> = {}): Kind {
  const detail = `${kind} of ${group} is not simulated here; on a real cluster ${effect}`;
  return custom(group, kind, {
    validate: () => [forbidden('kind', detail)],
    ...more,
  });
}

/** A kind of which only the objects that Calico makes are simulated, as they are made: others would change what is fixed here. */
function fixed(
  kind: string,
  names: readonly string[],
  effect: string,
  more: Partial<Kind<CalicoObject>> = {},
): Kind<CalicoObject> {
  const detail = `is not simulated here but as Calico made it; on a real cluster ${effect}`;
  return custom(CRD, kind, {
    validate: ({ metadata: { name } }) => (names.includes(name) ? [] : [forbidden('metadata.name', detail)]),
    validateUpdate: (next, before) => (isEqual(next.spec, before.spec) ? [] : [forbidden('spec', detail)]),
    ...more,
  });
}

const CONFIGURES = 'calico-node would act upon it';

export const ipPool: Kind<CalicoObject<IPPoolSpec>> = custom(CRD, 'IPPool', {
  validate: ({ spec }) => {
    const errors = checkSpec(spec, IP_POOL);
    return errors.length > 0 ? errors : checkPool(spec);
  },
  validateUpdate: (next, before) =>
    (['cidr', 'blockSize', 'vxlanMode', 'ipipMode'] as const)
      // A spec that is gone is refused already.
      .filter((field) => next.spec && !isEqual(next.spec[field], before.spec[field]))
      .map((field) =>
        forbidden(
          `spec.${field}`,
          'is not simulated here but for its first value; on a real cluster calico-node changes routes and tunnels at once',
        ),
      ),
});
export const blockAffinity: Kind<CalicoObject<BlockAffinitySpec>> = custom(CRD, 'BlockAffinity', {
  validate: ({ spec }) => checkSpec(spec, 'cidr!:string deleted!:string node!:string state!:string type:string'),
});
export const ipamBlock: Kind<CalicoObject<IPAMBlockSpec>> = custom(CRD, 'IPAMBlock', {
  validate: ({ spec }) =>
    checkSpec(
      spec,
      'affinity:string allocations!:array attributes!:array cidr!:string deleted:boolean strictAffinity!:boolean unallocated!:array',
    ),
});
export const ipamHandle: Kind<CalicoObject<IPAMHandleSpec>> = custom(CRD, 'IPAMHandle', {
  validate: ({ spec }) => checkSpec(spec, 'block!:object deleted:boolean handleID!:string'),
});
export const clusterInformation: Kind<CalicoObject<{ readonly datastoreReady?: boolean }>> = custom(
  CRD,
  'ClusterInformation',
  { validate: ({ spec }) => checkSpec(spec, 'datastoreReady:boolean') },
);
export const felixConfiguration = fixed('FelixConfiguration', ['default'], CONFIGURES);
export const bgpConfiguration = fixed('BGPConfiguration', ['default'], 'bird would act upon it');
export const kubeControllersConfiguration = fixed(
  'KubeControllersConfiguration',
  ['default'],
  'calico-kube-controllers would act upon it',
  { hasStatus: true },
);
export const tier = fixed('Tier', ['default', 'kube-admin', 'kube-baseline'], 'policies could be ordered by it');
export const installation: Kind<CalicoObject<InstallationSpec> & { readonly status?: object }> = custom(
  OPERATOR,
  'Installation',
  {
    hasStatus: true,
    validateUpdate: (next, before, scope) =>
      scope === 'status' || isEqual(next.spec, before.spec)
        ? []
        : [forbidden('spec', 'is not simulated here but as it was first; on a real cluster the operator acts upon it')],
  },
);
export const tigeraStatus: Kind<TigeraStatus> = custom(OPERATOR, 'TigeraStatus', {
  hasStatus: true,
  columns: [NAME, ...['Available', 'Progressing', 'Degraded', 'Since', 'Message'].map((name) => column(name))],
  row: ({ metadata, status }, now) => {
    const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
    const of = (wanted: string) => conditions.find(({ type }) => type === wanted);
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
