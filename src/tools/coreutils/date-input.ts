import { calendarTime, parseTime, timestamp } from '#kernel/calendar.ts';

const SPANS: Readonly<Record<string, number>> = {
  sec: 1_000,
  second: 1_000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** What `date -d` understands: `@1700000000`, `2026-11-23 06:00`, `yesterday`, `2 hours ago`; undefined for what is no date. */
export function parseDate(text: string, now: number): number | undefined {
  const { base, span: relative } =
    /^(?<base>.*\S)\s+(?<span>[-+]?\d+\s*[a-z]+(?:\s+ago)?)$/.exec(text.trim())?.groups ?? {};
  if (base !== undefined && relative !== undefined) {
    const start = parseDate(base, now);
    return start === undefined ? undefined : parseDate(relative, start);
  }
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'today') return trimmed === '' ? midnight(now) : now;
  if (trimmed === 'now') return now;
  if (trimmed === 'yesterday') return now - 86_400_000;
  if (trimmed === 'tomorrow') return now + 86_400_000;
  if (/^@-?\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed.slice(1)) * 1000;
  const { sign, count, unit, ago } =
    /^(?<sign>[-+])?\s*(?<count>\d+)\s*(?<unit>[a-z]+?)s?(?<ago>\s+ago)?$/.exec(trimmed)?.groups ?? {};
  const span = SPANS[unit ?? ''];
  if (span !== undefined) return now + Number(count) * span * ((sign === '-') !== (ago !== undefined) ? -1 : 1);
  if (/^\d{1,2}:\d{2}(?::\d{2})?$/.test(trimmed))
    return parseTime(`${timestamp(now).slice(0, 10)}T${trimmed.padStart(trimmed.length < 6 ? 5 : 8, '0')}Z`);
  const { date, time, zone } =
    /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(?<zone>Z|UTC|[-+]\d{2}:?\d{2})?$/.exec(
      trimmed,
    )?.groups ?? {};
  if (date === undefined) return undefined;
  const offset = zone === undefined || zone === 'UTC' ? 'Z' : zone.replace(/^([-+]\d{2})(\d{2})$/, '$1:$2');
  const parsed = parseTime(`${date}T${time ?? '00:00'}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function midnight(now: number): number {
  const { hour, minute, second, millisecond } = calendarTime(now);
  return now - ((hour * 60 + minute) * 60 + second) * 1000 - millisecond;
}
