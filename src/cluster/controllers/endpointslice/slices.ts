import { isEqual } from '../../api/json.ts';
import type { Draft, Labels } from '../../api/object.ts';
import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Endpoint, EndpointSlice } from '../../api/types/policy.ts';
import { isReady } from '../pod-control/pod-state.ts';
import { addressesOf, belongsInEndpoints, findPort, hostnameIn } from './pod.ts';
import { sortedPorts } from './port-hash.ts';

export const CONTROLLER_NAME = 'endpointslice-controller.k8s.io';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const SERVICE_NAME = 'kubernetes.io/service-name';
export const HEADLESS = 'service.kubernetes.io/headless';
const RESERVED: readonly string[] = [MANAGED_BY, SERVICE_NAME, HEADLESS];
/** The longest name that a prefix may make of a Service's and a dash. */
const MAX_PREFIX = 253;

type AddressType = EndpointSlice['addressType'];
type Ports = NonNullable<EndpointSlice['ports']>;

/** What brings the slices of a Service to what its Pods are. */
export interface SliceChanges {
  readonly create: readonly Draft<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
  /** Pods whose Node is not there; they are left out and asked for again. */
  readonly withoutNode: readonly Pod[];
}

export interface SliceInput {
  readonly service: Service;
  readonly pods: readonly Pod[];
  /** Those that the controller made for the Service. */
  readonly slices: readonly EndpointSlice[];
  /** Undefined: no such Node. */
  readonly zoneOf: (node: string) => { readonly zone?: string | undefined } | undefined;
  readonly maxEndpoints: number;
}

/** One set of ports is one group of slices: it does not fit into slices of another. */
interface Group {
  readonly ports: Ports;
  readonly endpoints: Map<string, Endpoint>;
}

/** endpointslice.Reconciler.Reconcile */
export function reconcileSlices(input: SliceInput): SliceChanges {
  const types = addressTypes(input.service);
  const parts = types.map((type) => reconcileType(input, type));
  const unsupported = input.slices.filter(({ addressType }) => !types.includes(addressType));
  return {
    create: parts.flatMap(({ create }) => create),
    update: parts.flatMap(({ update }) => update),
    delete: [...parts.flatMap((part) => part.delete), ...unsupported],
    withoutNode: [...new Set(parts.flatMap(({ withoutNode }) => withoutNode))],
  };
}

function reconcileType(input: SliceInput, type: AddressType): SliceChanges {
  const { service } = input;
  const slices = input.slices.filter(({ addressType }) => addressType === type);
  const withoutNode: Pod[] = [];
  const groups = groupsOf(input, type, withoutNode);
  const create: Draft<EndpointSlice>[] = [];
  const update: EndpointSlice[] = [];
  let remove = slices.filter((slice) => !isOwned(slice, service));
  const existing = Map.groupBy(
    slices.filter((slice) => isOwned(slice, service)),
    ({ ports }) => keyOfPorts(ports ?? []),
  );
  for (const [key, group] of groups) {
    const part = reconcileGroup(input, type, existing.get(key) ?? [], group);
    create.push(...part.create);
    update.push(...part.update);
    remove.push(...part.delete);
  }
  for (const [key, group] of existing) if (!groups.has(key)) remove.push(...group);
  // A Service has always one slice, if an empty one.
  if (slices.length === remove.length && create.length === 0) {
    const empty = newSlice(service, type, []);
    const [only] = remove;
    if (remove.length === 1 && only && isPlaceholder(only, empty)) remove = [];
    else create.push(empty);
  }
  return { ...reuse(service, create, update, remove), withoutNode };
}

function groupsOf(
  { service, pods, zoneOf }: SliceInput,
  type: AddressType,
  withoutNode: Pod[],
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, true)) continue;
    const ports = portsFor(service, pod);
    const key = keyOfPorts(ports);
    const group = groups.get(key) ?? { ports: sortedPorts(ports), endpoints: new Map<string, Endpoint>() };
    groups.set(key, group);
    const node = zoneOf(pod.spec.nodeName ?? '');
    if (!node && !service.spec.publishNotReadyAddresses) {
      withoutNode.push(pod);
      continue;
    }
    const endpoint = endpointOf(pod, service, type, node?.zone);
    if (endpoint.addresses.length > 0) group.endpoints.set(keyOfEndpoint(endpoint), endpoint);
  }
  return groups;
}

/** Endpoints stay in their slices; what is new fills slices that change anyway, then one that has room, then new ones. */
function reconcileGroup(
  { service, maxEndpoints }: SliceInput,
  type: AddressType,
  slices: readonly EndpointSlice[],
  { ports, endpoints }: Group,
): Omit<SliceChanges, 'withoutNode'> {
  const wanted = new Map(endpoints);
  const take = (count: number) => {
    const taken = [...wanted].slice(0, Math.max(0, count));
    for (const [key] of taken) wanted.delete(key);
    return taken.map(([, endpoint]) => endpoint);
  };
  const remove: EndpointSlice[] = [];
  let changed: EndpointSlice[] = [];
  const unchanged: EndpointSlice[] = [];
  for (const slice of slices) {
    const kept = slice.endpoints.flatMap((endpoint) => {
      const key = keyOfEndpoint(endpoint);
      const found = wanted.get(key);
      wanted.delete(key);
      return found ? [found] : [];
    });
    const labels = labelsFor(service);
    if (slice.endpoints.length > 0 && kept.length === 0) remove.push(slice);
    else if (!isEqual(kept, slice.endpoints)) changed.push(withEndpoints(slice, kept, labels));
    else if (!isEqual(ownLabels(slice.metadata.labels), ownLabels(labels)))
      changed.push(withEndpoints(slice, kept, labels));
    else unchanged.push(slice);
  }
  // The fullest first.
  changed = changed
    .sort((a, b) => b.endpoints.length - a.endpoints.length)
    .map((slice) => {
      const more = take(maxEndpoints - slice.endpoints.length);
      return more.length === 0 ? slice : { ...slice, endpoints: [...slice.endpoints, ...more] };
    });
  const create: Draft<EndpointSlice>[] = [];
  while (wanted.size > 0) {
    const room = wanted.size < maxEndpoints ? sliceWithRoom(unchanged, wanted.size, maxEndpoints) : undefined;
    if (room) {
      unchanged.splice(unchanged.indexOf(room), 1);
      changed.push({ ...room, endpoints: [...room.endpoints, ...take(maxEndpoints - room.endpoints.length)] });
    } else create.push(newSlice(service, type, ports, take(maxEndpoints)));
  }
  return { create, update: changed, delete: remove };
}

