import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';
import { WorkQueue } from './work-queue.ts';

const make = (sync: (key: string) => void, more = {}) => {
  const kernel = new Kernel({ start: 0, seed: 1 });
  return { kernel, queue: new WorkQueue<string>(kernel, { sync, ...more }) };
};

describe('WorkQueue', () => {
  it('works on each key once, in order, however often it was added', () => {
    const worked: string[] = [];
    const { kernel, queue } = make((key) => worked.push(key));
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(queue.length).toBe(2);
    kernel.runFor(0);
    expect(worked).toEqual(['a', 'b']);
  });
  it('works again on a key that was added while it was worked on', () => {
    let count = 0;
    const { kernel, queue } = make((key) => {
      count += 1;
      if (count === 1) queue.add(key);
    });
    queue.add('a');
    kernel.runFor(0);
    expect(count).toBe(2);
  });
  it('lets other actors have their turn between keys', () => {
    const ran: string[] = [];
    const { kernel, queue } = make((key) => ran.push(key));
    queue.add('a');
    queue.add('b');
    kernel.soon(() => ran.push('other'));
    kernel.runFor(0);
    expect(ran).toEqual(['a', 'other', 'b']);
  });
  it('retries failures later and later, and forgets them after a success', () => {
    const times: number[] = [];
    const errors: string[] = [];
    const { kernel, queue } = make(
      (key) => {
        times.push(kernel.now);
        if (times.length < 5) throw new Error(`${key} ${times.length}`);
      },
      { onError: (_key: string, error: unknown) => errors.push((error as Error).message) },
    );
    queue.add('a');
    kernel.runFor(10_000);
    expect(times).toEqual([0, 5, 15, 35, 75]);
    expect(errors).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
    expect(queue.failures('a')).toBe(0);
  });
  it('does not wait longer than the longest back-off', () => {
    const times: number[] = [];
    const { kernel, queue } = make(
      () => {
        times.push(kernel.now);
        throw new Error('never');
      },
      { firstRetry: 1_000, longestRetry: 3_000 },
    );
    queue.add('a');
    kernel.runFor(10_000);
    expect(times).toEqual([0, 1_000, 3_000, 6_000, 9_000]);
  });
  it('keeps the earlier of two times', () => {
    const times: number[] = [];
    const { kernel, queue } = make(() => times.push(kernel.now));
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 70);
    queue.addAfter('b', 0);
    kernel.runFor(1_000);
    expect(times).toEqual([0, 50]);
  });
  it('does nothing once it is stopped', () => {
    const worked: string[] = [];
    const { kernel, queue } = make((key) => worked.push(key));
    queue.add('a');
    queue.addAfter('b', 10);
    queue.stop();
    queue.add('c');
    queue.addAfter('d', 10);
    kernel.runFor(100);
    expect(worked).toEqual([]);
  });
  it('is stopped by its own sync', () => {
    const { kernel, queue } = make(() => {
      queue.stop();
      throw new Error('ended');
    });
    queue.add('a');
    kernel.runFor(1_000_000);
    expect(queue.failures('a')).toBe(0);
  });
});
