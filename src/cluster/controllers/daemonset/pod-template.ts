import type { Affinity, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';

/** Which revision of the template a Pod was made from. */
export const HASH_LABEL = 'controller-revision-hash';

/** Troubles of a node that no daemon gives way to. */
const TOLERATED: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/** Who shares the node's network is what brings the Pods' network up, on many clusters. */
const TOLERATED_ON_HOST_NETWORK: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

/** pkg/controller/daemon/util.AddOrUpdateDaemonPodTolerations */
export function withDaemonTolerations(spec: PodSpec): PodSpec {
  const added = spec.hostNetwork ? [...TOLERATED, TOLERATED_ON_HOST_NETWORK] : TOLERATED;
  return { ...spec, tolerations: added.reduce(withToleration, spec.tolerations ?? []) };
}

/** In the place of one that says the same but for its seconds. */
function withToleration(tolerations: readonly Toleration[], added: Toleration): readonly Toleration[] {
  const isSame = ({ key, operator, value, effect }: Toleration) =>
    key === added.key && effect === added.effect && operator === added.operator && (value ?? '') === '';
  if (!tolerations.some(isSame)) return [...tolerations, added];
  return tolerations.map((toleration) => (isSame(toleration) ? added : toleration));
}

/** Counts the changes of the template, as before there were revisions; the server keeps it, Pods still show it. */
const GENERATION_LABEL = 'pod-template-generation';

function templateGeneration({ metadata }: DaemonSet): string | undefined {
  const generation = metadata.annotations?.['deprecated.daemonset.template.generation'];
  return generation !== undefined && /^\d+$/.test(generation) ? generation : undefined;
}

/** Whether a Pod is of the newest template (pkg/controller/daemon/util.IsPodUpdated). */
export function isUpdated({ metadata }: Pod, set: DaemonSet, hash: string): boolean {
  if (metadata.labels?.[HASH_LABEL] === hash) return true;
  const generation = templateGeneration(set);
  return generation !== undefined && metadata.labels?.[GENERATION_LABEL] === generation;
}

/** The template of the Pod for one node: the scheduler may bind it there only. */
export function templateFor(set: DaemonSet, hash: string, node: string): PodTemplateSpec {
  const { template } = set.spec;
  const spec = withDaemonTolerations(template.spec);
  const generation = templateGeneration(set);
  const labels = {
    ...template.metadata?.labels,
    ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
    [HASH_LABEL]: hash,
  };
  return {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: { ...spec, affinity: pinnedTo(node, spec.affinity) },
  };
}

/** pkg/controller/daemon/util.ReplaceDaemonSetPodNodeNameNodeAffinity: required terms held for choosing the node and give way. */
function pinnedTo(node: string, affinity: Affinity | undefined): Affinity {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  };
}

/** The node that a Pod is on, or is meant for; undefined for a Pod that no DaemonSet made. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In') return values.length === 1 ? values[0] : undefined;
    }
  }
  return undefined;
}
