import { expect, test } from 'vitest';
import { WIDE } from '../cluster/profiles/wide.ts';
import { readOptions } from './options.ts';

test('without flags, the lessons’ cluster in real time on the usual port', () => {
  expect(readOptions([])).toEqual({
    port: 16443,
    folder: 'test-results/cluster',
    profile: undefined,
    keep: undefined,
    seed: 1,
    speed: 1,
    verbose: false,
    help: false,
  });
});

test('flags are read', () => {
  const args = [
    '--port',
    '0',
    '--folder=x',
    '--profile',
    'wide',
    '--seed',
    '7',
    '--speed',
    '0.5',
    '--verbose',
    '-h',
    '--keep=y',
  ];
  expect(readOptions(args)).toEqual({
    port: 0,
    folder: 'x',
    profile: WIDE,
    keep: 'y',
    seed: 7,
    speed: 0.5,
    verbose: true,
    help: true,
  });
});

test.each([
  [['--port', 'abc'], '--port is a whole number from 0 to 65535, not "abc".'],
  [['--port', ''], '--port is a whole number from 0 to 65535, not "".'],
  [['--port', '65536'], '--port is a whole number from 0 to 65535, not "65536".'],
  [['--port', '1e3'], '--port is a whole number from 0 to 65535, not "1e3".'],
  [['--seed', '1.5'], '--seed is a whole number from 0 to 9007199254740991, not "1.5".'],
  [['--speed', '0'], '--speed is a number above 0, and at most 1000, not "0".'],
  [['--speed', 'Infinity'], '--speed is a number above 0, and at most 1000, not "Infinity".'],
  [['--speed', 'fast'], '--speed is a number above 0, and at most 1000, not "fast".'],
  [['--profile', 'huge'], '--profile is lessons, wide or calico, not "huge".'],
  [['--keep', ''], '--keep is the name of a file, not "".'],
  [['--profile', 'constructor'], '--profile is lessons, wide or calico, not "constructor".'],
  [['--folder', ''], '--folder is the name of a folder, not "".'],
  [['--wrong'], "Unknown option '--wrong'."],
  [['--verbose=yes'], "Option '--verbose' does not take an argument."],
  [['--port'], "Option '--port <value>' argument missing."],
  [['--port', '-1'], "Option '--port' argument is ambiguous."],
  [['more'], "Unexpected argument 'more'."],
])('%j is refused with one sentence', (args, sentence) => {
  expect(() => readOptions(args)).toThrow(new Error(sentence));
});
