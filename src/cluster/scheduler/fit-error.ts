/** Why no node takes a Pod, as its event and its condition say (pkg/scheduler/framework, FitError.Error). */
export function fitMessage(nodes: number, why: string, afterwards = ''): string {
  return `0/${nodes} nodes are available:${why === '' ? '' : ` ${why}.`}${afterwards === '' ? '' : ` ${afterwards}`}`;
}

/** `1 node(s) were unschedulable, 2 Insufficient cpu`, sorted as text. */
export function histogramOf(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
