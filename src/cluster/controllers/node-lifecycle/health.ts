import { parseTime, timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';
import type { Node } from '../../api/types/core.ts';
import type { Lease } from '../../api/types/policy.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { readyCondition } from './taints.ts';

/** What the controller remembers of a node. Times are in milliseconds. */
export interface NodeHealth {
  /** When it last saw a sign of life: by its own clock, since those of nodes may be wrong. */
  readonly probedAt: number;
  readonly ready: Condition | undefined;
  readonly lease?: Lease | undefined;
}

/** Those that say something only as long as the kubelet posts them. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** A sign of life is a renewed Lease or another heartbeat in the node's status (nodelifecycle.Controller.tryUpdateNodeHealth). */
export function observeHealth(
  before: NodeHealth | undefined,
  node: Node,
  lease: Lease | undefined,
  now: number,
): NodeHealth {
  const ready = readyCondition(node);
  let health = before;
  if (!ready && !health) health = { probedAt: parseTime(node.metadata.creationTimestamp), ready };
  else if (!ready && health) health = { ...health, ready };
  else if (!health?.ready || health.ready.lastHeartbeatTime !== ready?.lastHeartbeatTime)
    health = { probedAt: now, ready };
  const renewed = lease?.spec.renewTime ?? '';
  if (lease && (!before?.lease || (before.lease.spec.renewTime ?? '') < renewed)) {
    health = { ...health, lease, probedAt: now, ready: health?.ready };
  }
  return health ?? { probedAt: now, ready };
}

/** The conditions of a node whose kubelet is silent. */
export function silentConditions({ metadata, status }: Node, now: number): readonly Condition[] {
  const time = timestamp(now);
  const known = (status.conditions ?? []).map((condition): Condition => {
    if (!KUBELET_CONDITIONS.includes(condition.type) || condition.status === 'Unknown') return condition;
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: time,
    };
  });
  const missing = KUBELET_CONDITIONS.filter((type) => !conditionOf(known, type));
  return [
    ...known,
    ...missing.map(
      (type): Condition => ({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: metadata.creationTimestamp,
        lastTransitionTime: time,
      }),
    ),
  ];
}
