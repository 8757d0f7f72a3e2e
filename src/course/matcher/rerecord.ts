import { type Expectation, isAnyLines, type Mismatch, type Pair } from './expectation.ts';
import { compileLine, type LinePattern, matchLine, noBindings } from './line-pattern.ts';
import { matchOutput } from './match-output.ts';

export type Rerecorded =
  | { readonly output: readonly string[]; readonly refused?: undefined }
  | { readonly refused: Mismatch; readonly output?: undefined };

const ELISION = '[..]';

/**
 * The output that a page should show after a run: the literal lines as printed, the author's elisions where they still align.
 * Refuses, with the comparison, where an elided output does not fit any longer: what to leave out is an author's choice.
 */
export function rerecord(expectation: Expectation, actual: readonly string[]): Rerecorded {
  const { output, match } = expectation;
  if (match === 'none') return { output };
  const verdict = matchOutput(expectation, actual);
  if (verdict.fits) {
    const pairs = new Map(verdict.pairs.map((pair) => [pair.expected, pair]));
    return { output: output.map((line, index) => renewed(line, pairs.get(index), actual)) };
  }
  const refused = { refused: verdict.mismatch };
  if (match === 'contains' || output.some(isAnyLines)) return refused;
  if (!output.some((line) => line.includes(ELISION))) return { output: actual };
  if (output.length !== actual.length) return refused;
  const lines = output.map((line, index) => realigned(line, actual[index] ?? '', expectation));
  return lines.every((line) => line !== undefined) ? { output: lines } : refused;
}

function renewed(line: string, pair: Pair | undefined, actual: readonly string[]): string {
  if (!pair) return line;
  const whole = actual[pair.actual] ?? '';
  return line.includes(ELISION) ? join(pair.pattern, pair.parts, whole) : whole;
}

/** A line of its own in an output that does not fit as a whole; undefined when its elisions do not fit. */
function realigned(line: string, actual: string, { facts, match }: Expectation): string | undefined {
  if (!line.includes(ELISION)) return actual;
  const isTable = match === 'table';
  const pattern = compileLine(isTable ? line.trim() : line, facts, isTable ? 'all' : 'wide');
  const found = matchLine(pattern, isTable ? actual.trim() : actual, noBindings);
  return found && join(pattern, found.parts, actual);
}

/** The actual line with the elisions of the pattern, its columns where the actual line has them. */
function join(pattern: LinePattern, parts: readonly string[], whole: string): string {
  const indent = whole.slice(0, whole.length - whole.trimStart().length);
  const indented = /^\s/.test(pattern.expected);
  let text = indented ? '' : indent;
  let column = text.length;
  let elided = false;
  for (const [index, segment] of pattern.segments.entries()) {
    const part = parts[index] ?? '';
    column += part.length;
    if (segment.kind === 'elision') {
      text += ELISION;
      elided = true;
    } else if (segment.kind === 'blanks' && elided && part.length > 1) {
      text += ' '.repeat(Math.max(2, column - text.length));
    } else text += part;
  }
  return text;
}
