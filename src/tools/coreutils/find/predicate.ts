import type { Routine } from '#kernel/coroutine.ts';
import { matchesPattern } from '#machine/c-library/pattern.ts';
import type { Stats } from '#machine/file-system.ts';

/** A path that is looked at. */
export interface Visit {
  readonly path: string;
  readonly name: string;
  readonly stats: Stats;
  readonly depth: number;
}

/** What an action may do to the walk. */
export interface WalkControl {
  prune(path: string): void;
  quit(): void;
}

/** A test or an action: whether it holds; what was visited may be left out below. */
export type Predicate = (visit: Visit, walk: WalkControl) => Routine<boolean>;

/** A word that find does not know, or one that misses its argument. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export function test(holds: (visit: Visit, walk: WalkControl) => boolean): Predicate {
  // biome-ignore lint/correctness/useYield: it waits for nothing
  return function* (visit, walk) {
    return holds(visit, walk);
  };
}

export const always = test(() => true);

export function both(left: Predicate, right: Predicate): Predicate {
  return function* (visit, walk) {
    return (yield* left(visit, walk)) && (yield* right(visit, walk));
  };
}

export function either(left: Predicate, right: Predicate): Predicate {
  return function* (visit, walk) {
    return (yield* left(visit, walk)) || (yield* right(visit, walk));
  };
}

export function matches(pattern: string, text: string, ignoresCase: boolean): boolean {
  return ignoresCase ? matchesPattern(pattern.toLowerCase(), text.toLowerCase()) : matchesPattern(pattern, text);
}

/** `+3`, `-3`, `3` */
export function numberTest(text: string): (number: number) => boolean {
  const { sign, digits } = /^(?<sign>[-+]?)(?<digits>\d+)$/.exec(text)?.groups ?? {};
  if (digits === undefined) throw new ExpressionError(`invalid argument \`${text}'`);
  const wanted = Number(digits);
  return (number) => (sign === '+' ? number > wanted : sign === '-' ? number < wanted : number === wanted);
}

const UNITS: Readonly<Record<string, number>> = { b: 512, c: 1, w: 2, k: 1024, M: 1_048_576, G: 1_073_741_824 };

/** Sizes are rounded up to their unit. */
export function sizeTest(text: string): (visit: Visit) => boolean {
  const { amount = '', unit = 'b' } = /^(?<amount>[-+]?\d+)(?<unit>[bcwkMG])?$/.exec(text)?.groups ?? {};
  const compare = numberTest(amount);
  return ({ stats }) => compare(Math.ceil(stats.size / (UNITS[unit] ?? 512)));
}
