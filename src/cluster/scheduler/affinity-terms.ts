import type { Labels } from '../api/object.ts';
import { type LabelMatcher, selectorMatcher } from '../api/selectors/labels.ts';
import type { Pod, PodAffinityTerm } from '../api/types/pod.ts';

/** A term of a Pod's affinity to other Pods, ready to be asked. */
export interface AffinityTerm {
  readonly topologyKey: string;
  /** Whether a Pod of a namespace with these labels is meant. */
  matches(pod: Pod, namespaceLabels: Labels | undefined): boolean;
}

export interface WeightedTerm extends AffinityTerm {
  readonly weight: number;
}

export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
  readonly preferredAnti: readonly WeightedTerm[];
}

const NONE: AffinityTerms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };

/** A Pod's podAffinity and podAntiAffinity (pkg/scheduler/framework, NewPodInfo). */
export function affinityTerms(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return NONE;
  const term = (each: PodAffinityTerm) => affinityTerm(pod, each);
  const weighted = ({ weight, podAffinityTerm }: { weight: number; podAffinityTerm: PodAffinityTerm }) => ({
    ...affinityTerm(pod, podAffinityTerm),
    weight,
  });
  return {
    required: podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(term) ?? [],
    requiredAnti: podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(term) ?? [],
    preferred: podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weighted) ?? [],
    preferredAnti: podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weighted) ?? [],
  };
}

/** Without namespaces and without a selector of them, the Pod's own namespace is meant. */
function affinityTerm(
  owner: Pod,
  { labelSelector, namespaces = [], namespaceSelector, topologyKey }: PodAffinityTerm,
): AffinityTerm {
  const fits: LabelMatcher = selectorMatcher(labelSelector);
  const names = namespaces.length === 0 && !namespaceSelector ? [owner.metadata.namespace] : namespaces;
  const fitsNamespace = selectorMatcher(namespaceSelector);
  return {
    topologyKey,
    matches: (pod, namespaceLabels) =>
      (names.includes(pod.metadata.namespace ?? '') ||
        (namespaceSelector !== undefined && fitsNamespace(namespaceLabels))) &&
      fits(pod.metadata.labels),
  };
}
