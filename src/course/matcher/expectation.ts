import type { Match } from '../block/block.ts';
import { type Bindings, type ClusterFacts, compileLine, type LineMatch, type LinePattern } from './line-pattern.ts';

/** What a page says of a command's output. */
export interface Expectation {
  readonly output: readonly string[];
  readonly match: Match;
  readonly facts: ClusterFacts;
  /** Identities that earlier commands of the block fixed. */
  readonly bindings?: Bindings;
}

/** An expected line, and where it stands in the expected output. */
export interface Row {
  readonly index: number;
  readonly pattern: LinePattern;
}

/** An expected line that found its actual one. */
export interface Pair {
  /** Index into the expected output. */
  readonly expected: number;
  /** Index into the actual lines. */
  readonly actual: number;
  readonly pattern: LinePattern;
  /** The actual line, cut as the pattern's segments are. */
  readonly parts: readonly string[];
}

/** A line of a comparison: as expected and there, expected and not there, there and not expected. */
export interface DiffLine {
  readonly kind: 'same' | 'missing' | 'extra';
  readonly text: string;
}

/** Why an output is not what the page shows. */
export interface Mismatch {
  /** One sentence: which line, and the rule that did not match. */
  readonly message: string;
  readonly diff: readonly DiffLine[];
}

/** Lines that found their places, and the identities known from then on. */
export interface Fit {
  readonly pairs: readonly Pair[];
  readonly bindings: Bindings;
}

export type Verdict = ({ readonly fits: true } & Fit) | { readonly fits: false; readonly mismatch: Mismatch };

/** A comparison of one output: the rules of a mode see the expectation through it. */
export interface Comparison {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly facts: ClusterFacts;
  readonly bindings: Bindings;
  /** False once the search for a consistent assignment of lines took too long: the output counts as different then. */
  step(): boolean;
}

/** When all lines fit alone and no assignment fits together. */
export const CONTRADICTION = 'a value that stands twice in the block differs in the run';

/** True for a line that stands for any number of lines. */
export function isAnyLines(line: string | undefined): boolean {
  return line?.trim() === '...';
}

/** The expected lines at `indexes` that are not `...`, compiled. In tables blanks around a line do not count. */
export function rowsOf({ expected, facts }: Comparison, indexes: readonly number[], gaps: 'wide' | 'all'): Row[] {
  return indexes
    .filter((index) => !isAnyLines(expected[index]))
    .map((index) => {
      const line = expected[index] ?? '';
      return { index, pattern: compileLine(gaps === 'all' ? line.trim() : line, facts, gaps) };
    });
}

export function pairOf(row: Row, actual: number, match: LineMatch): Pair {
  return { expected: row.index, actual, pattern: row.pattern, parts: match.parts };
}

export function shorten(line: string): string {
  const plain = line.trim();
  return plain.length > 100 ? `${plain.slice(0, 100)}…` : plain;
}
