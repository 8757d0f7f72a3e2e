import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('reads what a person typed', () => {
  expect(readOptions(['--kubeconfig', 'k', '--only', 'get', '--only', 'logs', '--simulated'])).toEqual({
    kubeconfig: 'k',
    simulated: true,
    ours: false,
    record: false,
    only: ['get', 'logs'],
    workdir: undefined,
  });
  expect(readOptions(['--simulated'])).toMatchObject({ kubeconfig: undefined, simulated: true });
  expect(readOptions(['--help'])).toBe('help');
});

it.each([
  [[], '--kubeconfig FILE'],
  [['--kubeconfig', 'k', '--nothing'], '--nothing'],
  [['--kubeconfig', 'k', '--record', '--simulated'], 'on a real cluster'],
])('refuses %j', (args, problem) => {
  expect(() => readOptions(args)).toThrow(problem);
});
