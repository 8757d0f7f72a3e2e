import { expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { Expectations } from './expectations.ts';

function start() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  return { kernel, expectations: new Expectations(kernel) };
}

test('are satisfied when all creations were seen', () => {
  const { expectations } = start();
  expect(expectations.areSatisfied('a')).toBe(true);
  expectations.expectCreations('a', 2);
  expectations.creationObserved('a');
  expect(expectations.areSatisfied('a')).toBe(false);
  expect(expectations.areSatisfied('b')).toBe(true);
  expectations.creationObserved('a');
  expect(expectations.areSatisfied('a')).toBe(true);
});

test('a deletion counts once, whatever is told of it, and only of a Pod that was expected to go', () => {
  const { expectations } = start();
  expectations.expectDeletions('a', ['ns/x', 'ns/y']);
  expectations.deletionObserved('a', 'ns/x');
  expectations.deletionObserved('a', 'ns/x');
  expectations.deletionObserved('a', 'ns/z');
  expect(expectations.areSatisfied('a')).toBe(false);
  expectations.deletionObserved('a', 'ns/y');
  expect(expectations.areSatisfied('a')).toBe(true);
});

test('what is not seen within five minutes is no longer waited for', () => {
  const { kernel, expectations } = start();
  expectations.expectCreations('a', 1);
  kernel.runFor(300_000);
  expect(expectations.areSatisfied('a')).toBe(false);
  kernel.runFor(1);
  expect(expectations.areSatisfied('a')).toBe(true);
});
