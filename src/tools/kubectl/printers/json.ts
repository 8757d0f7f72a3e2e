/** JSON as kubectl prints it: four blanks, keys in order, and the characters that Go's encoder does not escape here. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), undefined, 4)}\n`;
}

/** In one line, as Go's encoder writes it. */
export function compactJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'null';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
