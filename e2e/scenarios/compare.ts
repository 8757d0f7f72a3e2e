import type { DiffLine } from '#course/matcher/expectation.ts';
import type { Sequence } from './sequences.ts';

/** What became of one check: an aspect of a class of objects, or a rule. */
export interface CheckOutcome {
  readonly check: string;
  readonly failure: { readonly message: string; readonly diff: readonly DiffLine[] } | undefined;
}

/** Compares what happened with what was recorded, aspect by aspect: every state in its order, for as many objects, and no other. */
export function compareSequences(recorded: readonly Sequence[], seen: readonly Sequence[]): readonly CheckOutcome[] {
  const checks = [...new Set([...recorded, ...seen].map(({ check }) => check))].sort();
  return checks.map((check) => {
    const expected = linesOf(recorded, check);
    const actual = linesOf(seen, check);
    if (expected.join('\n') === actual.join('\n')) return { check, failure: undefined };
    const message =
      expected.length === 0
        ? 'it was not recorded'
        : actual.length === 0
          ? 'nothing of it was seen'
          : 'it went otherwise';
    return { check, failure: { message, diff: diffOf(expected, actual) } };
  });
}

function linesOf(sequences: readonly Sequence[], check: string): readonly string[] {
  return sequences
    .filter((each) => each.check === check)
    .flatMap(({ count, states }) => [`${count} of them:`, ...states.map((state) => `  ${state}`)]);
}

/** What is the same at the begin and at the end, and between them what was expected and what was there. */
function diffOf(expected: readonly string[], actual: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(expected.length, actual.length);
  let begin = 0;
  while (begin < shorter && expected[begin] === actual[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && expected.at(-1 - end) === actual.at(-1 - end)) end += 1;
  const lines = (kind: DiffLine['kind'], texts: readonly string[]) => texts.map((text): DiffLine => ({ kind, text }));
  return [
    ...lines('same', expected.slice(0, begin)),
    ...lines('missing', expected.slice(begin, expected.length - end)),
    ...lines('extra', actual.slice(begin, actual.length - end)),
    ...lines('same', expected.slice(expected.length - end)),
  ];
}
