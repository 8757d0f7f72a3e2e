import { describe, expect, it } from 'vitest';
import { acceptDone, doneIn, toggle } from './progress.ts';

describe('progress', () => {
  it('takes a list of lessons and leaves out what is none', () => {
    expect(acceptDone(['a/b', 7, 'x', '../etc/x', 'a/c'])).toEqual(new Set(['a/b', 'a/c']));
    expect(acceptDone({})).toBeUndefined();
  });
  it('marks and unmarks without touching the former set', () => {
    const first = new Set(['a/b']);
    expect(toggle(first, 'a/c')).toEqual(new Set(['a/b', 'a/c']));
    expect(toggle(first, 'a/b')).toEqual(new Set());
    expect(first).toEqual(new Set(['a/b']));
  });
  it('counts by module, never more than there are', () => {
    const done = new Set(['a/b', 'a/c', 'ab/c']);
    expect(doneIn(done, 'a', 13)).toBe(2);
    expect(doneIn(done, 'a', 1)).toBe(1);
    expect(doneIn(done, 'b', 5)).toBe(0);
  });
});
