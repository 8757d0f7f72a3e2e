import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('reads what is asked for', () => {
    expect(readOptions(['--simulated', '--only', 'drain'])).toEqual({
      kind: undefined,
      record: false,
      runs: 3,
      only: ['drain'],
      workdir: undefined,
    });
    expect(readOptions(['--kind', 'cka', '--record', '--runs', '5'])).toMatchObject({
      kind: 'cka',
      record: true,
      runs: 5,
    });
    expect(readOptions(['-h'])).toBe('help');
  });

  it.each([
    [[], 'Say which cluster'],
    [['--kind', 'cka', '--simulated'], 'Say which cluster'],
    [['--simulated', '--record'], 'on a real cluster'],
    [['--kind', 'cka', '--runs', 'many'], 'a whole number above 0, not "many"'],
    [['--nonsense'], 'nonsense'],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
