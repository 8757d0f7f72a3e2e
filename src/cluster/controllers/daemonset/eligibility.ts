import type { Node, Taint } from '../../api/types/core.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Toleration } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { withDaemonTolerations } from './pod-template.ts';

export interface Eligibility {
  /** A Pod belongs on the node. */
  readonly shouldRun: boolean;
  /** One that is there may stay: a taint keeps new ones away, but evicts none. */
  readonly shouldContinue: boolean;
}

const NEITHER: Eligibility = { shouldRun: false, shouldContinue: false };

/** Whether a node gets a Pod of a DaemonSet (pkg/controller/daemon.NodeShouldRunDaemonPod). */
export function eligibility(node: Node, set: DaemonSet): Eligibility {
  const spec = withDaemonTolerations(set.spec.template.spec);
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return NEITHER;
  if (!fitsNodeAffinity(spec, node)) return NEITHER;
  const untolerated = (node.spec.taints ?? []).filter((taint) => !isTolerated(taint, spec.tolerations));
  if (!untolerated.some(({ effect }) => effect === 'NoExecute' || effect === 'NoSchedule')) {
    return { shouldRun: true, shouldContinue: true };
  }
  return { shouldRun: false, shouldContinue: !untolerated.some(({ effect }) => effect === 'NoExecute') };
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;
}

/** core/v1, Toleration.ToleratesTaint: an empty effect fits every effect, an empty key with Exists every key. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (!operator || operator === 'Equal') && (value ?? '') === (taint.value ?? '');
}

/** nodeSelector and required node affinity (component-helpers, scheduling/corev1/nodeaffinity). */
function fitsNodeAffinity({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => fitsTerm(term, node));
}

/** All of it must hold; a term without anything fits no node. */
function fitsTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const { name, labels = {} } = node.metadata;
  return (
    matchExpressions.every((requirement) => meets(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && meets(requirement, name))
  );
}

function meets({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  const [first = ''] = values;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isInteger(value) && isInteger(first) && Number(value) > Number(first);
    case 'Lt':
      return isInteger(value) && isInteger(first) && Number(value) < Number(first);
    default:
      return false;
  }
}

function isInteger(text: string | undefined): boolean {
  return text !== undefined && /^[+-]?\d+$/.test(text);
}
