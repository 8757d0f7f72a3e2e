import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import type { Condition } from '../../api/object.ts';
import type { Node, Taint } from '../../api/types/core.ts';
import type { Client } from '../../client/client.ts';
import { conditionOf } from '../pod-control/conditions.ts';

export const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
export const UNREACHABLE: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Which status of which condition puts which taint on a node (nodelifecycle.nodeConditionToTaintKeyStatusMap). */
const CONDITION_TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY.key],
  ['Ready', 'Unknown', UNREACHABLE.key],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const OWN_KEYS: readonly string[] = [...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE];

/** The taints that keep new Pods away, for what a node's conditions say and for a cordoned one. */
function noScheduleTaints({ spec, status }: Node): readonly Taint[] {
  const keys = (status.conditions ?? []).flatMap((condition) =>
    CONDITION_TAINTS.filter(([type, status]) => type === condition.type && status === condition.status).map(
      ([, , key]) => key,
    ),
  );
  if (spec.unschedulable) keys.push(UNSCHEDULABLE);
  return keys.map((key) => ({ key, effect: 'NoSchedule' }));
}

/** What is to be added and removed, so that a node's NoSchedule taints are those of its conditions. */
export function noScheduleChange(node: Node): { readonly add: readonly Taint[]; readonly remove: readonly Taint[] } {
  const wanted = noScheduleTaints(node);
  const present = (node.spec.taints ?? []).filter(
    ({ key, effect }) => effect === 'NoSchedule' && OWN_KEYS.includes(key),
  );
  return {
    add: wanted.filter((taint) => !hasTaint(present, taint)),
    remove: present.filter((taint) => !hasTaint(wanted, taint)),
  };
}

export function hasTaint(taints: readonly Taint[] | undefined, { key, effect }: Taint): boolean {
  return taints?.some((taint) => taint.key === key && taint.effect === effect) ?? false;
}

/** Puts taints on a node and takes others off, from the node as it is now (controllerutil.SwapNodeControllerTaint). @throws ApiError */
export function swapTaints(
  kernel: Kernel,
  client: Client,
  name: string,
  add: readonly Taint[],
  remove: readonly Taint[],
): void {
  const node = client.get(nodeKind, undefined, name);
  const before = node.spec.taints ?? [];
  const timeAdded = timestamp(kernel.now);
  const added = add.map((taint) => ({ ...taint, timeAdded }));
  const kept = before.filter((taint) => !hasTaint(remove, taint));
  const taints = [
    ...kept.map((taint) => added.find((next) => hasTaint([taint], next)) ?? taint),
    ...added.filter((taint) => !hasTaint(kept, taint)),
  ];
  if (added.length === 0 && kept.length === before.length) return;
  const { resourceVersion } = node.metadata;
  client.patch(nodeKind, node, { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } });
}

/** Whether a node is ready; undefined while it has never said so. */
export function readyCondition({ status }: Node): Condition | undefined {
  return conditionOf(status.conditions, 'Ready');
}
