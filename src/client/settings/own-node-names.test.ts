import { describe, expect, it } from 'vitest';
import { acceptNames, nameProblems } from './own-node-names.ts';

describe('acceptNames', () => {
  it('takes three names', () => {
    expect(acceptNames({ cp1: 'master', w1: 'a', w2: 'b' })).toEqual({ cp1: 'master', w1: 'a', w2: 'b' });
  });
  it('takes the pages’ own names for none', () => {
    expect(acceptNames({ cp1: 'cp1', w1: 'w1', w2: 'w2' })).toBeUndefined();
  });
  it.each([null, 'cp1', [], { cp1: 'a' }, { cp1: '<b>', w1: 'a', w2: 'b' }, { cp1: 1, w1: 'a', w2: 'b' }])(
    'refuses %j',
    (value) => {
      expect(acceptNames(value)).toBeUndefined();
    },
  );
});

describe('nameProblems', () => {
  it('has nothing against names of their own', () => {
    expect(nameProblems({ cp1: 'w1', w1: 'cp1', w2: 'w2' })).toEqual({});
  });
  it('names the field that cannot be a node', () => {
    expect(Object.keys(nameProblems({ cp1: '', w1: 'UP', w2: 'w2' }))).toEqual(['cp1', 'w1']);
  });
  it('refuses one name for two nodes', () => {
    expect(Object.keys(nameProblems({ cp1: 'a', w1: 'a', w2: 'b' }))).toEqual(['cp1', 'w1']);
  });
});
