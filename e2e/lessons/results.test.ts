import { describe, expect, it } from 'vitest';
import type { Lesson } from '#course/lesson.ts';
import { conservation, countBlocks, isProven, unaccounted, type WrittenResult } from './results.ts';
import type { BlockResult } from './runner/page-result.ts';

const lesson = (...ids: string[]) =>
  ({ slug: 'p', url: '/m/p/', blocks: ids.map((id) => ({ id })) }) as unknown as Lesson;
const block = (id: string, outcome: BlockResult['outcome'], reason?: string): BlockResult => ({
  id,
  outcome,
  seconds: 0,
  commands: [],
  ...(reason === undefined ? {} : { reason }),
});
const result = (blocks: BlockResult[], faults: string[] = []) =>
  ({ url: '/m/p/', file: 'p.mdx', seconds: 1, blocks, faults, clusterGone: false }) as unknown as WrittenResult;

describe('conservation', () => {
  it('wants every parsed block run, not applicable or skipped', () => {
    const whole = [
      [
        lesson('a', 'b', 'c', 'd'),
        result([block('a', 'passed'), block('b', 'failed'), block('c', 'skipped'), block('d', 'not applicable')]),
      ],
    ] as const;
    expect(conservation(whole)).toEqual([{ page: 'p', parsed: 4, run: 2, notApplicable: 1, skipped: 1 }]);
    expect(unaccounted(conservation(whole))).toEqual([]);
  });
  it('misses blocks that were not reached, that nobody knows of, and whole pages', () => {
    const lost = [
      [lesson('a', 'b'), result([block('a', 'passed'), block('b', 'not reached')])],
      [lesson('a', 'b'), result([block('a', 'passed')])],
      [lesson('a', 'b'), undefined],
    ] as const;
    expect(unaccounted(conservation(lost))).toEqual([
      'p: 2 blocks parsed, but 1 run + 0 not applicable + 0 skipped',
      'p: 2 blocks parsed, but 1 run + 0 not applicable + 0 skipped',
      'p: 2 blocks parsed, but 0 run + 0 not applicable + 0 skipped',
    ]);
  });
});

describe('countBlocks', () => {
  it('counts blocks, and pages that are wrong as a whole, once', () => {
    const some = [
      [
        lesson('a', 'b', 'c'),
        result(
          [block('a', 'passed'), block('b', 'skipped', 'needs a browser'), block('c', 'not reached')],
          ['a leftover'],
        ),
      ],
      [lesson('d'), undefined],
    ] as const;
    expect(countBlocks(some)).toEqual({ passed: 1, failed: 2, skipped: ['/m/p/#b: skipped, needs a browser'] });
  });
});

describe('isProven', () => {
  it('holds for a page without failures and faults only', () => {
    expect(isProven(result([block('a', 'passed'), block('b', 'not applicable')]))).toBe(true);
    expect(isProven(result([block('a', 'failed')]))).toBe(false);
    expect(isProven(result([block('a', 'not reached')]))).toBe(false);
    expect(isProven(result([block('a', 'passed')], ['a leftover']))).toBe(false);
    expect(isProven(undefined)).toBe(false);
  });
});
