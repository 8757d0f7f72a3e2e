import { lineDiff, mostSimilar } from '../diff.ts';
import {
  CONTRADICTION,
  type Comparison,
  type DiffLine,
  type Fit,
  isAnyLines,
  type Mismatch,
  type Pair,
  pairOf,
  type Row,
  rowsOf,
  shorten,
  type Verdict,
} from '../expectation.ts';
import { type Bindings, explainLine, matchLine } from '../line-pattern.ts';

/** Paragraph by paragraph: the header first where one is shown, rows in any order, blanks around cells aside. */
export function matchTable(comparison: Comparison): Verdict {
  const wanted = paragraphs(comparison.expected);
  const given = paragraphs(comparison.actual);
  if (wanted.length !== given.length) {
    const all = rowsOf(comparison, wanted.flat(), 'all');
    const message = `${wanted.length} ${wanted.length === 1 ? 'paragraph' : 'paragraphs'} expected, ${given.length} printed`;
    return { fits: false, mismatch: { message, diff: lineDiff(all, comparison.actual) } };
  }
  let bindings = comparison.bindings;
  const pairs: Pair[] = [];
  for (const [number, paragraph] of wanted.entries()) {
    for (const { rows, lines, open } of groups(comparison, paragraph, given[number] ?? [])) {
      const fit = open || rows.length === lines.length ? assign(comparison, rows, lines, bindings) : undefined;
      if (!fit) return { fits: false, mismatch: mismatch(comparison, rows, lines, open, bindings) };
      bindings = fit.bindings;
      pairs.push(...fit.pairs);
    }
  }
  return { fits: true, pairs, bindings };
}

/** Rows that may stand in any order among each other, and the actual lines they are looked for in. */
interface Group {
  readonly rows: readonly Row[];
  readonly lines: readonly number[];
  /** The page leaves rows out. */
  readonly open: boolean;
}

function groups(comparison: Comparison, wanted: readonly number[], given: readonly number[]): Group[] {
  const open = wanted.some((index) => isAnyLines(comparison.expected[index]));
  const rows = rowsOf(comparison, wanted, 'all');
  const header = rows.findIndex((row) => isHeader(row.pattern.expected));
  const actualHeader = given.findIndex((index) => isHeader(comparison.actual[index] ?? ''));
  if (header < 0 || actualHeader < 0) return [{ rows, lines: given, open }];
  return [
    { rows: rows.slice(0, header), lines: given.slice(0, actualHeader), open },
    { rows: rows.slice(header, header + 1), lines: given.slice(actualHeader, actualHeader + 1), open: false },
    { rows: rows.slice(header + 1), lines: given.slice(actualHeader + 1), open },
  ];
}

/** Gives each row a line of its own. */
function assign(
  comparison: Comparison,
  rows: readonly Row[],
  lines: readonly number[],
  start: Bindings,
): Fit | undefined {
  const walk = (next: number, used: ReadonlySet<number>, bindings: Bindings): Fit | undefined => {
    const row = rows[next];
    if (!row) return { pairs: [], bindings };
    for (const index of lines) {
      if (used.has(index)) continue;
      if (!comparison.step()) return undefined;
      const match = matchLine(row.pattern, lineAt(comparison, index), bindings);
      const rest = match && walk(next + 1, new Set(used).add(index), match.bindings);
      if (match && rest) return { pairs: [pairOf(row, index, match), ...rest.pairs], bindings: rest.bindings };
    }
    return undefined;
  };
  return walk(0, new Set(), start);
}

function mismatch(
  comparison: Comparison,
  rows: readonly Row[],
  lines: readonly number[],
  open: boolean,
  bindings: Bindings,
): Mismatch {
  const free = new Set(lines);
  const missing: Row[] = [];
  const diff: DiffLine[] = [];
  for (const row of rows) {
    const found = [...free].find((index) => matchLine(row.pattern, lineAt(comparison, index), bindings) !== undefined);
    if (found === undefined) missing.push(row);
    else {
      free.delete(found);
      diff.push({ kind: 'same', text: lineAt(comparison, found) });
    }
  }
  const extra = new Set([...free].map((index) => lineAt(comparison, index)));
  const reasons: string[] = [];
  for (const row of missing) {
    const wanted = row.pattern.expected;
    const near = mostSimilar(wanted, [...extra]);
    diff.push({ kind: 'missing', text: wanted });
    if (near === undefined) reasons.push(`the row "${shorten(wanted)}" is missing`);
    else {
      diff.push({ kind: 'extra', text: near });
      extra.delete(near);
      reasons.push(`"${shorten(wanted)}": ${explainLine(row.pattern, near, bindings)}`);
    }
  }
  if (!open) {
    for (const line of extra) {
      diff.push({ kind: 'extra', text: line });
      reasons.push(`the row "${shorten(line)}" is not expected`);
    }
  }
  return { message: reasons[0] ?? CONTRADICTION, diff };
}

function lineAt(comparison: Comparison, index: number): string {
  return (comparison.actual[index] ?? '').trim();
}

/** Indexes of the lines of each paragraph; blank lines part them. */
function paragraphs(lines: readonly string[]): number[][] {
  const found: number[][] = [];
  let current: number[] | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') current = undefined;
    else if (current) current.push(index);
    else {
      current = [index];
      found.push(current);
    }
  }
  return found;
}

/** kubectl's and crictl's headers: capitals only, two columns or more. */
function isHeader(line: string): boolean {
  return /^[A-Z][A-Z\d ()/%-]*$/.test(line.trim()) && /\S\s+\S/.test(line.trim());
}
