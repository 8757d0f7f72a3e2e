import { type Counts, total } from '../../scripts/test/step.ts';
import { MARKS } from '../kubectl/report.ts';
import type { ScenarioResult } from './prove.ts';

/** Whether differences may be declared: a real cluster has none. */
export type Side = 'real' | 'simulated';

/** What scenarios came to, counted: a check each; a declared difference counts as skipped, with its reason. */
export function countsOf(results: readonly ScenarioResult[], side: Side): Counts {
  return total(results.map((result) => countScenario(result, side)));
}

function countScenario({ scenario, outcomes }: ScenarioResult, side: Side): Counts {
  const declared = side === 'simulated' ? scenario.differences : [];
  const declarationOf = (check: string) => declared.find((difference) => difference.check === check);
  const failed = outcomes.filter(({ check, failure }) => failure && !declarationOf(check));
  const skipped = outcomes.flatMap(({ check, failure }) => (failure ? (declarationOf(check) ?? []) : []));
  return {
    passed: outcomes.filter(({ failure }) => failure === undefined).length,
    failed: failed.length + staleDeclarations({ scenario, outcomes }, side).length,
    skipped: skipped.map(({ check, reason }) => `scenario ${scenario.name}, ${check}: ${reason}`),
  };
}

/** Declarations of what is the same, or of what there is not. */
function staleDeclarations({ scenario, outcomes }: ScenarioResult, side: Side): readonly string[] {
  if (side === 'real') return [];
  return scenario.differences
    .filter(({ check }) => !outcomes.some((outcome) => outcome.check === check && outcome.failure))
    .map(({ check }) => `"${check}" is declared as different, but it is not: delete the declaration`);
}

/** A scenario as a person reads it: one line, then each failure; `-` is what was recorded, `+` what happened. */
export function formatResult(result: ScenarioResult, side: Side, seconds: number): string {
  const { scenario, outcomes } = result;
  const declared = side === 'simulated' ? scenario.differences.map(({ check }) => check) : [];
  const same = outcomes.filter(({ failure }) => failure === undefined).length;
  return [
    `${scenario.name}: ${same} of ${outcomes.length} as recorded, ${seconds.toFixed(1)} s`,
    ...outcomes.flatMap(({ check, failure }) =>
      failure && !declared.includes(check)
        ? [
            `FAILED ${scenario.name}, ${check}: ${failure.message}`,
            ...failure.diff.map(({ kind, text }) => `  ${MARKS[kind]} ${text}`),
          ]
        : [],
    ),
    ...staleDeclarations(result, side).map((problem) => `FAILED ${scenario.name}: ${problem}`),
  ].join('\n');
}
