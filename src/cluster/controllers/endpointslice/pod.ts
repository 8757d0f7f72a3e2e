import { isEqual } from '../../api/json.ts';
import type { Service, ServicePort } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { isReady, isTerminal } from '../pod-control/pod-state.ts';

/** endpointslice/util.ShouldPodBeInEndpoints */
export function belongsInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  if (isTerminal(pod) || addressesOf(pod).length === 0) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

export function addressesOf({ status: { podIP, podIPs } }: Pod): readonly string[] {
  return podIPs?.map(({ ip }) => ip) ?? (podIP ? [podIP] : []);
}

/** The name in DNS that a Pod has of its own (endpointslice/util.ShouldSetHostname). */
export function hostnameIn(service: Service, { metadata, spec }: Pod): string | undefined {
  const isOwn = spec.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace;
  return spec.hostname && isOwn ? spec.hostname : undefined;
}

/** The port of the Pod that a port of a Service leads to; undefined when none has that name (endpointslice.FindPort). */
export function findPort({ spec }: Pod, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...spec.containers, ...sidecars]) {
    const named = ports.find((port) => port.name === targetPort && (port.protocol ?? 'TCP') === protocol);
    if (named) return named.containerPort;
  }
  return undefined;
}

/** What of a Pod's change matters to endpoints (endpointslice/util.podEndpointsChanged). */
export function podChange(pod: Pod, before: Pod): { readonly endpoint: boolean; readonly membership: boolean } {
  return {
    endpoint:
      pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
      isReady(pod) !== isReady(before) ||
      !isEqual(addressesOf(pod), addressesOf(before)),
    membership:
      !isEqual(pod.metadata.labels, before.metadata.labels) ||
      pod.spec.hostname !== before.spec.hostname ||
      pod.spec.subdomain !== before.spec.subdomain,
  };
}
