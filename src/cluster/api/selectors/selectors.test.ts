import { describe, expect, test } from 'vitest';
import { parseFieldSelector } from './fields.ts';
import {
  checkLabelSelector,
  formatSelector,
  parseLabelSelector,
  SelectorError,
  selectorMatcher,
  setMatcher,
} from './labels.ts';

const web = { app: 'web', tier: 'front', level: '3' };

describe('label selectors of requests', () => {
  test.each([
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['gone', false],
    ['!gone', true],
    ['tier', true],
    ['level>2', true],
    ['level<2', false],
    ['other!=x', true],
    ['app=', false],
    ['', true],
  ])('%s', (text, fits) => {
    expect(parseLabelSelector(text)(web)).toBe(fits);
  });
  test.each(['app=web,', '=web', 'app in web', 'app in (web', 'a b', 'level>x', 'Bad Key=1', '-a=b'])(
    '%s is none',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(SelectorError);
    },
  );
});

test('selectors of objects', () => {
  expect(selectorMatcher(undefined)(web)).toBe(false);
  expect(selectorMatcher({})(web)).toBe(true);
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'tier', operator: 'NotIn' as const, values: ['back'] }],
  };
  expect(selectorMatcher(selector)(web)).toBe(true);
  expect(selectorMatcher(selector)({ ...web, tier: 'back' })).toBe(false);
  expect(formatSelector(selector)).toBe('app=web,tier notin (back)');
  expect(setMatcher({})(web)).toBe(false);
  expect(setMatcher({ app: 'web' })(web)).toBe(true);
});

test('a selector that says too little is refused', () => {
  const errors = checkLabelSelector({ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }, 'spec.selector');
  expect(errors).toMatchObject([{ field: 'spec.selector.matchExpressions[0].values', type: 'FieldValueRequired' }]);
});

test('field selectors', () => {
  expect(parseFieldSelector('status.phase=Running,spec.nodeName!=w1')).toEqual([
    { field: 'status.phase', value: 'Running', isEqual: true },
    { field: 'spec.nodeName', value: 'w1', isEqual: false },
  ]);
  expect(parseFieldSelector('a=x\\,y')).toEqual([{ field: 'a', value: 'x,y', isEqual: true }]);
  expect(() => parseFieldSelector('nothing')).toThrow("invalid selector: 'nothing'; can't understand 'nothing'");
});
