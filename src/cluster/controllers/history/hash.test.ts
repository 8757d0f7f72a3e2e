import { expect, test } from 'vitest';
import { canonicalJson, revisionHash, templateHash } from './hash.ts';
import { revisionData } from './revisions.ts';

const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } };

test('the same template has the same hash, however its members are ordered; another one, or another count, has not', () => {
  const hash = templateHash(TEMPLATE, undefined);
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  const { metadata, spec } = TEMPLATE;
  expect(templateHash({ spec, metadata }, undefined)).toBe(hash);
  const other = { metadata, spec: { containers: [{ name: 'web', image: 'nginx:2' }] } };
  expect(
    new Set([hash, templateHash(other, undefined), templateHash(TEMPLATE, 0), templateHash(TEMPLATE, 1)]).size,
  ).toBe(4);
});

test('JSON is written as Go writes a map', () => {
  const value = { b: 1, a: [true, null, 'x<y>&z'], c: undefined, ä: 'é' };
  expect(canonicalJson(value)).toBe('{"a":[true,null,"x\\u003cy\\u003e\\u0026z"],"b":1,"\u00c3\u00a4":"\u00c3\u00a9"}');
});

test('hashes are those of Go, hash/fnv and apimachinery, for the same bytes', () => {
  const command = ['sh', '-c', 'echo <é> && sleep 1'];
  const template = {
    metadata: { labels: { app: 'db' } },
    spec: { containers: [{ name: 'db', image: 'db:1', command }], terminationGracePeriodSeconds: 30 },
  };
  const data = revisionData(template);
  expect([revisionHash(data, 0), revisionHash(data, 1)]).toEqual(['56b76c69cf', '56b76c69cd']);
  const replaced = { ...template, $patch: 'replace' };
  expect([templateHash(replaced, undefined), templateHash(replaced, 300)]).toEqual(['848fc4879d', '58485b898f']);
});
