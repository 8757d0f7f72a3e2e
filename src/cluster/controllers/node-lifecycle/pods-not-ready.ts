import type { Kernel } from '#kernel/kernel.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { withPodCondition } from './pod-condition.ts';

/**
 * Says of Pods that they are not ready, since their node does not any longer (controllerutil.MarkPodsNotReady).
 *
 * @throws Error when some could not be marked
 */
export function markPodsNotReady(kernel: Kernel, client: Client, recorder: EventRecorder, pods: readonly Pod[]): void {
  const errors: unknown[] = [];
  for (const pod of pods) {
    const ready = conditionOf(pod.status.conditions, 'Ready');
    if (!ready) continue;
    const conditions = withPodCondition(pod.status.conditions, { ...ready, status: 'False' }, kernel.now);
    if (conditions === pod.status.conditions) continue;
    try {
      client.updateStatus(podKind, { ...pod, status: { ...pod.status, conditions } });
    } catch (error) {
      if (isReason(error, 'NotFound')) continue;
      errors.push(error);
    }
    recorder.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
  if (errors.length > 0) throw new AggregateError(errors, 'not all Pods could be marked');
}
