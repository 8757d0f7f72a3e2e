import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { headersOf, readHeaderRules } from './netlify-headers.ts';

const rules = [
  { for: '/*', values: { 'Cache-Control': 'max-age=0', 'X-A': '1' } },
  { for: '/_astro/*', values: { 'Cache-Control': 'immutable' } },
  { for: '/*.md', values: { 'Content-Type': 'text/markdown' } },
  { for: '/m/:page/', values: { 'X-Page': 'yes' } },
];

it('applies every rule that matches, the later over the earlier', () => {
  expect(Object.fromEntries(headersOf('/_astro/a.css', rules))).toEqual({ 'cache-control': 'immutable', 'x-a': '1' });
  expect(headersOf('/m/etcd/', rules).get('x-page')).toBe('yes');
  expect(headersOf('/m/a/b/', rules).get('x-page')).toBeUndefined();
  expect(headersOf('/m/etcd.md', rules).get('content-type')).toBe('text/markdown');
  expect(headersOf('/m/etcdxmd', rules).get('content-type')).toBeUndefined();
});

it('refuses a file whose rules do not fit, and names it', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'netlify-')), 'netlify.toml');
  await writeFile(file, '[[headers]]\nfor = "no-slash"\n[headers.values]\nA = "1"\n');
  await expect(readHeaderRules(file)).rejects.toThrow(file);
});

it('reads the project’s own file', async () => {
  const own = await readHeaderRules('netlify.toml');
  const policy = headersOf('/', own).get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
});
