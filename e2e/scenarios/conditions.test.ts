import { describe, expect, it } from 'vitest';
import { unmet } from './conditions.ts';
import { timelineOfLines } from './test-timelines.ts';

const TIMELINE = timelineOfLines(
  'pod a-*#1 | status | Running 1/1',
  'pod a-*#2 | status | Pending 0/1',
  'pod a-*#2 | events of kubelet | Started: Container started',
  'pod a-*#2 | status | Running 1/1',
  'pod a-*#1 | status | gone',
);
const isMet = (condition: object, since = 0) =>
  unmet([{ object: 'pod a-*', track: 'status', value: 'Running *', ...condition }], TIMELINE, since).length === 0;

describe('unmet', () => {
  it('waits for objects that are so now', () => {
    expect(isMet({})).toBe(true);
    expect(isMet({ now: 1 })).toBe(true);
    expect(isMet({ now: 2 })).toBe(false);
    expect(isMet({ value: 'Pending *' })).toBe(false);
  });

  it('waits until nothing is left', () => {
    expect(isMet({ value: '*', now: 0 })).toBe(false);
    expect(isMet({ object: 'pod b-*', value: '*', now: 0 })).toBe(true);
  });

  it('waits for what came since the step began', () => {
    expect(isMet({ came: 2 })).toBe(true);
    expect(isMet({ came: 2 }, 1)).toBe(false);
    expect(isMet({ track: 'events of kubelet', value: 'Started: *', came: 1 }, 2)).toBe(true);
    expect(isMet({ track: 'events of kubelet', value: 'Started: *', came: 1 }, 3)).toBe(false);
  });
});
