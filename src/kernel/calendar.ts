/** Calendar times of the simulated clock. Everything is in UTC, as on a node. Times are in milliseconds since the epoch. */

/** RFC 3339 to the second, `2026-11-23T06:00:00Z`: how the API writes times (metav1.Time). */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (last.second !== second) last = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return last.text;
}

/** Many things happen in the same second, and all are dated. */
let last = { second: Number.NaN, text: '' };

/** RFC 3339 to the microsecond, of Leases and of Events' eventTime (metav1.MicroTime). */
export function microTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}

/** RFC 3339 to the nanosecond, of container logs. @param nanoseconds what lies beyond the millisecond */
export function nanoTimestamp(milliseconds: number, nanoseconds = 0): string {
  const fraction = String((Math.floor(milliseconds) % 1000) * 1_000_000 + nanoseconds).padStart(9, '0');
  return `${timestamp(milliseconds).slice(0, 19)}.${fraction}Z`;
}

/** NaN for what is no time. */
export function parseTime(text: string): number {
  return Date.parse(text);
}

/** A time by its parts; `weekday` counts from Sunday, 0. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly weekday: number;
}

export function calendarTime(milliseconds: number): CalendarTime {
  const date = new Date(milliseconds);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    weekday: date.getUTCDay(),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Nov 23 06:00:00`, as journalctl begins its lines. */
export function syslogTime(milliseconds: number): string {
  const { month, day } = calendarTime(milliseconds);
  return `${MONTHS[month - 1]} ${String(day).padStart(2, '0')} ${timestamp(milliseconds).slice(11, 19)}`;
}

/** `1123 06:00:00.000000`, as klog begins its lines after the letter of the severity. */
export function klogTime(milliseconds: number): string {
  const iso = microTimestamp(milliseconds);
  return `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 26)}`;
}
