import { controllerOf, type LabelSelector } from '../api/object.ts';
import { type LabelMatcher, selectorMatcher, setMatcher } from '../api/selectors/labels.ts';
import type { Service } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ReplicaSet, StatefulSet } from '../api/types/workloads.ts';
import type { Informer } from '../client/informer.ts';
import type { PodSelector } from './node-info.ts';

/** Services by namespace. */
export const BY_NAMESPACE = 'namespace';

export interface CompanionSources {
  readonly services: Informer<Service>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly statefulSets: Informer<StatefulSet>;
}

/** What Pods have in common that a Service or a workload selects together (plugins/helper, DefaultSelector). */
export function companionsOf(pod: Pod, sources: CompanionSources): PodSelector | undefined {
  const { namespace = '', labels } = pod.metadata;
  const matchers: LabelMatcher[] = [];
  const keys: unknown[] = [];
  for (const { spec } of sources.services.indexed(BY_NAMESPACE, namespace)) {
    const fits = setMatcher(spec.selector);
    if (!fits(labels)) continue;
    matchers.push(fits);
    keys.push(spec.selector);
  }
  const selector = workloadSelector(pod, sources);
  if (selector) {
    matchers.push(selectorMatcher(selector));
    keys.push(selector);
  }
  if (matchers.length === 0) return undefined;
  return { key: JSON.stringify(keys), fits: (each) => matchers.every((fits) => fits(each)) };
}

function workloadSelector(pod: Pod, { replicaSets, statefulSets }: CompanionSources): LabelSelector | undefined {
  const { namespace } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicaSet') return replicaSets.get(namespace, owner.name)?.spec.selector;
  if (owner?.kind === 'StatefulSet') return statefulSets.get(namespace, owner.name)?.spec.selector;
  return undefined;
}
