import { describe, expect, it } from 'vitest';
import { Fifo } from './fifo.ts';

describe('Fifo', () => {
  it('gives what came first, however many wait', () => {
    const queue = new Fifo<number>();
    for (let each = 0; each < 5_000; each += 1) queue.push(each);
    for (let each = 0; each < 3_000; each += 1) expect(queue.take()).toBe(each);
    expect(queue.length).toBe(2_000);
    queue.push(5_000);
    queue.putBack(-1);
    expect(queue.take()).toBe(-1);
    expect(queue.takeAll()).toEqual(Array.from({ length: 2_001 }, (_, index) => 3_000 + index));
    expect(queue.length).toBe(0);
    expect(() => queue.take()).toThrow('nothing waits');
  });

  it('keeps what is undefined', () => {
    const queue = new Fifo<string | undefined>();
    queue.push(undefined);
    expect(queue.length).toBe(1);
    expect(queue.take()).toBeUndefined();
  });
});
