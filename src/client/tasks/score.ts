/** A task as the reader left it. */
export interface Attempt {
  readonly marks: number;
  readonly done: boolean;
  /** Milliseconds on its clock. */
  readonly spent: number;
}

export interface Score {
  readonly earned: number;
  readonly total: number;
  readonly spent: number;
  readonly verdict: 'Not begun' | 'Fail' | 'Partial marks' | 'Full marks';
}

/**
 * The drill's scale: full marks for all of it within the time allowed, partial marks for some of it or for too long a time.
 * Nothing found is a fail once a clock has run.
 */
export function score(attempts: readonly Attempt[], allowed: number): Score {
  const total = sum(attempts.map(({ marks }) => marks));
  const earned = sum(attempts.filter(({ done }) => done).map(({ marks }) => marks));
  const spent = sum(attempts.map((attempt) => attempt.spent));
  const verdict =
    earned === total && total > 0
      ? spent <= allowed
        ? 'Full marks'
        : 'Partial marks'
      : earned > 0
        ? 'Partial marks'
        : spent > 0
          ? 'Fail'
          : 'Not begun';
  return { earned, total, spent, verdict };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
