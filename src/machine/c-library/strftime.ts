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
const DAY = 86_400_000;

/** A time as strftime(3) writes it in UTC, with GNU's flags `-`, `_`, `0`, `^` and its `%N`, `%s`. @param time milliseconds since the epoch */
export function formatTime(format: string, time: number): string {
  return format.replace(/%([-_0^]*)(\d*)([a-zA-Z%+])/g, (whole, flags: string, width: string, letter: string) => {
    const text = directive(letter, time);
    if (text === undefined) return whole;
    const isNumber = /^[ 0-9]+$/.test(text);
    let changed = text;
    if (flags.includes('-') && isNumber) changed = text.replace(/^[ 0]+(?=.)/, '');
    if (flags.includes('_') && isNumber) changed = text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    if (flags.includes('0') && isNumber) changed = text.replaceAll(' ', '0');
    if (flags.includes('^')) changed = text.toUpperCase();
    if (letter === 'N' && width !== '') return changed.slice(0, Number(width));
    return changed.padStart(Number(width), isNumber ? '0' : ' ');
  });
}

function directive(letter: string, time: number): string | undefined {
  const { year, month, day, hour, minute, second, millisecond, weekday } = calendarTime(time);
  const two = (number: number, fill = '0') => String(number).padStart(2, fill);
  const dayOfYear = Math.floor((time - startOfYear(time)) / DAY) + 1;
  const composed = COMPOSED[letter];
  if (composed !== undefined) return formatTime(composed, time);
  switch (letter) {
    case 'Y':
      return String(year);
    case 'C':
      return two(Math.floor(year / 100));
    case 'y':
      return two(year % 100);
    case 'm':
      return two(month);
    case 'd':
      return two(day);
    case 'e':
      return two(day, ' ');
    case 'H':
      return two(hour);
    case 'k':
      return two(hour, ' ');
    case 'I':
      return two(hour % 12 || 12);
    case 'l':
      return two(hour % 12 || 12, ' ');
    case 'M':
      return two(minute);
    case 'S':
      return two(second);
    case 'N':
      return `${String(millisecond).padStart(3, '0')}000000`;
    case 's':
      return String(Math.floor(time / 1000));
    case 'p':
      return hour < 12 ? 'AM' : 'PM';
    case 'P':
      return hour < 12 ? 'am' : 'pm';
    case 'A':
      return DAYS[weekday] ?? '';
    case 'a':
      return DAYS[weekday]?.slice(0, 3) ?? '';
    case 'B':
      return MONTHS[month - 1] ?? '';
    case 'b':
    case 'h':
      return MONTHS[month - 1]?.slice(0, 3) ?? '';
    case 'u':
      return String(weekday || 7);
    case 'w':
      return String(weekday);
    case 'j':
      return String(dayOfYear).padStart(3, '0');
    case 'U':
      return two(Math.floor((dayOfYear + 6 - weekday) / 7));
    case 'W':
      return two(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7));
    case 'q':
      return String(Math.ceil(month / 3));
    case 'Z':
      return 'UTC';
    case 'z':
      return '+0000';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '%':
      return '%';
    default:
      return undefined;
  }
}

const COMPOSED: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
};

function startOfYear(time: number): number {
  let start = time - (time % DAY);
  // Back over the months: the first of January is at most 365 days away.
  for (let date = calendarTime(start); date.month > 1 || date.day > 1; date = calendarTime(start))
    start -= date.day > 1 ? (date.day - 1) * DAY : DAY;
  return start;
}
