import { describe, expect, it } from 'vitest';
import { score } from './score.ts';

const task = (done: boolean, minutes: number) => ({ marks: 25, done, spent: minutes * 60_000 });
const verdict = (...attempts: ReturnType<typeof task>[]) => score(attempts, 10 * 60_000).verdict;

describe('score', () => {
  it('adds marks and time', () => {
    expect(score([task(true, 2), task(false, 3)], 600_000)).toMatchObject({ earned: 25, total: 50, spent: 300_000 });
  });
  it('gives full marks for everything in time only', () => {
    expect(verdict(task(true, 5), task(true, 5))).toBe('Full marks');
    expect(verdict(task(true, 5), task(true, 5.1))).toBe('Partial marks');
  });
  it('gives partial marks for a part, none for nothing', () => {
    expect(verdict(task(true, 1), task(false, 1))).toBe('Partial marks');
    expect(verdict(task(false, 1), task(false, 0))).toBe('Fail');
  });
  it('does not judge what was not begun', () => {
    expect(verdict(task(false, 0), task(false, 0))).toBe('Not begun');
    expect(score([], 0).verdict).toBe('Not begun');
  });
});
