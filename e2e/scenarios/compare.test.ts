import { describe, expect, it } from 'vitest';
import { compareSequences } from './compare.ts';
import { sequencesOf } from './sequences.ts';
import { timelineOfLines } from './test-timelines.ts';

const RUN = [
  'pod crash | status | Pending 0/1',
  'pod crash | status | Running 1/1',
  'pod crash | events of kubelet | Started: Container started',
  'pod crash | status | Error 0/1',
  'pod crash | events of kubelet | Warning BackOff: Back-off restarting failed container',
];
const sequences = (lines: readonly string[]) => sequencesOf(timelineOfLines(...lines), []);
const recorded = sequences(RUN);
const failures = (lines: readonly string[]) =>
  compareSequences(recorded, sequences(lines)).flatMap(({ check, failure }) =>
    failure ? [{ check, ...failure }] : [],
  );

describe('compareSequences', () => {
  it('passes what went the same way, whatever happened to other objects in between', () => {
    expect(compareSequences(recorded, sequences(RUN)).map(({ failure }) => failure)).toEqual([undefined, undefined]);
    const later = [0, 1, 3, 2, 4].map((index) => RUN[index] ?? '');
    expect(failures(later)).toEqual([]);
  });

  it('fails a state that is missing', () => {
    expect(failures(RUN.toSpliced(1, 1))).toEqual([
      {
        check: 'pod crash: status',
        message: 'it went otherwise',
        diff: [
          { kind: 'same', text: '1 of them:' },
          { kind: 'same', text: '  Pending 0/1' },
          { kind: 'missing', text: '  Running 1/1' },
          { kind: 'same', text: '  Error 0/1' },
        ],
      },
    ]);
  });

  it('fails a state that was not there', () => {
    const [failure] = failures(RUN.toSpliced(3, 0, 'pod crash | status | Unknown 0/1'));
    expect(failure?.diff.filter(({ kind }) => kind !== 'same')).toEqual([{ kind: 'extra', text: '  Unknown 0/1' }]);
  });

  it('fails states in another order', () => {
    const [failure] = failures([RUN[1], RUN[0], RUN[2], RUN[3], RUN[4]].map((line) => line ?? ''));
    expect(failure?.check).toBe('pod crash: status');
  });

  it('fails another reason of an event', () => {
    const [failure] = failures(RUN.with(4, 'pod crash | events of kubelet | Warning Failed: Error'));
    expect(failure).toMatchObject({
      check: 'pod crash: events of kubelet',
      diff: [
        { kind: 'same' },
        { kind: 'same' },
        { kind: 'missing', text: '  Warning BackOff: Back-off restarting failed container' },
        { kind: 'extra', text: '  Warning Failed: Error' },
      ],
    });
  });

  it('fails what nothing is seen of, and what was never recorded', () => {
    expect(failures(RUN.filter((line) => !line.includes('events')))[0]?.message).toBe('nothing of it was seen');
    expect(failures([...RUN, 'pod other | status | Pending 0/1'])[0]?.message).toBe('it was not recorded');
  });

  it('fails when it happened to more objects, or to fewer', () => {
    const two = (id: string) => RUN.map((line) => line.replace('pod crash', `pod crash#${id}`));
    expect(failures([...two('1'), ...two('2')]).map(({ diff }) => diff[1])).toEqual(
      [
        { kind: 'extra', text: '2 of them:' },
        { kind: 'extra', text: '2 of them:' },
      ].map(() => expect.objectContaining({ kind: 'extra', text: '2 of them:' })),
    );
  });
});
