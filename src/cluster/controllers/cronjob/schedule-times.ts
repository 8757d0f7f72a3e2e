import { parseTime } from '#kernel/calendar.ts';
import type { Schedule } from '../../api/kinds/batch/schedule.ts';
import type { CronJob } from '../../api/types/workloads.ts';

/** What a schedule says of a CronJob now. Times are in milliseconds since the epoch. */
export interface Missed {
  /** From when on starts count. */
  readonly earliest: number;
  /** The last time at which a Job should have been made; undefined for none. */
  readonly mostRecent: number | undefined;
  readonly missed: 'none' | 'few' | 'many';
  /** A schedule that has no times, as the 31st of February. */
  readonly error?: string;
}

/** More missed starts than that are told of. */
const MANY = 100;
/** Clocks differ (nextScheduleDelta). */
const DELTA = 100;

/** pkg/controller/cronjob.mostRecentScheduleTime */
export function mostRecentTime(cronJob: CronJob, schedule: Schedule, now: number, withDeadline: boolean): Missed {
  const { metadata, spec, status } = cronJob;
  let earliest = parseTime(status.lastScheduleTime ?? metadata.creationTimestamp);
  if (withDeadline && spec.startingDeadlineSeconds !== undefined) {
    earliest = Math.max(earliest, now - spec.startingDeadlineSeconds * 1000);
  }
  const first = schedule.next(earliest);
  const second = first === undefined ? undefined : schedule.next(first);
  if (first === undefined || second === undefined) {
    const error = 'time difference between two schedules is less than 1 second';
    return { earliest, mostRecent: undefined, missed: 'none', error };
  }
  if (now < first) return { earliest, mostRecent: undefined, missed: 'none' };
  if (now < second) return { earliest, mostRecent: first, missed: 'none' };
  const period = second - first;
  const count = Math.floor((now - first) / period) + 1;
  // One period before the last start by this reckoning: schedules need not be regular.
  let mostRecent: number | undefined;
  let time = schedule.next(first + (count - 2) * period);
  while (time !== undefined && time <= now) {
    mostRecent = time;
    time = schedule.next(time);
  }
  return { earliest, mostRecent, missed: count > MANY ? 'many' : 'few' };
}

/** How long until the next start, in milliseconds (nextScheduleTimeDuration). */
export function untilNext(cronJob: CronJob, schedule: Schedule, now: number): number | undefined {
  const { earliest, mostRecent, missed, error } = mostRecentTime(cronJob, schedule, now, false);
  const from = error !== undefined ? now : (mostRecent ?? (missed === 'none' ? earliest : now));
  const next = schedule.next(from);
  return next === undefined ? undefined : next + DELTA - now;
}
