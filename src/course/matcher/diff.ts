import type { DiffLine, Row } from './expectation.ts';
import { matchLine, noBindings } from './line-pattern.ts';

/** Beyond so many lines a comparison is cut: nobody reads it, and its cost grows with the square. */
const LIMIT = 400;

/** Line against line, by the longest common subsequence. */
export function lineDiff(allRows: readonly Row[], allLines: readonly string[]): DiffLine[] {
  const rows = allRows.slice(0, LIMIT);
  const lines = allLines.slice(0, LIMIT);
  const fits = rows.map((row) => lines.map((line) => matchLine(row.pattern, line, noBindings) !== undefined));
  const common = Array.from({ length: rows.length + 1 }, () => new Array<number>(lines.length + 1).fill(0));
  const at = (r: number, l: number): number => common[r]?.[l] ?? 0;
  for (let r = rows.length - 1; r >= 0; r -= 1) {
    for (let l = lines.length - 1; l >= 0; l -= 1) {
      const row = common[r];
      if (row) row[l] = fits[r]?.[l] ? at(r + 1, l + 1) + 1 : Math.max(at(r + 1, l), at(r, l + 1));
    }
  }
  const diff: DiffLine[] = [];
  let r = 0;
  let l = 0;
  while (r < rows.length || l < lines.length) {
    if (r < rows.length && l < lines.length && fits[r]?.[l]) {
      diff.push({ kind: 'same', text: lines[l] ?? '' });
      r += 1;
      l += 1;
    } else if (r < rows.length && (l === lines.length || at(r + 1, l) >= at(r, l + 1))) {
      diff.push({ kind: 'missing', text: rows[r]?.pattern.expected ?? '' });
      r += 1;
    } else {
      diff.push({ kind: 'extra', text: lines[l] ?? '' });
      l += 1;
    }
  }
  return diff;
}

/** Of `lines` the one that shares most words with `wanted`; undefined when none shares any. */
export function mostSimilar(wanted: string, lines: readonly string[]): string | undefined {
  const words = wordsOf(wanted);
  let best: string | undefined;
  let bestScore = 0;
  for (const line of lines) {
    const own = wordsOf(line);
    const common = [...words].filter((word) => own.has(word)).length;
    const score = common / Math.max(1, words.size, own.size);
    if (score > bestScore) {
      best = line;
      bestScore = score;
    }
  }
  return best;
}

function wordsOf(line: string): ReadonlySet<string> {
  return new Set(line.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''));
}
