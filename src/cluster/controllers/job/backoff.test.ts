import { expect, test } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import type { Pod } from '../../api/types/pod.ts';
import { NO_BACKOFF, nextBackoff, remainingBackoff } from './backoff.ts';

const START = parseTime('2026-11-23T06:00:00Z');

/** A Pod that ended so many seconds after the start. */
function ended(second: number): Pod {
  const finishedAt = new Date(START + second * 1000).toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', uid: `${second}`, resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [] },
    status: {
      containerStatuses: [
        {
          name: 'c',
          ready: false,
          restartCount: 0,
          image: '',
          imageID: '',
          state: { terminated: { exitCode: 1, finishedAt } },
        },
      ],
    },
  };
}

test('each failure doubles the wait, up to ten minutes', () => {
  const waits = [1, 2, 3, 6, 7, 9].map((failures) => remainingBackoff({ failures, lastFailure: START }, START) / 1000);
  expect(waits).toEqual([10, 20, 40, 320, 600, 600]);
  expect(remainingBackoff({ failures: 1, lastFailure: START }, START + 4000)).toBe(6000);
  expect(remainingBackoff({ failures: 1, lastFailure: START }, START + 11_000)).toBe(0);
  expect(remainingBackoff(NO_BACKOFF, START)).toBe(0);
});

test('a success forgets the failures before it', () => {
  const twice = nextBackoff({ failures: 1, lastFailure: START }, [], [ended(5)]);
  expect(twice).toEqual({ failures: 2, lastFailure: START + 5000 });
  expect(nextBackoff(twice, [ended(8)], [])).toEqual(NO_BACKOFF);
  expect(nextBackoff(twice, [ended(8)], [ended(7), ended(9)])).toEqual({ failures: 1, lastFailure: START + 9000 });
});
