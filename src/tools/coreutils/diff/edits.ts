/** A stretch of lines: the same in both, or what one has in place of the other's. Counts from 0; `to` is behind the end. */
export interface Edit {
  readonly from: readonly [start: number, end: number];
  readonly to: readonly [start: number, end: number];
}

/** What differs between two lists of lines: the shortest way from one to the other (E. Myers, An O(ND) Difference Algorithm). */
export function editsBetween(left: readonly string[], right: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const pairs = commonPairs(left.slice(start, left.length - end), right.slice(start, right.length - end));
  const edits: Edit[] = [];
  let [one, other] = [start, start];
  for (const [a, b] of [
    ...pairs.map(([a, b]) => [a + start, b + start] as const),
    [left.length - end, right.length - end] as const,
  ]) {
    if (a > one || b > other) edits.push({ from: [one, a], to: [other, b] });
    [one, other] = [a + 1, b + 1];
  }
  return edits;
}

/** Places of the lines that stay. */
function commonPairs(left: readonly string[], right: readonly string[]): readonly (readonly [number, number])[] {
  const maximum = left.length + right.length;
  let reach = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let distance = 0; distance <= maximum; distance += 1) {
    history.push(new Map(reach));
    const next = new Map(reach);
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const down =
        diagonal === -distance || (diagonal !== distance && get(next, diagonal - 1) < get(next, diagonal + 1));
      let x = down ? get(next, diagonal + 1) : get(next, diagonal - 1) + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= left.length && x - diagonal >= right.length) return trace(history, left.length, right.length);
    }
    reach = next;
  }
  return [];
}

function get(reach: ReadonlyMap<number, number>, diagonal: number): number {
  return reach.get(diagonal) ?? -1;
}

function trace(
  history: readonly ReadonlyMap<number, number>[],
  width: number,
  height: number,
): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  let [x, y] = [width, height];
  for (let distance = history.length - 1; distance >= 0; distance -= 1) {
    const reach = history[distance] ?? new Map<number, number>();
    const diagonal = x - y;
    const down =
      diagonal === -distance || (diagonal !== distance && get(reach, diagonal - 1) < get(reach, diagonal + 1));
    const before = down ? diagonal + 1 : diagonal - 1;
    const startX = Math.max(0, get(reach, before));
    const startY = distance === 0 ? 0 : startX - before;
    while (x > startX && y > startY && (distance === 0 || x - y === diagonal)) {
      if (distance > 0 && (down ? x === startX : x === startX + 1 && y === startY)) break;
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (distance > 0) [x, y] = [startX, startY];
  }
  return pairs.reverse();
}
