import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { Backoff } from './backoff.ts';

function backoff() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  return { kernel, waits: new Backoff(kernel, 10_000, 300_000) };
}

describe('a back-off', () => {
  it('doubles up to the longest', () => {
    const { kernel, waits } = backoff();
    const seen = [waits.get('a')];
    for (let i = 0; i < 7; i += 1) {
      waits.next('a', kernel.now);
      seen.push(waits.get('a'));
    }
    expect(seen).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    expect(waits.get('b')).toBe(0);
  });

  it('is over after its time', () => {
    const { kernel, waits } = backoff();
    expect(waits.isWaiting('a')).toBe(false);
    expect(waits.isWaitingSince('a', 0)).toBe(false);
    waits.next('a', 0);
    kernel.runFor(9_999);
    expect([waits.isWaiting('a'), waits.isWaitingSince('a', 0), waits.isWaitingSince('a', -1)]).toEqual([
      true,
      true,
      false,
    ]);
    kernel.runFor(1);
    expect([waits.isWaiting('a'), waits.isWaitingSince('a', 0)]).toEqual([false, false]);
  });

  it('begins anew after what went well for ten minutes', () => {
    const { kernel, waits } = backoff();
    waits.next('a', 0);
    waits.next('a', 0);
    kernel.runFor(600_000);
    waits.next('a', kernel.now);
    expect(waits.get('a')).toBe(40_000);
    kernel.runFor(600_001);
    expect(waits.isWaitingSince('a', kernel.now)).toBe(false);
    waits.next('a', kernel.now);
    expect(waits.get('a')).toBe(10_000);
  });
});
