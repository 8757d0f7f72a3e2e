import { tolerates } from '../../api/scheduling/tolerations.ts';
import type { Taint } from '../../api/types/core.ts';
import type { Toleration } from '../../api/types/pod.ts';

/**
 * For how long a Pod may stay on a node with these taints, in milliseconds: 0 when it tolerates not all of them, Infinity for ever.
 */
export function tolerationTime(taints: readonly Taint[], tolerations: readonly Toleration[] = []): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const used = tolerations.find((toleration) => tolerates(toleration, taint));
    if (!used) return 0;
    if (used.tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, used.tolerationSeconds) * 1000);
  }
  return shortest;
}
