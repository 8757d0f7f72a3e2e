import type { Verb } from '../api/kind.ts';
import { type AnyKind, KINDS } from '../api/kinds/kinds.ts';

export type GroupVersionKind = { readonly group: string; readonly version: string; readonly kind: string };

/** What is found below one object, as `pods/log`, as the real server's discovery lists it (pkg/registry/<group>/rest). */
export interface Subresource {
  readonly name: string;
  /** What is sent and answered. Group and version are empty where they are the resource's own. */
  readonly kind: GroupVersionKind;
  readonly verbs: readonly Verb[];
  /** The type of the body in the schema, `autoscaling.v1.Scale`; undefined where the body is no object: streams and logs. */
  readonly definition?: string;
}

/** A resource as it is listed by discovery: one that is stored, or one that is only answered. */
export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly definition: string;
  readonly subresources: readonly Subresource[];
}

const CREATE: readonly Verb[] = ['create'];
const CONNECT: readonly Verb[] = ['create', 'get'];
const CHANGE: readonly Verb[] = ['get', 'patch', 'update'];
const PROXY: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update'];

const own = (kind: string): GroupVersionKind => ({ group: '', version: '', kind });

const SCALE: Subresource = {
  name: 'scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: CHANGE,
  definition: 'autoscaling.v1.Scale',
};

/**
 * All but `status`, which a kind says of itself, by group and resource. Real servers have more, which are not simulated:
 * pods/ephemeralcontainers, pods/proxy, pods/resize and services/proxy.
 */
const SUBRESOURCES: Readonly<Record<string, readonly Subresource[]>> = {
  '/namespaces': [{ name: 'finalize', kind: own('Namespace'), verbs: ['update'], definition: 'core.v1.Namespace' }],
  '/nodes': [{ name: 'proxy', kind: own('NodeProxyOptions'), verbs: PROXY }],
  '/pods': [
    { name: 'attach', kind: own('PodAttachOptions'), verbs: CONNECT },
    { name: 'binding', kind: own('Binding'), verbs: CREATE, definition: 'core.v1.Binding' },
    {
      name: 'eviction',
      kind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: CREATE,
      definition: 'policy.v1.Eviction',
    },
    { name: 'exec', kind: own('PodExecOptions'), verbs: CONNECT },
    { name: 'log', kind: own('Pod'), verbs: ['get'] },
    { name: 'portforward', kind: own('PodPortForwardOptions'), verbs: CONNECT },
  ],
  '/serviceaccounts': [
    {
      name: 'token',
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: CREATE,
      definition: 'authentication.v1.TokenRequest',
    },
  ],
  'apps/deployments': [SCALE],
  'apps/replicasets': [SCALE],
  'apps/statefulsets': [SCALE],
};

function subresourcesOf(kind: AnyKind): readonly Subresource[] {
  const others = SUBRESOURCES[`${kind.group}/${kind.plural}`] ?? [];
  if (!kind.hasStatus) return others;
  return [...others, { name: 'status', kind: own(kind.kind), verbs: CHANGE, definition: kind.definition }];
}

/** A review or a binding is created, acted upon and forgotten. */
function createdOnly(definition: string, group: string, isNamespaced: boolean): ServedResource {
  const [, version = '', kind = ''] = definition.split('.');
  const singular = kind.toLowerCase();
  return {
    group,
    version,
    kind,
    plural: `${singular}s`,
    singular,
    isNamespaced,
    verbs: CREATE,
    shortNames: [],
    categories: [],
    definition,
    subresources: [],
  };
}

/** What is served beside the stored kinds. */
const VIRTUAL_RESOURCES: readonly ServedResource[] = [
  createdOnly('core.v1.Binding', '', true),
  createdOnly('authentication.v1.SelfSubjectReview', 'authentication.k8s.io', false),
  createdOnly('authentication.v1.TokenReview', 'authentication.k8s.io', false),
  createdOnly('authorization.v1.LocalSubjectAccessReview', 'authorization.k8s.io', true),
  createdOnly('authorization.v1.SelfSubjectAccessReview', 'authorization.k8s.io', false),
  createdOnly('authorization.v1.SelfSubjectRulesReview', 'authorization.k8s.io', false),
  createdOnly('authorization.v1.SubjectAccessReview', 'authorization.k8s.io', false),
];

/** The events of the core group in the shape of events.k8s.io. */
const EVENTS_GROUP = 'events.k8s.io';

/** Everything that discovery lists. */
export function servedResources(kinds: readonly AnyKind[] = KINDS): readonly ServedResource[] {
  const stored = kinds.map((kind): ServedResource => ({ ...namesOf(kind), subresources: subresourcesOf(kind) }));
  const events = stored
    .filter(({ group, kind }) => group === '' && kind === 'Event')
    .map((event): ServedResource => ({ ...event, group: EVENTS_GROUP, definition: 'events.v1.Event' }));
  return [...stored, ...events, ...VIRTUAL_RESOURCES];
}

function namesOf(kind: AnyKind): Omit<ServedResource, 'subresources'> {
  const { group, version, plural, singular, isNamespaced, verbs, shortNames, categories, definition } = kind;
  return {
    group,
    version,
    kind: kind.kind,
    plural,
    singular,
    isNamespaced,
    verbs,
    shortNames,
    categories,
    definition,
  };
}
