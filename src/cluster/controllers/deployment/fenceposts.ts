import type { Deployment } from '../../api/types/workloads.ts';
import { scaledValue } from '../pod-control/int-or-percent.ts';

/** How many Pods a rollout may have too many, and too few. Of 0 and 0 nothing could move: then one may miss (ResolveFenceposts). */
function fenceposts({ spec }: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, spec.replicas, 'up');
  const unavailable = scaledValue(maxUnavailable, spec.replicas, 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function isRollingUpdate({ spec }: Deployment): boolean {
  return spec.strategy.type === 'RollingUpdate';
}

/** pkg/controller/deployment/util.MaxSurge */
export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

/** pkg/controller/deployment/util.MaxUnavailable */
export function maxUnavailable(deployment: Deployment): number {
  const { replicas } = deployment.spec;
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, replicas);
}

/** What does not appear as a limit: clients say so with the largest int32. */
const UNLIMITED = 2 ** 31 - 1;

export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== UNLIMITED;
}

export function hasRevisionHistoryLimit({ spec }: Deployment): boolean {
  return spec.revisionHistoryLimit !== UNLIMITED;
}
