import { controllerOf } from '../api/object.ts';
import { type LabelMatcher, selectorMatcher, setMatcher } from '../api/selectors/labels.ts';
import type { Service } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ReplicaSet, StatefulSet } from '../api/types/workloads.ts';
import type { Informer } from '../client/informer.ts';

/** Services by namespace. */
export const BY_NAMESPACE = 'namespace';

export interface CompanionSources {
  readonly services: Informer<Service>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly statefulSets: Informer<StatefulSet>;
}

/** What Pods have in common that a Service or a workload selects together (plugins/helper, DefaultSelector). */
export function companionsOf(
  pod: Pod,
  { services, replicaSets, statefulSets }: CompanionSources,
): LabelMatcher | undefined {
  const { namespace = '', labels } = pod.metadata;
  const matchers: LabelMatcher[] = services
    .indexed(BY_NAMESPACE, namespace)
    .filter(({ spec }) => setMatcher(spec.selector)(labels))
    .map(({ spec }) => setMatcher(spec.selector));
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicaSet') {
    const set = replicaSets.get(namespace, owner.name);
    if (set) matchers.push(selectorMatcher(set.spec.selector));
  } else if (owner?.kind === 'StatefulSet') {
    const set = statefulSets.get(namespace, owner.name);
    if (set) matchers.push(selectorMatcher(set.spec.selector));
  }
  if (matchers.length === 0) return undefined;
  return (each) => matchers.every((fits) => fits(each));
}
