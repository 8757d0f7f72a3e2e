import { describe, expect, it } from 'vitest';
import { checkRules } from './rules.ts';
import { timelineOfLines } from './test-timelines.ts';

const UPDATE = timelineOfLines(
  'pod web-A-*#1 | status | Running 1/1',
  'pod web-B-*#2 | status | Pending 0/1',
  'pod web-B-*#2 | status | Running 1/1',
  'pod web-A-*#1 | status | Terminating 1/1',
  'pod web-A-*#1 | status | gone',
);
const status = (object: string, value: string) => ({ object, track: 'status', value });
const failureOf = (rule: object, from = 1) =>
  checkRules([{ says: 'so', from: 'update', ...rule }], UPDATE, new Map([['update', from]]))[0]?.failure?.message;

describe('checkRules', () => {
  it('counts objects at every moment', () => {
    const running = status('pod web-*', 'Running 1/1');
    expect(failureOf({ always: { ...running, atLeast: 1, atMost: 2 } })).toBeUndefined();
    expect(failureOf({ always: { ...running, atLeast: 2 } })).toMatch(/^there were 1 of/);
    expect(failureOf({ always: { ...running, atMost: 1 } })).toBe(
      'there were 2 of "pod web-*: status: Running 1/1" after "pod web-B-*: status: Running 1/1"',
    );
  });

  it('adds numbers up at every moment', () => {
    const desired = { object: 'replicaset web-*', track: 'desired', value: '*', sum: true };
    const timeline = timelineOfLines(
      'replicaset web-A#1 | desired | 4',
      'replicaset web-B#2 | desired | 1',
      'replicaset web-A#1 | desired | 3',
      'replicaset web-A#1 | status | gone',
    );
    const failure = (always: object) =>
      checkRules([{ says: 'so', always: { ...desired, ...always } }], timeline, new Map())[0]?.failure?.message;
    expect(failure({ atLeast: 1, atMost: 5 })).toBeUndefined();
    expect(failure({ atMost: 4 })).toMatch(/^there were 5 of "replicaset web-\*: desired: \*" after/);
    expect(failure({ atLeast: 3 })).toMatch(/^there were 1 of/);
  });

  it('does not count before its step, nor after its last one', () => {
    const none = { always: { ...status('pod web-B-*', 'Running 1/1'), atMost: 0 } };
    expect(failureOf(none)).toBeDefined();
    expect(failureOf(none, 5)).toBeUndefined();
    const begins = new Map([['after', 2]]);
    expect(checkRules([{ says: 'so', until: 'after', ...none }], UPDATE, begins)[0]?.failure).toBeUndefined();
  });

  it('wants each to come first before the next', () => {
    const [ready, goes] = [status('pod web-B-*', 'Running 1/1'), status('pod web-A-*', 'Terminating *')];
    expect(failureOf({ order: [ready, goes] })).toBeUndefined();
    expect(failureOf({ order: [goes, ready] })).toBe(
      '"pod web-B-*: status: Running 1/1" came before "pod web-A-*: status: Terminating *"',
    );
    expect(failureOf({ order: [ready, status('pod web-C-*', 'gone')] })).toBe('"pod web-C-*: status: gone" never came');
  });
});
