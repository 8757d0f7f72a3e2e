/** How kubectl orders by a field: numbers by size, texts in their natural order; what is missing comes first. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareNaturally(String(a), String(b));
}

/** `w2` before `w10` (k8s.io/utils, sortorder.NaturalLess). */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [chunks(a), chunks(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [x = '', y = ''] = [left[index], right[index]];
    if (x === y) continue;
    const areNumbers = /^\d/.test(x) && /^\d/.test(y);
    if (areNumbers && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

function chunks(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}
