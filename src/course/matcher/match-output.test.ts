import { describe, expect, it } from 'vitest';
import type { Match } from '../block/block.ts';
import { matchOutput } from './match-output.ts';

const facts = { kubernetes: 'v1.36.4' };
const compare = (match: Match, output: string, actual: string) =>
  matchOutput({ output: lines(output), match, facts }, lines(actual));
const lines = (text: string) => (text === '' ? [] : text.split('\n'));
const messageOf = (match: Match, output: string, actual: string) => {
  const verdict = compare(match, output, actual);
  return verdict.fits ? undefined : verdict.mismatch.message;
};

describe('match=lines', () => {
  it('wants the whole output, in order', () => {
    expect(compare('lines', 'a\nb', 'a\nb').fits).toBe(true);
    expect(messageOf('lines', 'a\nb', 'b\na')).toBeDefined();
    expect(messageOf('lines', 'a\nb', 'a')).toBe('the line "b" is missing');
    expect(messageOf('lines', 'a', 'a\nb')).toBe('the line "b" is not expected');
  });
  it('wants silence where the page shows none', () => {
    expect(compare('lines', '', '').fits).toBe(true);
    expect(messageOf('lines', '', 'error: no')).toBe('nothing should be printed');
  });
  it('leaves out any number of lines at "..." and any text at "[..]"', () => {
    expect(compare('lines', 'a\n...\nz', 'a\nb\nc\nz').fits).toBe(true);
    expect(compare('lines', 'a\n...\nz', 'a\nz').fits).toBe(true);
    expect(compare('lines', 'a\n...\nz', 'a\nb\nc').fits).toBe(false);
    expect(compare('lines', 'to [..]:53', 'to 10.244.0.2:53').fits).toBe(true);
    expect(compare('lines', 'to [..]:53', 'to 10.244.0.2:54').fits).toBe(false);
  });
  it('does not mind how wide a gap between columns is, but minds indentation and words', () => {
    expect(compare('lines', 'NAME   STATUS', 'NAME          STATUS').fits).toBe(true);
    expect(compare('lines', '    - --leader-elect=true', '  - --leader-elect=true').fits).toBe(false);
    expect(compare('lines', 'no such file', 'no  such file').fits).toBe(false);
  });
  it('names the rule that did not match, with a diff', () => {
    const verdict = compare('lines', 'w1   Ready   5s\nw2   Ready   5s', 'w1   Ready   6s\nw2   Ready   soon');
    expect(verdict).toMatchObject({
      fits: false,
      mismatch: {
        message: '"w2   Ready   5s": rule "age" does not accept "soon"',
        diff: [
          { kind: 'same', text: 'w1   Ready   6s' },
          { kind: 'missing', text: 'w2   Ready   5s' },
          { kind: 'extra', text: 'w2   Ready   soon' },
        ],
      },
    });
  });
  it('names the column where a literal differs', () => {
    expect(messageOf('lines', 'READY 1/1 x', 'READY 0/1 x')).toBe(
      '"READY 1/1 x": literal: "1/1 x" expected at column 7, not "0/1 x"',
    );
  });
  it('takes the version from the cluster', () => {
    const on = (kubernetes: string, actual: string) =>
      matchOutput(
        { output: ['cp1   Ready   v1.36.4', '  "minor": "36",'], match: 'lines', facts: { kubernetes } },
        lines(actual),
      ).fits;
    expect(on('v1.36.9', 'cp1   Ready   v1.36.9\n  "minor": "36",')).toBe(true);
    expect(on('v1.35.2', 'cp1   Ready   v1.35.2\n  "minor": "35",')).toBe(true);
    expect(on('v1.36.9', 'cp1   Ready   v1.36.4\n  "minor": "36",')).toBe(false);
  });
  it('wants a value that stands twice to be equal in both places', () => {
    const shown = 'pod/web-7887448d46-gp27q created\npod/web-7887448d46-gp27q deleted';
    expect(compare('lines', shown, shown.replaceAll('gp27q', 'zzzzz')).fits).toBe(true);
    expect(messageOf('lines', shown, shown.replace('gp27q', 'zzzzz'))).toBe(
      'a value that stands twice in the block differs in the run',
    );
    const two = 'pod/kindnet-4bhhw\npod/kindnet-8tds7';
    expect(compare('lines', two, 'pod/kindnet-zzzzz\npod/kindnet-zzzzz').fits).toBe(false);
  });
  it('gives up on an output without end', () => {
    const many = Array.from({ length: 3000 }, () => 'x').join('\n');
    expect(compare('lines', '...\nx\n...\nx\n...\ny', many).fits).toBe(false);
  });
});

describe('match=table', () => {
  const table = 'NAME   READY   AGE\na      1/1     5s\nb      1/1     5s';
  it('takes rows in any order and columns of any width', () => {
    expect(compare('table', table, 'NAME       READY   AGE\nb          1/1     7m\na          1/1     5s').fits).toBe(
      true,
    );
  });
  it('wants the header, every row, and no other row', () => {
    expect(messageOf('table', table, 'a 1/1 5s\nb 1/1 5s')).toBeDefined();
    expect(messageOf('table', table, 'NAME   READY   AGE\na      1/1     5s')).toBe(
      'the row "b      1/1     5s" is missing',
    );
    expect(messageOf('table', table, `${table}\nc      1/1     5s`)).toBe(
      'the row "c      1/1     5s" is not expected',
    );
    expect(messageOf('table', table, table.replace('b      1/1', 'b      0/1'))).toBe(
      '"b      1/1     5s": literal: "1/1" expected at column 8, not "0/1     5s"',
    );
    expect(messageOf('table', table, table.replace('READY', 'STATE'))).toBeDefined();
  });
  it('leaves rows out at "..."', () => {
    expect(compare('table', `${table}\n...`, `${table}\nc      0/1     5s`).fits).toBe(true);
    expect(compare('table', `${table}\n...`, 'NAME   READY   AGE\nc      1/1     5s').fits).toBe(false);
  });
  it('does not let one row stand for two', () => {
    expect(compare('table', 'kindnet-4bhhw   1/1\nkindnet-8tds7   1/1', 'kindnet-zzzzz   1/1').fits).toBe(false);
  });
  it('compares paragraph by paragraph', () => {
    const two = 'KIND   NAME\na      x\n\nKIND   NAME\nb      y';
    expect(compare('table', two, two).fits).toBe(true);
    expect(messageOf('table', two, 'KIND   NAME\na      x')).toBe('2 paragraphs expected, 1 printed');
    expect(compare('table', two, 'KIND   NAME\nb      y\n\nKIND   NAME\na      x').fits).toBe(false);
  });
});

describe('match=contains', () => {
  it('wants these lines, in this order, among others', () => {
    expect(compare('contains', 'b\nd', 'a\nb\nc\nd').fits).toBe(true);
    expect(messageOf('contains', 'b\nd', 'a\nd\nb')).toBe('the line "d" is not where it is expected, or not as often');
    expect(messageOf('contains', 'b\nx y', 'a\nb\nx z')).toBe('"x y": literal: "y" expected at column 3, not "z"');
    expect(messageOf('contains', 'b\nmissing', 'a\nb')).toBe('the line "missing" is missing');
  });
  it('wants as many lines as are shown', () => {
    expect(compare('contains', 'a\na', 'a').fits).toBe(false);
  });
});

describe('match=none', () => {
  it('accepts anything', () => {
    expect(compare('none', '', 'whatever').fits).toBe(true);
  });
});
