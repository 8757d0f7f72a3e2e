import { lineDiff, mostSimilar } from '../diff.ts';
import {
  CONTRADICTION,
  type Comparison,
  type Fit,
  isAnyLines,
  type Mismatch,
  pairOf,
  type Row,
  rowsOf,
  shorten,
  type Verdict,
} from '../expectation.ts';
import { type Bindings, explainLine, matchLine } from '../line-pattern.ts';

/** The whole output, in order; `...` is any number of lines. */
export function matchLines(comparison: Comparison): Verdict {
  const { expected, actual } = comparison;
  const rows = new Map(
    rowsOf(
      comparison,
      expected.map((_, index) => index),
      'wide',
    ).map((row) => [row.index, row]),
  );
  const walk = (e: number, a: number, bindings: Bindings): Fit | undefined => {
    if (!comparison.step()) return undefined;
    if (e === expected.length) return a === actual.length ? { pairs: [], bindings } : undefined;
    const row = rows.get(e);
    if (!row) {
      for (let next = a; next <= actual.length; next += 1) {
        const fit = walk(e + 1, next, bindings);
        if (fit) return fit;
      }
      return undefined;
    }
    const line = actual[a];
    const match = line === undefined ? undefined : matchLine(row.pattern, line, bindings);
    const rest = match && walk(e + 1, a + 1, match.bindings);
    return match && rest && { pairs: [pairOf(row, a, match), ...rest.pairs], bindings: rest.bindings };
  };
  const fit = walk(0, 0, comparison.bindings);
  return fit ? { fits: true, ...fit } : { fits: false, mismatch: mismatch(comparison, [...rows.values()]) };
}

function mismatch({ expected, actual, bindings }: Comparison, rows: readonly Row[]): Mismatch {
  const all = lineDiff(rows, actual);
  const extras = all.filter((line) => line.kind === 'extra').map((line) => line.text);
  const missing = rows.find((row) => all.some((line) => line.kind === 'missing' && line.text === row.pattern.expected));
  const open = expected.some(isAnyLines);
  const wanted = missing?.pattern.expected ?? '';
  const near = open ? mostSimilar(wanted, extras) : extras[0];
  const diff = open ? all.filter((line) => line.kind !== 'extra' || line.text === near) : all;
  if (missing && near !== undefined) {
    return { message: `"${shorten(wanted)}": ${explainLine(missing.pattern, near, bindings)}`, diff };
  }
  if (missing) return { message: `the line "${shorten(wanted)}" is missing`, diff };
  const [extra] = extras;
  if (extra === undefined) return { message: CONTRADICTION, diff };
  const message = expected.length === 0 ? 'nothing should be printed' : `the line "${shorten(extra)}" is not expected`;
  return { message, diff };
}
