import { calendarTime, parseTime } from '#kernel/calendar.ts';
import { DESCRIPTION, tabulate } from '../printers/tab-writer.ts';

/** Lines of a description, two blanks a level; tabs set what stands behind them in columns (kubectl, PrefixWriter). */
export class Description {
  #text = '';

  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${text}\n`;
  }

  /** `Label:` and its values one below the other; `<none>` without any. */
  list(level: number, label: string, values: readonly string[]): void {
    if (values.length === 0) this.line(level, `${label}:\t<none>`);
    values.forEach((value, index) => {
      if (index === 0) this.line(level, `${label}:\t${value}`);
      else this.line(0, `\t${value}`);
    });
  }

  /** Before it is set in columns. */
  get raw(): string {
    return this.#text;
  }

  toString(): string {
    return tabulate(this.#text, DESCRIPTION);
  }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon, 23 Nov 2026 12:17:55 +0000` (RFC 1123) */
export function longTime(text: string | null | undefined): string {
  const milliseconds = text ? parseTime(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const { year, month, day, hour, minute, second, weekday } = calendarTime(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${WEEKDAYS[weekday]}, ${two(day)} ${MONTHS[month - 1]} ${year} ${two(hour)}:${two(minute)}:${two(second)} +0000`;
}

/** `true` as Go prints it. */
export function orUnset(value: unknown): string {
  return value === undefined || value === null ? '<unset>' : String(value);
}
