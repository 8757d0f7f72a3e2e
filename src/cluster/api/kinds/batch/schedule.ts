import { calendarTime } from '#kernel/calendar.ts';

/** A schedule that cannot be read; the words are those of robfig/cron, which the CronJob controller uses. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const MINUTE = 60_000;
/** Beyond it a schedule has no next time: `0 0 31 2 *`. */
const HORIZON = 5 * 366 * 24 * 60 * MINUTE;

const SHORTHANDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Times by minute, hour, day of the month, month and day of the week, in UTC (robfig/cron, ParseStandard). */
export class Schedule {
  readonly #minutes: ReadonlySet<number>;
  readonly #hours: ReadonlySet<number>;
  readonly #days: ReadonlySet<number>;
  readonly #months: ReadonlySet<number>;
  readonly #weekdays: ReadonlySet<number>;
  /** Either day field is enough when both are given, and both are needed when one is a star. */
  readonly #eitherDay: boolean;
  readonly #every: number | undefined;

  /** @throws ScheduleError */
  constructor(text: string) {
    const every = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
    if (every) {
      const [, hours = '0', minutes = '0', seconds = '0'] = every;
      this.#every = Math.max(1, Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    }
    const fields = (every ? '* * * * *' : (SHORTHANDS[text] ?? text)).trim().split(/\s+/);
    if (text.startsWith('@') && !every && !(text in SHORTHANDS))
      throw new ScheduleError(`unrecognized descriptor: ${text}`);
    if (fields.length !== 5)
      throw new ScheduleError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
    const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
    this.#minutes = parseField(minute, 0, 59);
    this.#hours = parseField(hour, 0, 23);
    this.#days = parseField(day, 1, 31);
    this.#months = parseField(month, 1, 12, MONTHS);
    this.#weekdays = parseField(weekday, 0, 6, DAYS);
    this.#eitherDay = !/^[*?]/.test(day) && !/^[*?]/.test(weekday);
  }

  /** The first time after `time`, in milliseconds since the epoch; undefined when there is none within five years. */
  next(time: number): number | undefined {
    if (this.#every !== undefined) return Math.floor((time + this.#every) / 1000) * 1000;
    let candidate = Math.floor(time / MINUTE) * MINUTE + MINUTE;
    const end = time + HORIZON;
    while (candidate <= end) {
      const { month, day, weekday, hour, minute } = calendarTime(candidate);
      if (!this.#months.has(month) || !this.#isDay(day, weekday)) candidate += (24 * 60 - hour * 60 - minute) * MINUTE;
      else if (!this.#hours.has(hour)) candidate += (60 - minute) * MINUTE;
      else if (!this.#minutes.has(minute)) candidate += MINUTE;
      else return candidate;
    }
    return undefined;
  }

  #isDay(day: number, weekday: number): boolean {
    const [byDay, byWeekday] = [this.#days.has(day), this.#weekdays.has(weekday)];
    return this.#eitherDay ? byDay || byWeekday : byDay && byWeekday;
  }
}

function parseField(text: string, low: number, high: number, names: readonly string[] = []): ReadonlySet<number> {
  const result = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const isStar = range === '*' || range === '?';
    const [from = '', to] = isStar ? [`${low}`, `${high}`] : range.split('-');
    const first = parseNumber(from, low, names);
    const last = to !== undefined ? parseNumber(to, low, names) : step !== undefined ? high : first;
    const by = step === undefined ? 1 : parseNumber(step, low, []);
    if (by === 0) throw new ScheduleError(`step of range should be a positive number: ${part}`);
    if (first < low) throw new ScheduleError(`beginning of range (${first}) below minimum (${low}): ${part}`);
    if (last > high) throw new ScheduleError(`end of range (${last}) above maximum (${high}): ${part}`);
    if (first > last) throw new ScheduleError(`beginning of range (${first}) beyond end of range (${last}): ${part}`);
    for (let value = first; value <= last; value += by) result.add(value);
  }
  return result;
}

function parseNumber(text: string, low: number, names: readonly string[]): number {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return index + low;
  if (!/^\d+$/.test(text)) {
    throw new ScheduleError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}
