import { describe, expect, it } from 'vitest';
import type { Match } from '../block/block.ts';
import { rerecord } from './rerecord.ts';

const facts = { kubernetes: 'v1.36.4' };
const record = (match: Match, output: string[], actual: string[]) => rerecord({ match, output, facts }, actual);

describe('rerecord', () => {
  it('takes literal lines as printed', () => {
    expect(record('lines', ['pod/a created', 'AGE 5s'], ['pod/a created', 'AGE 7m'])).toEqual({
      output: ['pod/a created', 'AGE 7m'],
    });
    expect(record('lines', [], ['new'])).toEqual({ output: ['new'] });
    expect(record('table', ['NAME   AGE', 'a      5s'], ['NAME   AGE', 'b      5s'])).toEqual({
      output: ['NAME   AGE', 'b      5s'],
    });
  });
  it("keeps the author's elisions and the columns of the print", () => {
    expect(
      record(
        'table',
        ['ID              IMAGE   CREATED', '48d684760a877   [..]    5 minutes ago', '...'],
        ['ID              IMAGE           CREATED', '58d684760a877   0123456789abc   6 minutes ago', 'more'],
      ),
    ).toEqual({
      output: ['ID              IMAGE           CREATED', '58d684760a877   [..]            6 minutes ago', '...'],
    });
    expect(record('lines', ['  took = [..] in 5s'], ['  took = 3 in 6s'])).toEqual({ output: ['  took = [..] in 6s'] });
  });
  it('renews the other lines where an elided line still fits', () => {
    expect(record('lines', ['old', 'at [..]:53'], ['new', 'at 10.1.2.3:53'])).toEqual({
      output: ['new', 'at [..]:53'],
    });
  });
  it('refuses where elisions do not align, with the comparison', () => {
    expect(record('lines', ['an old one', '...'], ['a new one', 'x']).refused?.message).toBe(
      '"an old one": literal: "n old one" expected at column 2, not " new one"',
    );
    expect(record('contains', ['b'], ['a']).refused?.message).toBe('the line "b" is missing');
    expect(record('lines', ['at [..]:53'], ['at 10.1.2.3:54']).refused).toBeDefined();
  });
});
