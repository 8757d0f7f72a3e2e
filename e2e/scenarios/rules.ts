import type { CheckOutcome } from './compare.ts';
import { Moment } from './moments.ts';
import { matches, type Pattern } from './patterns.ts';
import type { Rule } from './scenario.ts';
import type { Change } from './timeline.ts';

/** Revisions at which the steps of a scenario began. */
export type StepBegins = ReadonlyMap<string, number>;

/** Holds what happened against what a scenario says must be true across objects. */
export function checkRules(
  rules: readonly Rule[],
  timeline: readonly Change[],
  begins: StepBegins,
): readonly CheckOutcome[] {
  return rules.map((rule) => {
    const from = rule.from === undefined ? 0 : (begins.get(rule.from) ?? 0);
    const until = rule.until === undefined ? Number.POSITIVE_INFINITY : (begins.get(rule.until) ?? 0);
    const message = rule.always
      ? broken(rule.always, timeline, from, until)
      : disorder(rule.order ?? [], timeline, from);
    return { check: `rule: ${rule.says}`, failure: message === undefined ? undefined : { message, diff: [] } };
  });
}

function broken(
  always: NonNullable<Rule['always']>,
  timeline: readonly Change[],
  from: number,
  until: number,
): string | undefined {
  const moment = new Moment();
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = always;
  for (const change of timeline) {
    moment.apply(change);
    if (change.revision <= from || change.revision > until) continue;
    const count = always.sum ? moment.sum(always) : moment.count(always);
    if (count < atLeast || count > atMost) {
      return `there were ${count} of "${shown(always)}" after "${shown(change)}"`;
    }
  }
  return undefined;
}

function disorder(order: readonly Pattern[], timeline: readonly Change[], from: number): string | undefined {
  const later = timeline.filter(({ revision }) => revision > from);
  let last = -1;
  let before: Pattern | undefined;
  for (const pattern of order) {
    const index = later.findIndex((change) => matches(pattern, change));
    if (index < 0) return `"${shown(pattern)}" never came`;
    if (before !== undefined && index <= last) return `"${shown(pattern)}" came before "${shown(before)}"`;
    last = index;
    before = pattern;
  }
  return undefined;
}

function shown({ object, track, value }: Pattern): string {
  return `${object}: ${track}: ${value}`;
}
