import { describe, expect, it } from 'vitest';
import { face, fresh, milestone, pause, spent, start } from './countdown.ts';

describe('countdown', () => {
  it('counts while it runs and stands while it is paused', () => {
    const running = start(fresh, 1000);
    expect(spent(running, 4000)).toBe(3000);
    const standing = pause(running, 4000);
    expect(spent(standing, 9000)).toBe(3000);
    expect(spent(start(standing, 9000), 10_000)).toBe(4000);
  });
  it('does not begin again when it is started twice', () => {
    expect(spent(start(start(fresh, 0), 500), 1000)).toBe(1000);
  });
  it('never runs backwards', () => {
    expect(spent(start(fresh, 5000), 4000)).toBe(0);
  });
});

describe('face', () => {
  it.each([
    [120_000, '2:00'],
    [119_001, '2:00'],
    [119_000, '1:59'],
    [1, '0:01'],
    [0, '0:00'],
    [-999, '0:00'],
    [-1000, '+0:01'],
    [-61_500, '+1:01'],
  ])('shows %i ms as %s', (left, shown) => {
    expect(face(left)).toBe(shown);
  });
});

describe('milestone', () => {
  it('speaks once at a minute and once at the end', () => {
    expect(milestone(61_000, 60_000)).toBe('One minute left');
    expect(milestone(60_000, 59_000)).toBeUndefined();
    expect(milestone(1000, 0)).toMatch(/^Time is up/);
    expect(milestone(0, -1000)).toBeUndefined();
  });
});
