import type { EndpointAddress, Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { addressesOf, belongsInEndpoints, findPort, hostnameIn } from '../endpointslice/pod.ts';
import { familyOf } from '../endpointslice/slices.ts';
import { isReady } from '../pod-control/pod-state.ts';
import { hashOfPort, hashOfSubset, type Port, type Subset } from './subset-hash.ts';

/** What one Pod says of one of its ports; a headless Service without ports has Pods with none. */
interface Offer {
  readonly address: EndpointAddress;
  readonly isReady: boolean;
  readonly port: Port | undefined;
}

/** More addresses than that are left out of an Endpoints object. */
const CAPACITY = 1_000;

/** The subsets of a Service's Endpoints, in their canonical form (pkg/api/v1/endpoints.RepackSubsets). */
export function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  return repack(pods.flatMap((pod) => offersOf(service, pod)));
}

function offersOf(service: Service, pod: Pod): readonly Offer[] {
  const { ports = [], publishNotReadyAddresses = false, clusterIP } = service.spec;
  if (!belongsInEndpoints(pod, publishNotReadyAddresses)) return [];
  const address = addressOf(service, pod);
  if (!address) return [];
  const counts = publishNotReadyAddresses || isReady(pod);
  if (ports.length === 0) return clusterIP === 'None' ? [{ address, isReady: counts, port: undefined }] : [];
  return ports.flatMap((servicePort) => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const { name, protocol, appProtocol } = servicePort;
    return [
      {
        address,
        isReady: counts,
        port: { ...(name && { name }), port, protocol, ...(appProtocol && { appProtocol }) },
      },
    ];
  });
}

function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const { ipFamilies, clusterIP } = service.spec;
  const addresses = addressesOf(pod);
  const isSet = clusterIP && clusterIP !== 'None';
  const family = ipFamilies?.[0] ?? familyOf(isSet ? clusterIP : (addresses[0] ?? ''));
  const ip = addresses.find((address) => familyOf(address) === family);
  if (ip === undefined) return undefined;
  const { namespace = '', name, uid } = pod.metadata;
  const hostname = hostnameIn(service, pod);
  return {
    ip,
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

interface PortEntry {
  readonly port: Port | undefined;
  /** By address and UID; what is not ready once is not ready. */
  readonly addresses: Map<string, { readonly address: EndpointAddress; readonly isReady: boolean }>;
}

/** Ports that the same addresses offer, alike ready, share a subset. */
function repack(offers: readonly Offer[]): readonly Subset[] {
  const byPort = new Map<string, PortEntry>();
  for (const { address, isReady, port } of offers) {
    const portKey = JSON.stringify(port ?? null);
    const entry: PortEntry = byPort.get(portKey) ?? { port, addresses: new Map() };
    byPort.set(portKey, entry);
    const key = sortKey(address);
    const known = entry.addresses.get(key);
    if (!known || known.isReady) entry.addresses.set(key, { address: known?.address ?? address, isReady });
  }
  const groups = Map.groupBy(byPort.values(), ({ addresses }) =>
    [...addresses]
      .map(([key, { isReady }]) => `${key}\n${isReady}`)
      .sort()
      .join('\n'),
  );
  const subsets = [...groups.values()].map((entries): Subset => {
    const all = [...(entries[0]?.addresses ?? [])].sort(([a], [b]) => compare(a, b)).map(([, value]) => value);
    const pick = (wanted: boolean) => all.filter(({ isReady }) => isReady === wanted).map(({ address }) => address);
    const [addresses, notReadyAddresses] = [pick(true), pick(false)];
    const ports = entries.flatMap(({ port }) => (port ? [port] : []));
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(ports.length > 0 && { ports: ports.sort((a, b) => compare(hashOfPort(a), hashOfPort(b))) }),
    };
  });
  return subsets.sort((a, b) => compare(hashOfSubset(a), hashOfSubset(b)));
}

function sortKey({ ip, targetRef }: EndpointAddress): string {
  return `${ip}\n${targetRef?.uid ?? ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Leaves out what is beyond the capacity, of the not ready first, of each subset its share (endpoint.truncateEndpoints). */
export function truncate(subsets: readonly Subset[]): { readonly subsets: readonly Subset[]; readonly isCut: boolean } {
  const count = (of: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, set) => sum + (set[of]?.length ?? 0), 0);
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')];
  if (ready + notReady <= CAPACITY) return { subsets, isCut: false };
  const cutsReady = ready > CAPACITY;
  const [most, total] = cutsReady ? [CAPACITY, ready] : [CAPACITY - ready, notReady];
  let left = most;
  const cut = subsets.map((subset): Subset => {
    const { addresses = [], notReadyAddresses = [], ...rest } = subset;
    const list = cutsReady ? addresses : notReadyAddresses;
    const kept = list.slice(0, Math.min(left, Math.ceil((list.length / total) * most)));
    left -= kept.length;
    return cutsReady ? { ...rest, addresses: kept } : { ...rest, addresses, notReadyAddresses: kept };
  });
  return { subsets: cut, isCut: true };
}
