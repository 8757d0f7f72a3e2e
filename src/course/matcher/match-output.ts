import type { Comparison, Expectation, Verdict } from './expectation.ts';
import { noBindings } from './line-pattern.ts';
import { matchContains } from './modes/contains.ts';
import { matchLines } from './modes/lines.ts';
import { matchTable } from './modes/table.ts';

const SEARCH_LIMIT = 200_000;

/**
 * Compares what a command printed with what its page shows.
 *
 * @param actual the lines that a terminal shows (`terminalLines`)
 */
export function matchOutput(expectation: Expectation, actual: readonly string[]): Verdict {
  let steps = 0;
  const comparison: Comparison = {
    expected: expectation.output,
    actual,
    facts: expectation.facts,
    bindings: expectation.bindings ?? noBindings,
    step: () => {
      steps += 1;
      return steps <= SEARCH_LIMIT;
    },
  };
  switch (expectation.match) {
    case 'none':
      return { fits: true, pairs: [], bindings: comparison.bindings };
    case 'lines':
      return matchLines(comparison);
    case 'contains':
      return matchContains(comparison);
    case 'table':
      return matchTable(comparison);
  }
}
