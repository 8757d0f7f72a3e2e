import { expect, test } from 'vitest';
import { slowStart } from './slow-start.ts';

test('calls once for each index', () => {
  const calls: number[] = [];
  expect(slowStart(10, (index) => calls.push(index))).toEqual({ successes: 10, error: undefined });
  expect(calls).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(slowStart(0, () => calls.push(-1)).successes).toBe(0);
});

test('doubles its batches, and begins none after a failure', () => {
  const calls: number[] = [];
  const { successes, error } = slowStart(100, (index) => {
    calls.push(index);
    if (index === 4) throw new Error('quota');
  });
  // 1 + 2 + 4: the batch with the failure is done to its end.
  expect(calls).toHaveLength(7);
  expect(successes).toBe(6);
  expect(error).toEqual(new Error('quota'));
});

test('the first call alone says whether there is a point in more', () => {
  let calls = 0;
  slowStart(100, () => {
    calls += 1;
    throw new Error('no');
  });
  expect(calls).toBe(1);
});
