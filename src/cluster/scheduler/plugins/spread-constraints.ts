import { fitsNodeAffinity } from '../../api/scheduling/node-affinity.ts';
import { isTolerated } from '../../api/scheduling/tolerations.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import type { Node } from '../../api/types/core.ts';
import type { Pod, TopologySpreadConstraint } from '../../api/types/pod.ts';
import type { Snapshot } from '../framework.ts';
import type { NodeInfo, PodSelector } from '../node-info.ts';

/** A topology spread constraint, ready to be asked (plugins/podtopologyspread, common.go). */
export interface Constraint extends PodSelector {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topologyKey: string;
  readonly honorsTaints: boolean;
  /** Whether Pods on a node count at all. */
  includes(node: Node): boolean;
  /** How many Pods on a node count. */
  count(node: NodeInfo): number;
}

export const HOSTNAME = 'kubernetes.io/hostname';

/** What Pods without constraints of their own get: the Pods of a Service or of a workload are spread. */
const DEFAULTS = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

export function constraintsOf(pod: Pod, action: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => ({
      ...selectorOf(constraint, pod),
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      topologyKey: constraint.topologyKey,
      honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
      includes: (node) => {
        if (constraint.nodeAffinityPolicy !== 'Ignore' && !fitsNodeAffinity(pod.spec, node)) return false;
        if (constraint.nodeTaintsPolicy !== 'Honor') return true;
        return !node.spec.taints?.some(
          (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, pod.spec.tolerations),
        );
      },
    }));
}

/** They are preferences only. */
export function defaultConstraints(pod: Pod, snapshot: Snapshot): readonly Constraint[] {
  const companions = snapshot.companions(pod);
  if (!companions) return [];
  return DEFAULTS.map((each) => ({
    ...each,
    ...companions,
    minDomains: 1,
    honorsTaints: false,
    includes: (node) => fitsNodeAffinity(pod.spec, node),
    count: (node) => node.count(pod.metadata.namespace, companions),
  }));
}

/** With `matchLabelKeys`, Pods must be like this one in these labels too. A selector of everything counts nobody. */
function selectorOf(
  { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint,
  { metadata: { namespace, labels: own = {} } }: Pod,
): PodSelector & Pick<Constraint, 'count'> {
  const fits = selectorMatcher(labelSelector);
  const keys = matchLabelKeys.filter((key) => own[key] !== undefined);
  const selector: PodSelector = {
    key: JSON.stringify([labelSelector, keys.map((key) => [key, own[key]])]),
    fits: keys.length === 0 ? fits : (labels) => fits(labels) && keys.every((key) => labels?.[key] === own[key]),
  };
  const { matchLabels = {}, matchExpressions = [] } = labelSelector ?? { matchLabels: { '': '' } };
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0 && keys.length === 0;
  return { ...selector, count: (node) => (isEmpty ? 0 : node.count(namespace, selector)) };
}
