import { describe, expect, it } from 'vitest';
import { sequencesOf } from './sequences.ts';
import { timelineOfLines } from './test-timelines.ts';

const states = (lines: readonly string[], optional: Parameters<typeof sequencesOf>[1] = []) =>
  sequencesOf(timelineOfLines(...lines), optional).map((each) => [each.check, each.count, ...each.states]);

describe('sequencesOf', () => {
  it('puts objects of one class that went the same way together', () => {
    const lines = ['pod a-*#1 | status | Pending', 'pod a-*#2 | status | Pending', 'pod a-*#2 | status | Running'];
    expect(states([...lines, 'pod a-*#3 | status | Pending'])).toEqual([
      ['pod a-*: status', 2, 'Pending'],
      ['pod a-*: status', 1, 'Pending', 'Running'],
    ]);
  });

  it('leaves out what may be missed, and what is the same again without it', () => {
    const optional = [{ object: 'pod *', track: 'status', value: 'Error *', reason: 'it may be missed at any time' }];
    const lines = ['Running 1/1', 'Error 0/1', 'Running 1/1', 'gone'].map((value) => `pod a | status | ${value}`);
    expect(states(lines, optional)).toEqual([['pod a: status', 1, 'Running 1/1', 'gone']]);
  });

  it('keeps of numbers where they turn', () => {
    const lines = [0, 1, 3, 4, 3, 4, 2, 1].map((value) => `deployment web | ready | ${value}`);
    expect(states(lines)).toEqual([['deployment web: ready', 1, '0', '4', '3', '4', '1']]);
  });

  it('names each event once, when it came first', () => {
    const lines = ['Pulled', 'Started', 'Pulled', 'BackOff', 'Started'].map(
      (value) => `pod a | events of kubelet | ${value}`,
    );
    expect(states(lines)).toEqual([['pod a: events of kubelet', 1, 'Pulled', 'Started', 'BackOff']]);
  });
});
