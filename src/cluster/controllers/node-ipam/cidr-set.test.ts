import { expect, test } from 'vitest';
import { CidrSet, overlap } from './cidr-set.ts';

test('parts are given in order, and those in use are left out', () => {
  const set = new CidrSet('10.244.0.0/16', 24);
  set.occupy('10.244.1.0/24');
  expect([set.allocate(), set.allocate()]).toEqual(['10.244.0.0/24', '10.244.2.0/24']);
  expect(() => set.occupy('10.96.0.0/12')).toThrow('out the range');
});

test('a part that was given back comes last; when none is left the words say so', () => {
  const set = new CidrSet('10.0.0.0/30', 32);
  const given = [set.allocate(), set.allocate()];
  set.release(given[0] ?? '');
  expect([set.allocate(), set.allocate(), set.allocate()]).toEqual(['10.0.0.2/32', '10.0.0.3/32', '10.0.0.0/32']);
  expect(() => set.allocate()).toThrow(/no remaining CIDRs left/);
});

test('a larger network occupies all its parts', () => {
  const set = new CidrSet('10.244.0.0/16', 24);
  set.occupy('10.244.0.0/22');
  expect(set.allocate()).toBe('10.244.4.0/24');
});

test('networks overlap or not', () => {
  expect(overlap('10.244.0.0/16', '10.96.0.0/12')).toBe(false);
  expect(overlap('10.0.0.0/8', '10.96.0.0/12')).toBe(true);
});
