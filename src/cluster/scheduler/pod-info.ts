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

/** @param known what was known of an earlier version of the Pod: as far as nothing changed, it holds */
export function podInfo(pod: Pod, known?: PodInfo): PodInfo {
  if (known && isAlike(pod, known.pod)) return { ...known, pod };
  return {
    pod,
    requests: podRequests(pod),
    nonZero: nonZeroRequests(pod),
    hostPorts: hostPortsOf(pod),
    terms: affinityTerms(pod),
  };
}

export function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0;
}

/** The ports of its node that a Pod wants for itself. */
export function hostPortsOf({ spec }: Pod): readonly ContainerPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].flatMap(({ ports = [] }) => ports.filter(({ hostPort }) => hostPort));
}

function isAlike({ spec }: Pod, { spec: before }: Pod): boolean {
  return (
    spec.containers === before.containers &&
    spec.initContainers === before.initContainers &&
    spec.affinity === before.affinity &&
    spec.overhead === before.overhead
  );
}
