import { expect, it } from 'vitest';
import { countsOf, formatResult } from './report.ts';
import { parseScenario } from './scenario.ts';

const scenario = parseScenario(`
name: one
about: pods
steps: [{ name: go, run: x, until: [{ object: pod a, value: Running 1/1 }] }]
differences: [{ check: 'pod a: phase', reason: 'this part is not simulated here' }]
`);
const failure = { message: 'it went otherwise', diff: [{ kind: 'missing', text: 'Running' } as const] };
const passes = (check: string) => ({ check, failure: undefined });

it('a declared difference is skipped on the simulated cluster, with its reason, and none on a real one', () => {
  const outcomes = [passes('pod a: status'), { check: 'pod a: phase', failure }];
  expect(countsOf([{ scenario, outcomes }], 'simulated')).toEqual({
    passed: 1,
    failed: 0,
    skipped: ['scenario one, pod a: phase: this part is not simulated here'],
  });
  expect(countsOf([{ scenario, outcomes }], 'real')).toEqual({ passed: 1, failed: 1, skipped: [] });
  expect(formatResult({ scenario, outcomes }, 'real', 1.25)).toBe(
    'one: 1 of 2 as recorded, 1.3 s\nFAILED one, pod a: phase: it went otherwise\n  - Running',
  );
});

it('a difference that is gone must not stay declared', () => {
  const result = { scenario, outcomes: [passes('pod a: status'), passes('pod a: phase')] };
  expect(countsOf([result], 'simulated')).toEqual({ passed: 2, failed: 1, skipped: [] });
  expect(formatResult(result, 'simulated', 1)).toContain('delete the declaration');
});