/** The one that will be closest to full. */
function sliceWithRoom(slices: readonly EndpointSlice[], more: number, most: number): EndpointSlice | undefined {
  const rest = (slice: EndpointSlice) => most - slice.endpoints.length - more;
  return slices.filter((slice) => rest(slice) >= 0 && rest(slice) < most).sort((a, b) => rest(a) - rest(b))[0];
}

/** A slice to be deleted takes the content of one to be created. */
function reuse(
  service: Service,
  create: readonly Draft<EndpointSlice>[],
  update: readonly EndpointSlice[],
  remove: readonly EndpointSlice[],
): Omit<SliceChanges, 'withoutNode'> {
  const left = [...create];
  const updates = [...update];
  const rest = remove.filter((slice) => {
    const next = left.at(-1);
    if (!next || next.addressType !== slice.addressType || !isOwned(slice, service)) return true;
    left.pop();
    const { labels = {} } = next.metadata;
    updates.push({ ...withEndpoints(slice, next.endpoints, labels), ports: next.ports ?? [] });
    return false;
  });
  return { create: left, update: updates, delete: rest };
}

/** endpointslice.podToEndpoint */
function endpointOf(pod: Pod, service: Service, type: AddressType, zone: string | undefined): Endpoint {
  const { metadata, spec } = pod;
  const serving = isReady(pod);
  const terminating = metadata.deletionTimestamp !== undefined;
  const hostname = hostnameIn(service, pod);
  return {
    addresses: addressesOf(pod).filter((address) => familyOf(address) === type),
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname !== undefined && { hostname }),
    targetRef: { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid },
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    ...(zone && { zone }),
  };
}

function portsFor({ spec: { ports = [] } }: Service, pod: Pod): Ports {
  return ports.flatMap((servicePort) => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const { name = '', protocol, appProtocol } = servicePort;
    return [{ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function newSlice(
  service: Service,
  addressType: AddressType,
  ports: Ports,
  endpoints: readonly Endpoint[] = [],
): Draft<EndpointSlice> {
  const { name, namespace, uid } = service.metadata;
  const generateName = name.length < MAX_PREFIX ? `${name}-` : name;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName,
      ...(namespace !== undefined && { namespace }),
      labels: labelsFor(service),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType,
    endpoints,
    ports,
  };
}

function withEndpoints(slice: EndpointSlice, endpoints: readonly Endpoint[], labels: Labels): EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, labels }, endpoints };
}

/** Those of the Service, but for the ones that say whose the slice is. */
function labelsFor({ metadata, spec }: Service): Labels {
  return {
    ...ownLabels(metadata.labels),
    ...(isHeadless(spec) && { [HEADLESS]: '' }),
    [SERVICE_NAME]: metadata.name,
    [MANAGED_BY]: CONTROLLER_NAME,
  };
}

function ownLabels(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !RESERVED.includes(label)));
}

/** No address of its own (helper.IsServiceIPSet). */
export function isHeadless({ clusterIP }: Service['spec']): boolean {
  return clusterIP === undefined || clusterIP === '' || clusterIP === 'None';
}

function isPlaceholder(slice: EndpointSlice, empty: Draft<EndpointSlice>): boolean {
  return (
    slice.endpoints.length === 0 &&
    (slice.ports ?? []).length === 0 &&
    isEqual(slice.metadata.labels, empty.metadata.labels) &&
    isEqual(slice.metadata.ownerReferences, empty.metadata.ownerReferences)
  );
}

function isOwned({ metadata }: EndpointSlice, service: Service): boolean {
  return metadata.ownerReferences?.some(({ kind, uid }) => kind === 'Service' && uid === service.metadata.uid) ?? false;
}

function addressTypes({ spec }: Service): readonly AddressType[] {
  const families = (spec.ipFamilies ?? []).filter((family) => family === 'IPv4' || family === 'IPv6');
  if (families.length > 0) return families;
  return isHeadless(spec) ? ['IPv4', 'IPv6'] : [familyOf(spec.clusterIP ?? '')];
}

export function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

function keyOfPorts(ports: Ports): string {
  return ports
    .map(({ name = '', port = 0, protocol = '', appProtocol = '' }) => [name, port, protocol, appProtocol].join('/'))
    .sort()
    .join(',');
}

/** What makes an endpoint the same one, though its conditions change (endpointslice/util.hashEndpoint). */
function keyOfEndpoint({ addresses, hostname = '', targetRef }: Endpoint): string {
  return [...[...addresses].sort(), hostname, targetRef?.kind, targetRef?.namespace, targetRef?.name].join('\n');
}
