import type { Protocol } from '#machine/netfilter.ts';
import type { Service } from '../../api/types/core.ts';
import type { EndpointSlice } from '../../api/types/policy.ts';

/** Somebody behind a Service's port. */
export interface ProxiedEndpoint {
  /** `10.244.1.2:80` */
  readonly address: string;
  readonly ip: string;
  readonly isLocal: boolean;
}

/** A Service's port as kube-proxy sees it (pkg/proxy, ServicePortMap and EndpointsMap). */
export interface ServicePort {
  /** `default/web:http`, or `default/web` for a port without a name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly clusterIP: string;
  readonly port: number;
  readonly nodePort: number | undefined;
  readonly externalIPs: readonly string[];
  /** Seconds; undefined without session affinity. */
  readonly stickiness: number | undefined;
  readonly isInternalLocal: boolean;
  readonly isExternalLocal: boolean;
  /** Those that take connections, by address. */
  readonly endpoints: readonly ProxiedEndpoint[];
  readonly localEndpoints: readonly ProxiedEndpoint[];
}

/** The ports of a Service that packets can be sent to: headless ones, and names of others, have none. */
export function servicePorts(
  service: Service,
  slices: readonly EndpointSlice[],
  nodeName: string,
): readonly ServicePort[] {
  const { spec, metadata } = service;
  const { clusterIP } = spec;
  if (!clusterIP || clusterIP === 'None' || spec.type === 'ExternalName') return [];
  return (spec.ports ?? []).flatMap((port) => {
    const protocol = port.protocol === 'UDP' ? 'udp' : port.protocol === 'TCP' ? 'tcp' : undefined;
    if (!protocol) return [];
    const own = endpointsOf(slices, port.name ?? '', nodeName);
    const local = own.filter(({ isLocal }) => isLocal);
    return [
      {
        name: `${metadata.namespace}/${metadata.name}${port.name ? `:${port.name}` : ''}`,
        protocol,
        clusterIP,
        port: port.port,
        nodePort: port.nodePort,
        externalIPs: spec.externalIPs ?? [],
        stickiness:
          spec.sessionAffinity === 'ClientIP'
            ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
            : undefined,
        isInternalLocal: spec.internalTrafficPolicy === 'Local',
        isExternalLocal: spec.externalTrafficPolicy === 'Local',
        endpoints: taking(own),
        localEndpoints: taking(local),
      },
    ];
  });
}

interface Candidate extends ProxiedEndpoint {
  readonly isReady: boolean;
  readonly isServing: boolean;
}

/** Those that are ready; when none is, those that go but still serve (pkg/proxy/topology.go). */
function taking(candidates: readonly Candidate[]): readonly ProxiedEndpoint[] {
  const ready = candidates.filter(({ isReady }) => isReady);
  const chosen = ready.length > 0 ? ready : candidates.filter(({ isServing }) => isServing);
  return [...chosen].sort((a, b) => (a.address < b.address ? -1 : 1));
}

function endpointsOf(slices: readonly EndpointSlice[], portName: string, nodeName: string): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { endpoints, ports = [], addressType } of slices) {
    const port = ports.find(({ name = '' }) => name === portName)?.port;
    if (port === undefined || addressType !== 'IPv4') continue;
    for (const { addresses, conditions = {}, nodeName: on } of endpoints) {
      const [ip] = addresses;
      if (ip === undefined) continue;
      const { ready = true, serving = ready, terminating = false } = conditions;
      const candidate = {
        address: `${ip}:${port}`,
        ip,
        isLocal: on === nodeName,
        isReady: ready,
        isServing: serving && terminating,
      };
      const before = found.get(candidate.address);
      if (!before?.isReady) found.set(candidate.address, candidate);
    }
  }
  return [...found.values()];
}
