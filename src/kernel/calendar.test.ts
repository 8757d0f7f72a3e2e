import { expect, test } from 'vitest';
import { calendarTime, klogTime, microTimestamp, nanoTimestamp, parseTime, syslogTime, timestamp } from './calendar.ts';

const time = Date.UTC(2026, 10, 3, 6, 5, 4, 321);

test('times are written as the API, logs and journals have them', () => {
  expect(timestamp(time)).toBe('2026-11-03T06:05:04Z');
  expect(microTimestamp(time)).toBe('2026-11-03T06:05:04.321000Z');
  expect(nanoTimestamp(time, 17)).toBe('2026-11-03T06:05:04.321000017Z');
  expect(syslogTime(time)).toBe('Nov 03 06:05:04');
  expect(klogTime(time)).toBe('1103 06:05:04.321000');
});

test('times are read, and what is none is not a number', () => {
  expect(parseTime('2026-11-03T06:05:04Z')).toBe(time - 321);
  expect(parseTime('soon')).toBeNaN();
});

test('a time has its parts', () => {
  expect(calendarTime(time)).toEqual({
    year: 2026,
    month: 11,
    day: 3,
    hour: 6,
    minute: 5,
    second: 4,
    millisecond: 321,
    weekday: 2,
  });
});
