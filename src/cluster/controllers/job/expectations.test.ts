import { expect, test } from 'vitest';
import { Expectations } from './expectations.ts';

test('what was made or deleted is waited for, up to five minutes; a finalizer is not', () => {
  const expectations = new Expectations();
  expectations.expect('job', 'a', 'creation', 0);
  expectations.expect('job', 'b', 'deletion', 0);
  expectations.expect('job', 'c', 'finalizer', 0);
  expect(expectations.areMet('job', 1000)).toBe(false);
  expect(expectations.areMet('other', 1000)).toBe(true);
  expectations.observed('job', 'a', 'creation');
  expect(expectations.areMet('job', 1000)).toBe(false);
  expect(expectations.areMet('job', 300_001)).toBe(true);
  expectations.observed('job', 'b', 'deletion', 'creation');
  expect(expectations.areMet('job', 1000)).toBe(true);
  expect(expectations.isFinalizerRemoved('job', 'c')).toBe(true);
  expectations.observed('job', 'c', 'finalizer');
  expect(expectations.isFinalizerRemoved('job', 'c')).toBe(false);
});
