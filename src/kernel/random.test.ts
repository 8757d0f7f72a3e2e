import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  it('gives the same numbers for the same seed, and others for others', () => {
    const numbers = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => random.int(1_000_000));
    };
    expect(numbers(5)).toEqual(numbers(5));
    expect(new Set([1, 2, 3, 4, -1].map((seed) => numbers(seed).join())).size).toBe(5);
  });
  it('spreads evenly', () => {
    const random = new Random(1);
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index += 1) {
      const digit = random.int(10);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });
  it('goes on from a saved state', () => {
    const random = new Random(9);
    random.float();
    const state = random.save();
    const next = [random.float(), random.float()];
    const other = new Random(0);
    other.restore(state);
    expect([other.float(), other.float()]).toEqual(next);
  });
  it('shuffles without losing anything, and refuses to choose from nothing', () => {
    const random = new Random(3);
    expect(random.shuffled([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.int(1.5)).toThrow('no integer is below 1.5');
  });
});
