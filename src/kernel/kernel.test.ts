import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';

const START = 1_000_000;
const make = (onError?: (error: unknown) => void) =>
  new Kernel({ start: START, seed: 1, ...(onError ? { onError } : {}) });

describe('Kernel', () => {
  it('runs what is ready in order, then timers by time and order, each at its time', () => {
    const kernel = make();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${kernel.now - START}`);
    kernel.after(20, note('late'));
    kernel.after(10, note('first of two'));
    kernel.after(10, note('second of two'));
    kernel.soon(() => {
      ran.push('a');
      kernel.soon(note('c'));
    });
    kernel.soon(note('b'));
    expect(kernel.runFor(15)).toBe(true);
    expect(ran).toEqual(['a', 'b@0', 'c@0', 'first of two@10', 'second of two@10']);
    expect(kernel.now).toBe(START + 15);
    kernel.runFor(5);
    expect(ran.at(-1)).toBe('late@20');
  });
  it('runs what a timer makes ready before the next timer', () => {
    const kernel = make();
    const ran: string[] = [];
    kernel.after(1, () => kernel.soon(() => ran.push('ready')));
    kernel.after(1, () => ran.push('timer'));
    kernel.runFor(1);
    expect(ran).toEqual(['ready', 'timer']);
  });
  it('cancels timers, also many, and twice', () => {
    const kernel = make();
    const ran: number[] = [];
    const timers = Array.from({ length: 500 }, (_, index) => kernel.after(index, () => ran.push(index)));
    for (const [index, timer] of timers.entries()) {
      if (index % 100 === 0) continue;
      timer.cancel();
      timer.cancel();
    }
    expect(timers[1]?.isPending).toBe(false);
    kernel.runFor(1_000);
    expect(ran).toEqual([0, 100, 200, 300, 400]);
    expect(timers[0]?.isPending).toBe(false);
    timers[0]?.cancel();
    expect(kernel.nextTimer).toBeUndefined();
  });
  it('repeats until it is cancelled, also from inside', () => {
    const kernel = make();
    let count = 0;
    const repeating = kernel.every(10, () => {
      count += 1;
      if (count === 3) repeating.cancel();
    });
    kernel.runFor(1_000);
    expect(count).toBe(3);
  });
  it('stops at its limits and goes on from there', () => {
    const kernel = make();
    let count = 0;
    for (let index = 0; index < 10; index += 1) kernel.after(index, () => (count += 1));
    expect(kernel.runFor(100, { isEnough: () => count === 4 })).toBe(false);
    expect(kernel.now).toBe(START + 3);
    expect(kernel.runUntil(START + 100)).toBe(true);
    expect(count).toBe(10);
  });
  it('waits for a condition, and knows when nothing can bring it about', () => {
    const kernel = make();
    let done = false;
    kernel.after(50, () => kernel.soon(() => (done = true)));
    expect(kernel.runUntilTrue(() => done, 20)).toBe(false);
    expect(kernel.now).toBe(START + 20);
    expect(kernel.runUntilTrue(() => done, 1_000)).toBe(true);
    expect(kernel.now).toBe(START + 50);
    expect(kernel.runUntilTrue(() => false, 1_000)).toBe(false);
    expect(kernel.now).toBe(START + 1_050);
  });
  it('hands errors to who asked for them, and goes on; else to who runs it', () => {
    const errors: unknown[] = [];
    const kernel = make((error) => errors.push(error));
    kernel.soon(() => {
      throw new Error('a');
    });
    let ran = false;
    kernel.soon(() => (ran = true));
    kernel.runFor(0);
    expect(errors).toHaveLength(1);
    expect(ran).toBe(true);
    const strict = make();
    strict.soon(() => {
      throw new Error('b');
    });
    expect(() => strict.runFor(0)).toThrow('b');
    expect(strict.runFor(0)).toBe(true);
  });
  it('refuses impossible times, and a task that runs the kernel', () => {
    const kernel = make();
    expect(() => kernel.after(-1, () => undefined)).toThrow('a timer cannot wait -1 ms');
    expect(() => kernel.after(Number.NaN, () => undefined)).toThrow(RangeError);
    expect(() => kernel.every(0, () => undefined)).toThrow(RangeError);
    kernel.soon(() => kernel.runFor(1));
    expect(() => kernel.runFor(0)).toThrow('a task cannot run the kernel that runs it');
  });
  it('lets go of what has run while it never comes to rest', () => {
    const kernel = make();
    let left = 20_000;
    const again = () => {
      left -= 1;
      if (left > 0) kernel.soon(again);
    };
    for (let index = 0; index < 10; index += 1) kernel.soon(again);
    kernel.runFor(0);
    expect(left).toBeLessThanOrEqual(0);
  });
  it('runs the same for the same seed', () => {
    const run = (seed: number) => {
      const kernel = new Kernel({ start: START, seed });
      const trace: string[] = [];
      const actor = (name: string) => () => {
        trace.push(`${name} ${kernel.now} ${kernel.random.int(1_000)}`);
        if (trace.length < 200) kernel.after(kernel.random.int(50), actor(name));
      };
      for (const name of ['a', 'b', 'c']) kernel.soon(actor(name));
      kernel.runFor(10_000);
      return trace.join('\n');
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });
});
