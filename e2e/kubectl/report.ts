import type { Failure } from './judge.ts';
import type { Outcome } from './run-scenario.ts';
import type { Difference } from './scenario.ts';

/** At most this share of the commands may be declared as different. */
const DECLARED = 0.05;

/** A run, counted. */
export interface Report {
  readonly passed: number;
  readonly failed: readonly { readonly command: string; readonly failure: Failure }[];
  readonly declared: readonly Difference[];
  /** What is wrong with the declarations themselves; each is a failure. */
  readonly problems: readonly string[];
}

/**
 * Counts outcomes. A declared difference is no failure while it is there; one that is gone must not stay declared.
 *
 * @param declared what the side that is asked may answer differently: nothing, for a real cluster
 * @param commands how many commands the list has, run or not
 */
export function reportOf(outcomes: readonly Outcome[], declared: readonly Difference[], commands: number): Report {
  const differing = outcomes.flatMap(({ command, failure }) => (failure ? [{ command, failure }] : []));
  const declarationOf = (name: string) => declared.find((difference) => difference.command === name);
  const same = new Set(outcomes.flatMap(({ command, failure }) => (failure ? [] : [command])));
  const problems = declared
    .filter(({ command }) => same.has(command))
    .map(({ command }) => `"${command}" is declared as different, but it is the same: delete the declaration`);
  if (declared.length > commands * DECLARED) {
    problems.push(
      `${declared.length} of ${commands} commands are declared as different; at most ${DECLARED * 100} % may be`,
    );
  }
  return {
    passed: same.size,
    failed: differing.filter(({ command }) => declarationOf(command) === undefined),
    declared: differing.flatMap(({ command }) => declarationOf(command) ?? []),
    problems,
  };
}

/** How a line of a difference begins. */
export const MARKS = { same: ' ', missing: '-', extra: '+' } as const;

/** A failure as a person reads it: `-` the recorded answer, `+` this one. */
export function formatFailure(command: string, run: string, { message, diff }: Failure): string {
  const lines = diff.map(({ kind, text }) => `  ${MARKS[kind]} ${text}`);
  return [
    `FAILED ${command}: ${message}`,
    ...run
      .trim()
      .split('\n')
      .map((line) => `  $ ${line}`),
    ...lines,
  ].join('\n');
}

/** The closing line. */
export function closing({ passed, failed, declared, problems }: Report): string {
  return `${passed} passed, ${failed.length + problems.length} failed, ${declared.length} declared differences`;
}
