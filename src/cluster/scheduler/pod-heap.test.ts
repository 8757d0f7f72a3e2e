import { describe, expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { PodHeap } from './pod-heap.ts';

interface Item {
  readonly key: string;
  readonly rank: number;
}

const heap = () => new PodHeap<Item>((one, other) => one.rank < other.rank);

function drained(from: PodHeap<Item>): readonly number[] {
  const ranks: number[] = [];
  for (let item = from.pop(); item; item = from.pop()) ranks.push(item.rank);
  return ranks;
}

describe('a heap of Pods', () => {
  it('gives the first one first, whatever came and went', () => {
    const random = new Random(7);
    const waiting = heap();
    const expected = new Map<string, number>();
    for (let step = 0; step < 2000; step += 1) {
      const key = `${random.int(200)}`;
      if (random.int(3) === 0) {
        expect(waiting.delete(key)).toBe(expected.delete(key));
      } else {
        const rank = random.int(1_000_000);
        waiting.add({ key, rank });
        expected.set(key, rank);
      }
    }
    expect(waiting.size).toBe(expected.size);
    for (const [key, rank] of expected) expect(waiting.get(key)?.rank).toBe(rank);
    expect(drained(waiting)).toEqual([...expected.values()].sort((one, other) => one - other));
    expect(waiting.size).toBe(0);
  });

  it('has nothing once it is cleared', () => {
    const waiting = heap();
    waiting.add({ key: 'a', rank: 1 });
    waiting.clear();
    expect([waiting.get('a'), waiting.pop(), waiting.size]).toEqual([undefined, undefined, 0]);
  });
});
