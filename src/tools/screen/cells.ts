/** Columns of a tab. */
const TAB = 8;

/** Each character of a line as it is shown, with the column where it begins: tabs are filled, what has no shape is `^A`. */
export function cellsOf(line: string): readonly { readonly text: string; readonly column: number }[] {
  const cells: { text: string; column: number }[] = [];
  let column = 0;
  for (const character of line) {
    const code = character.codePointAt(0) ?? 0;
    const text =
      character === '\t'
        ? ' '.repeat(TAB - (column % TAB))
        : code < 0x20
          ? `^${String.fromCharCode(code + 64)}`
          : code === 0x7f
            ? '^?'
            : character;
    cells.push({ text, column });
    column += character === '\t' || code < 0x20 || code === 0x7f ? text.length : 1;
  }
  return cells;
}

/** A line as it is shown, without limit. */
export function shown(line: string): string {
  return cellsOf(line)
    .map(({ text }) => text)
    .join('');
}

/** In which column a character stands. @param index in code units */
export function columnOf(line: string, index: number): number {
  const before = line.slice(0, index);
  const cells = cellsOf(`${before}x`);
  return cells.at(-1)?.column ?? 0;
}
