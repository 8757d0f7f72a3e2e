import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import type { Condition } from '../api/object.ts';
import type { Pod } from '../api/types/pod.ts';
import type { Client } from '../client/client.ts';

/** What a condition is to say; when it began is worked out. */
export type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * Writes a condition of a Pod, and the node that is kept for it, as far as they changed (pkg/scheduler, updatePod; util.PatchPodStatus).
 *
 * @param nominated empty: none any more; undefined: as it is
 * @throws ApiError, ConnectionError
 */
export function patchPodStatus(
  kernel: Kernel,
  client: Client,
  pod: Pod,
  finding: Finding | undefined,
  nominated?: string,
): void {
  const before = pod.status.conditions?.find(({ type }) => type === finding?.type);
  const isKnown =
    !finding ||
    (before?.status === finding.status && before.reason === finding.reason && before.message === finding.message);
  const isKept = nominated === undefined || nominated === (pod.status.nominatedNodeName ?? '');
  if (isKnown && isKept) return;
  const condition: Condition | undefined = finding && {
    ...finding,
    lastProbeTime: null,
    lastTransitionTime: before?.status === finding.status ? (before.lastTransitionTime ?? null) : timestamp(kernel.now),
    observedGeneration: pod.metadata.generation ?? 1,
  };
  const status = {
    ...(!isKnown && { conditions: [condition] }),
    ...(!isKept && { nominatedNodeName: nominated || null }),
  };
  client.patch(podKind, pod, { status }, 'strategic', 'status');
}
