import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Site, serveSite } from './serve.ts';

let site: Site;
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'site-'));
  await mkdir(join(dir, 'm/etcd'), { recursive: true });
  await mkdir(join(dir, '_astro'));
  await writeFile(join(dir, 'index.html'), `<h1>home</h1>${' '.repeat(5000)}`);
  await writeFile(join(dir, '404.html'), '<h1>not here</h1>');
  await writeFile(join(dir, 'm/etcd/index.html'), '<h1>etcd</h1>');
  await writeFile(join(dir, 'm/etcd.md'), '# etcd');
  await writeFile(join(dir, '_astro/a.css'), 'a{}');
  site = await serveSite({ dir });
});
afterAll(() => site.close());

it('serves folders with a slash and sends the rest there', async () => {
  expect(await (await fetch(`${site.url}/m/etcd/`)).text()).toContain('etcd');
  const redirect = await fetch(`${site.url}/m/etcd`, { redirect: 'manual' });
  expect([redirect.status, redirect.headers.get('location')]).toEqual([301, '/m/etcd/']);
});

it('answers 404 with its page, for odd paths too', async () => {
  for (const path of ['/none/', '/%E0%A4%A', '/..%2fpackage.json']) {
    const answer = await fetch(site.url + path);
    expect([answer.status, await answer.text()]).toEqual([404, '<h1>not here</h1>']);
  }
});

it('sends the headers of netlify.toml on every answer', async () => {
  for (const path of ['/', '/none/']) {
    const { headers } = await fetch(site.url + path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toContain('must-revalidate');
  }
  expect((await fetch(`${site.url}/_astro/a.css`)).headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${site.url}/m/etcd.md`)).headers.get('content-type')).toBe('text/markdown; charset=utf-8');
});

it('compresses text', async () => {
  const answer = await fetch(`${site.url}/`, { headers: { 'Accept-Encoding': 'br' } });
  expect(answer.headers.get('content-encoding')).toBe('br');
  expect(await answer.text()).toContain('<h1>home</h1>');
});

it('says what to do when the port is taken or nothing is built', async () => {
  const port = Number(new URL(site.url).port);
  await expect(serveSite({ dir, port })).rejects.toThrow('npm start -- --port');
  await expect(serveSite({ dir: '/nowhere' })).rejects.toThrow('npm run build');
});

it('outlives a build that replaces the folder', async () => {
  await rm(join(dir, '404.html'));
  expect((await fetch(`${site.url}/none/`)).status).toBe(404);
  expect((await fetch(`${site.url}/`)).status).toBe(200);
});
