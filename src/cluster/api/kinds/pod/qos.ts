import { Quantity } from '../../quantity.ts';
import type { PodSpec, PodStatus } from '../../types/pod.ts';

const COUNTED = ['cpu', 'memory'] as const;

/** The quality of service class that requests and limits give (pkg/apis/core/helper/qos.ComputePodQOS). */
export function qosOf(spec: PodSpec): NonNullable<PodStatus['qosClass']> {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  let hasAny = false;
  let isGuaranteed = true;
  for (const { resources } of containers) {
    for (const name of COUNTED) {
      const limit = resources?.limits?.[name];
      const request = resources?.requests?.[name];
      if (isMore(limit) || isMore(request)) hasAny = true;
      if (
        !isMore(limit) ||
        (request !== undefined && Quantity.parse(request).compare(Quantity.parse(limit ?? '0')) !== 0)
      ) {
        isGuaranteed = false;
      }
    }
  }
  if (!hasAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function isMore(amount: string | undefined): boolean {
  return amount !== undefined && !Quantity.parse(amount).isZero;
}
