import { calendarTime } from '#kernel/calendar.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Seconds since the epoch, in UTC. */
export function strftime(seconds: number, format: string): string {
  const { year, month, day, hour, minute, second, weekday } = calendarTime(Math.floor(seconds) * 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    '%': '%',
    A: DAYS[weekday] ?? '',
    B: MONTHS[month - 1] ?? '',
    F: `${year}-${two(month)}-${two(day)}`,
    H: two(hour),
    M: two(minute),
    S: two(second),
    T: `${two(hour)}:${two(minute)}:${two(second)}`,
    Y: String(year),
    Z: 'UTC',
    a: (DAYS[weekday] ?? '').slice(0, 3),
    b: (MONTHS[month - 1] ?? '').slice(0, 3),
    d: two(day),
    e: String(day).padStart(2),
    m: two(month),
    s: String(Math.floor(seconds)),
    y: two(year % 100),
    z: '+0000',
  };
  return format.replaceAll(/%(.)/g, (all, letter: string) => parts[letter] ?? all);
}
