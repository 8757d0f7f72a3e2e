import { parseTime } from '#kernel/calendar.ts';
import type { ContainerStatus, Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { isReady, readySince } from '../pod-control/pod-state.ts';

/** Keeps a Pod until its end was counted. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

/** A Pod that is deleted counts as failed, unless the Job replaces only those that ended. */
export function isFailed({ metadata, status }: Pod, { spec }: Job): boolean {
  if (status.phase === 'Failed') return true;
  if (spec.podReplacementPolicy === 'Failed') return false;
  return metadata.deletionTimestamp !== undefined && status.phase !== 'Succeeded';
}

/** How often containers of a Pod that runs were started anew. */
export function restartsOf({ status }: Pod): number {
  if (status.phase !== 'Running' && status.phase !== 'Pending') return 0;
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** When a Pod ended, in milliseconds: by its containers, else since when it is not ready, else since when it is deleted. */
export function finishedAt(pod: Pod): number {
  const { metadata, status } = pod;
  const byContainers = lastEnd([...(status.containerStatuses ?? []), ...sidecarStatuses(pod)]);
  if (byContainers !== undefined) return byContainers;
  const ready = conditionOf(status.conditions, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime);
  if (metadata.deletionTimestamp !== undefined) {
    return parseTime(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  }
  return parseTime(metadata.creationTimestamp);
}

function sidecarStatuses({ spec, status }: Pod): readonly ContainerStatus[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const names = sidecars.map(({ name }) => name);
  return (status.initContainerStatuses ?? []).filter(({ name }) => names.includes(name));
}

/** Undefined while one of them runs. */
function lastEnd(statuses: readonly ContainerStatus[]): number | undefined {
  let last: number | undefined;
  for (const { state } of statuses) {
    const end = state?.terminated?.finishedAt;
    if (!end) return undefined;
    last = Math.max(last ?? 0, parseTime(end));
  }
  return last;
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Those that are the smallest loss first (pkg/controller.ActivePods). */
export function byLoss(a: Pod, b: Pod): number {
  return (
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    (PHASES[a.status.phase ?? ''] ?? 0) - (PHASES[b.status.phase ?? ''] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    (readySince(b) ?? 0) - (readySince(a) ?? 0) ||
    mostRestarts(b) - mostRestarts(a) ||
    parseTime(b.metadata.creationTimestamp) - parseTime(a.metadata.creationTimestamp)
  );
}

function mostRestarts({ status }: Pod): number {
  return Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}
