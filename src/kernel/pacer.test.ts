import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';
import { Pacer, type WallClock } from './pacer.ts';

/** Real time that a test lets pass; tasks of the kernel may cost some of it. */
class FakeWall implements WallClock {
  #now = 0;
  #tasks: { at: number; task: () => void }[] = [];

  now(): number {
    return this.#now;
  }
  wait(milliseconds: number, task: () => void): { cancel(): void } {
    const entry = { at: this.#now + milliseconds, task };
    this.#tasks.push(entry);
    return { cancel: () => (this.#tasks = this.#tasks.filter((each) => each !== entry)) };
  }
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }
  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#tasks.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.#tasks = this.#tasks.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = Math.max(this.#now, until);
  }
}

const make = (speed?: number) => {
  const wall = new FakeWall();
  const kernel = new Kernel({ start: 0, seed: 1 });
  return { wall, kernel, pacer: new Pacer(kernel, wall, speed) };
};

describe('Pacer', () => {
  it('lets simulated time pass as real time does', () => {
    const { wall, kernel, pacer } = make();
    const times: number[] = [];
    kernel.every(100, () => times.push(wall.now()));
    pacer.start();
    wall.pass(350);
    expect(times).toEqual([100, 200, 300]);
  });
  it('faster, slower, and not at all', () => {
    const { wall, kernel, pacer } = make(10);
    let count = 0;
    kernel.every(100, () => (count += 1));
    pacer.start();
    wall.pass(100);
    expect(count).toBe(10);
    pacer.setSpeed(0.5);
    wall.pass(1_000);
    expect(count).toBe(15);
    pacer.stop();
    wall.pass(5_000);
    expect(count).toBe(15);
    pacer.start();
    wall.pass(200);
    expect(count).toBe(16);
  });
  it('does not catch up with a night of sleep', () => {
    const { wall, kernel, pacer } = make();
    let count = 0;
    kernel.every(100, () => (count += 1));
    pacer.start();
    wall.pass(100);
    wall.spend(8 * 3_600_000);
    wall.pass(100);
    expect(count).toBeLessThan(15);
  });
  it('gives the thread back in slices', () => {
    const { wall, kernel, pacer } = make();
    let left = 100;
    const work = () => {
      wall.spend(1);
      left -= 1;
      if (left > 0) kernel.soon(work);
    };
    kernel.soon(work);
    pacer.start();
    wall.pass(0);
    expect(left).toBe(92);
    wall.pass(200);
    expect(left).toBe(0);
  });
  it('runs at once what is scheduled from outside', () => {
    const { wall, kernel, pacer } = make();
    pacer.start();
    wall.pass(10);
    let ran = false;
    kernel.soon(() => (ran = true));
    pacer.poke();
    wall.pass(0);
    expect(ran).toBe(true);
  });
  it('refuses speeds that are none', () => {
    expect(() => make(0)).toThrow('time cannot pass 0 times as fast; stop it instead');
    expect(() => make().pacer.setSpeed(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});
