import type { IntOrString } from '../../api/types/workloads.ts';

/** A number as it is, a share of `total` rounded (apimachinery, intstr.GetScaledValueFromIntOrPercent). None is 0. */
export function scaledValue(value: IntOrString | undefined, total: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}
