import { describe, expect, it } from 'vitest';
import { closing, formatFailure, reportOf } from './report.ts';

const failure = {
  message: 'differs',
  diff: [{ kind: 'missing', text: 'a' } as const, { kind: 'extra', text: 'b' } as const],
};
const passed = (command: string) => ({ command, failure: undefined });
const failed = (command: string) => ({ command, failure });
const declared = (command: string) => ({ command, reason: 'this part is not simulated here' });

describe('reportOf', () => {
  it('counts what passed and what failed', () => {
    const report = reportOf([passed('a'), failed('b'), passed('c')], [], 100);
    expect(report.failed.map(({ command }) => command)).toEqual(['b']);
    expect(closing(report)).toBe('2 passed, 1 failed, 0 declared differences');
  });

  it('counts a declared difference neither as passed nor as failed', () => {
    const report = reportOf([passed('a'), failed('b')], [declared('b')], 100);
    expect(report.declared).toEqual([declared('b')]);
    expect(closing(report)).toBe('1 passed, 0 failed, 1 declared differences');
  });

  it('fails a declared difference that is gone', () => {
    const report = reportOf([passed('a'), passed('b')], [declared('b')], 100);
    expect(report.problems).toEqual(['"b" is declared as different, but it is the same: delete the declaration']);
    expect(closing(report)).toBe('2 passed, 1 failed, 0 declared differences');
  });

  it('says nothing of a declared difference that was not run', () => {
    expect(reportOf([passed('a')], [declared('b')], 100)).toMatchObject({ declared: [], problems: [] });
  });

  it('allows one in twenty to be declared, and no more', () => {
    const outcomes = ['a', 'b'].map(failed);
    expect(reportOf(outcomes, ['a', 'b'].map(declared), 40).problems).toEqual([]);
    expect(reportOf(outcomes, ['a', 'b'].map(declared), 39).problems).toEqual([
      '2 of 39 commands are declared as different; at most 5 % may be',
    ]);
  });
});

it('a failure shows the command, the recorded line and the one that came', () => {
  expect(formatFailure('list', 'kubectl get pods\n', failure)).toBe(
    'FAILED list: differs\n  $ kubectl get pods\n  - a\n  + b',
  );
});
