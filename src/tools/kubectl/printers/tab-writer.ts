/** How wide columns are (Go's text/tabwriter, padded with blanks). */
export interface TabStops {
  readonly least: number;
  readonly padding: number;
}

/** Of tables. */
export const TABLE: TabStops = { least: 6, padding: 3 };
/** Of descriptions. */
export const DESCRIPTION: TabStops = { least: 0, padding: 2 };

/**
 * Sets text in columns: a tab ends a cell, a column is a block of lines that follow one another and have such a cell.
 *
 * @param widths of columns as they were before, for rows that are added; the wider ones are kept in it
 */
export function tabulate(text: string, { least, padding }: TabStops, widths?: number[]): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const set = lines.map((cells) => cells.map(() => 0));
  measure(0, lines.length, 0);
  return lines
    .map((cells, row) =>
      cells.map((cell, column) => (column < cells.length - 1 ? cell.padEnd(set[row]?.[column] ?? 0) : cell)).join(''),
    )
    .join('\n');

  function measure(from: number, to: number, column: number): void {
    for (let row = from; row < to; row += 1) {
      if ((lines[row]?.length ?? 0) - 1 <= column) continue;
      let end = row;
      let width = least;
      let isEmpty = true;
      while (end < to && (lines[end]?.length ?? 0) - 1 > column) {
        const length = [...(lines[end]?.[column] ?? '')].length;
        if (length > 0) isEmpty = false;
        width = Math.max(width, length + padding);
        end += 1;
      }
      if (isEmpty && least === 0) width = padding;
      if (widths) {
        width = Math.max(width, widths[column] ?? 0);
        widths[column] = width;
      }
      for (let each = row; each < end; each += 1) {
        const own = set[each];
        if (own) own[column] = width;
      }
      measure(row, end, column + 1);
      row = end - 1;
    }
  }
}
