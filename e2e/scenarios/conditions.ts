import { Moment } from './moments.ts';
import { matches } from './patterns.ts';
import type { Condition } from './scenario.ts';
import type { Change } from './timeline.ts';

/** Which conditions are not met yet. @param since the revision at which the step began */
export function unmet(
  conditions: readonly Condition[],
  timeline: readonly Change[],
  since: number,
): readonly Condition[] {
  const moment = new Moment();
  for (const change of timeline) moment.apply(change);
  return conditions.filter((condition) => {
    if (condition.came !== undefined) {
      const came = timeline.filter((change) => change.revision > since && matches(condition, change));
      return new Set(came.map(({ id }) => id)).size < condition.came;
    }
    const count = moment.count(condition);
    return condition.now === undefined ? count === 0 : count !== condition.now;
  });
}
