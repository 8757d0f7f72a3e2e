import type { Taint } from '../types/core.ts';
import type { Toleration } from '../types/pod.ts';

/**
 * core/v1, Toleration.ToleratesTaint: an empty effect fits every effect, an empty key with Exists every key. The comparing operators Lt
 * and Gt are behind a gate that is off.
 */
export function tolerates({ key, operator, value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (!operator || operator === 'Equal') && value === (taint.value ?? '');
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;
}
