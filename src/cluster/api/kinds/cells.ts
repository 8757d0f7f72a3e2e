import type { Labels } from '../object.ts';
import type { PodTemplateSpec } from '../types/pod.ts';

/** Names and images of a template's containers, as two cells (printers.layoutContainerCells). */
export function containerCells(template: PodTemplateSpec): [names: string, images: string] {
  const { containers } = template.spec;
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

/** `a=1,b=2`, or `<none>` (labels.FormatLabels). */
export function labelCell(labels: Labels | undefined): string {
  const text = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  return text === '' ? '<none>' : text;
}

/** At most three, then how many more. */
export function firstThree(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  const text = items.slice(0, 3).join(',');
  return items.length > 3 ? `${text} + ${items.length - 3} more...` : text;
}
