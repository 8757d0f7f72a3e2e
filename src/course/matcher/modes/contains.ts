import { mostSimilar } from '../diff.ts';
import {
  CONTRADICTION,
  type Comparison,
  type DiffLine,
  type Fit,
  type Mismatch,
  pairOf,
  type Row,
  rowsOf,
  shorten,
  type Verdict,
} from '../expectation.ts';
import { type Bindings, explainLine, matchLine, noBindings } from '../line-pattern.ts';

/** These lines, in this order, among others. */
export function matchContains(comparison: Comparison): Verdict {
  const { expected, actual } = comparison;
  const rows = rowsOf(
    comparison,
    expected.map((_, index) => index),
    'wide',
  );
  const walk = (next: number, from: number, bindings: Bindings): Fit | undefined => {
    const row = rows[next];
    if (!row) return { pairs: [], bindings };
    for (let a = from; a < actual.length; a += 1) {
      if (!comparison.step()) return undefined;
      const match = matchLine(row.pattern, actual[a] ?? '', bindings);
      const rest = match && walk(next + 1, a + 1, match.bindings);
      if (match && rest) return { pairs: [pairOf(row, a, match), ...rest.pairs], bindings: rest.bindings };
    }
    return undefined;
  };
  const fit = walk(0, 0, comparison.bindings);
  return fit ? { fits: true, ...fit } : { fits: false, mismatch: mismatch(comparison, rows) };
}

/** What was found up to the first line that was not, and what stands nearest to that one. */
function mismatch({ actual, bindings }: Comparison, rows: readonly Row[]): Mismatch {
  const fitsAlone = (row: Row, line: string) => matchLine(row.pattern, line, noBindings) !== undefined;
  const diff: DiffLine[] = [];
  let from = 0;
  for (const row of rows) {
    const found = actual.findIndex((line, index) => index >= from && fitsAlone(row, line));
    if (found >= 0) {
      diff.push({ kind: 'same', text: actual[found] ?? '' });
      from = found + 1;
      continue;
    }
    const wanted = row.pattern.expected;
    diff.push({ kind: 'missing', text: wanted });
    if (actual.some((line) => fitsAlone(row, line))) {
      return { message: `the line "${shorten(wanted)}" is not where it is expected, or not as often`, diff };
    }
    const near = mostSimilar(wanted, actual.slice(from));
    if (near === undefined) return { message: `the line "${shorten(wanted)}" is missing`, diff };
    diff.push({ kind: 'extra', text: near });
    return { message: `"${shorten(wanted)}": ${explainLine(row.pattern, near, bindings)}`, diff };
  }
  return { message: CONTRADICTION, diff };
}
