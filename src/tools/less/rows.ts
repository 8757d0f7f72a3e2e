import { shown } from '../screen/cells.ts';

const ESCAPE = '\u001b';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what sets colours begins with one
const COLOUR = /(\u001b\[[\d;]*m)/;

export interface RowOptions {
  readonly columns: number;
  /** `-S`: what is too long is cut. */
  readonly isChopped: boolean;
  /** `-R`: colours are colours. */
  readonly isRaw: boolean;
  /** `-N`: the number before it. */
  readonly number?: number;
  /** `-S`: what is left of the screen. */
  readonly shift: number;
  readonly pattern: RegExp | undefined;
}

/** A line as rows of the screen. */
export function rowsOf(
  line: string,
  { columns, isChopped, isRaw, number, shift, pattern }: RowOptions,
): readonly string[] {
  const margin = number === undefined ? '' : `${String(number).padStart(7)} `;
  const width = Math.max(1, columns - margin.length);
  const parts = isRaw ? line.split(COLOUR) : [marked(line.replaceAll(ESCAPE, 'ESC'), pattern)].flat();
  const rows: string[] = [];
  let row = '';
  let used = 0;
  let skipped = 0;
  for (const part of parts) {
    if (part.startsWith(`${ESCAPE}[`) && part.endsWith('m')) {
      row += part;
      continue;
    }
    for (const character of shown(part)) {
      if (skipped < shift) {
        skipped += 1;
        continue;
      }
      if (used === width) {
        if (isChopped) break;
        rows.push(row);
        row = '';
        used = 0;
      }
      row += character;
      used += 1;
    }
  }
  rows.push(row);
  return rows.map((each, index) => (index === 0 ? margin : ' '.repeat(margin.length)) + each);
}

/** Matches stand out. */
function marked(line: string, pattern: RegExp | undefined): readonly string[] {
  if (!pattern) return [line];
  const parts: string[] = [];
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    if (match[0] === '') continue;
    parts.push(line.slice(at, match.index), `${ESCAPE}[7m`, match[0], `${ESCAPE}[27m`);
    at = match.index + match[0].length;
  }
  parts.push(line.slice(at));
  return parts;
}
