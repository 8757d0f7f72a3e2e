import type { ContainerPort, Pod } from '../api/types/pod.ts';
import { type AffinityTerms, affinityTerms } from './affinity-terms.ts';
import { nonZeroRequests, podRequests, type Resources } from './pod-requests.ts';

/** What the scheduler knows of a Pod, worked out once (pkg/scheduler/framework.PodInfo). */
export interface PodInfo {
  readonly pod: Pod;
  readonly requests: Resources;
  readonly nonZero: Resources;
  readonly hostPorts: readonly ContainerPort[];
  readonly terms: AffinityTerms;
}

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    requests: podRequests(pod),
    nonZero: nonZeroRequests(pod),
    hostPorts: hostPorts(pod),
    terms: affinityTerms(pod),
  };
}

export function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0;
}

function hostPorts({ spec }: Pod): readonly ContainerPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].flatMap(({ ports = [] }) => ports.filter(({ hostPort }) => hostPort));
}
