import { expect, test } from 'vitest';
import { Indexes } from './indexes.ts';

test('intervals are written as a status has them', () => {
  expect(`${Indexes.of([7, 1, 3, 4, 5])}`).toBe('1,3-5,7');
  expect(`${Indexes.of([0, 1])}`).toBe('0,1');
  expect(`${Indexes.none}`).toBe('');
});

test('what is read is what was written, within the completions', () => {
  expect(`${Indexes.parse('1,3-5,7', 100)}`).toBe('1,3-5,7');
  expect(`${Indexes.parse('0,1', 100)}`).toBe('0,1');
  expect(`${Indexes.parse('1,3-5,7', 5)}`).toBe('1,3,4');
  expect(`${Indexes.parse('1,x,3', 5)}`).toBe('1,3');
});

test('joined intervals count each index once', () => {
  const joined = Indexes.parse('1,3-5', 10).with([2, 4, 6]);
  expect(`${joined}`).toBe('1-6');
  expect(joined.total).toBe(6);
  expect([0, 1, 6, 7].map((index) => joined.has(index))).toEqual([false, true, true, false]);
});

test('the first that are missing', () => {
  expect(Indexes.parse('0,2-3,6', 10).missing(3, 8)).toEqual([1, 4, 5]);
  expect(Indexes.parse('0,2-3,6', 10).missing(9, 8)).toEqual([1, 4, 5, 7]);
  expect(Indexes.none.missing(2, 1)).toEqual([0]);
});
