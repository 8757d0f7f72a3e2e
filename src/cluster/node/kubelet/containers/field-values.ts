import { Quantity } from '../../../api/quantity.ts';
import type { Container, Pod, ResourceFieldSelector, ResourceList } from '../../../api/types/pod.ts';

/** What the downward API tells beside the Pod itself. */
export interface DownwardSources {
  readonly nodeName: string;
  readonly hostIP: string;
  /** '' before there is one. */
  readonly podIP: string;
  /** The node's amounts, for containers without limits. */
  readonly allocatable: ResourceList;
}

/** The value of a fieldRef (pkg/fieldpath, kubelet_pods.podFieldSelectorRuntimeValue). @throws Error for a field that cannot be named */
export function fieldValue(pod: Pod, path: string, { nodeName, hostIP, podIP }: DownwardSources): string {
  const { metadata, spec } = pod;
  const { map, key = '' } = /^metadata\.(?<map>labels|annotations)\['(?<key>.*)'\]$/.exec(path)?.groups ?? {};
  if (map === 'labels' || map === 'annotations') return metadata[map]?.[key] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return nodeName;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/** `app="web"`, a line each, sorted. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

const NODE_BOUND = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** The value of a resourceFieldRef: a limit that is not set is all that the node has (pkg/api/v1/resource). @throws Error for a container that is not there */
export function resourceValue(
  pod: Pod,
  container: Container | undefined,
  { containerName, resource, divisor }: ResourceFieldSelector,
  { allocatable }: Pick<DownwardSources, 'allocatable'>,
): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const target = containerName ? all.find(({ name }) => name === containerName) : container;
  if (!target) throw new Error(`container ${containerName ?? ''} not found`);
  const [which, name = ''] = resource.split('.');
  const { limits = {}, requests = {} } = target.resources ?? {};
  const limit = limits[name] ?? '0';
  const amount =
    which === 'limits'
      ? Quantity.parse(limit).isZero && NODE_BOUND.has(name)
        ? (allocatable[name] ?? '0')
        : limit
      : (requests[name] ?? '0');
  const by = Quantity.parse(divisor && divisor !== '0' ? divisor : '1');
  const whole = Quantity.parse(amount);
  const value = name === 'cpu' ? whole.milli / by.milli : whole.value / by.value;
  return `${Math.ceil(value)}`;
}
