import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isInstalled } from './installed.mjs';

const locked = {
  '': { name: 'site' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a-for-another-machine': { version: '1.0.0', optional: true },
};

async function project(installed?: object): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'installed-'));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
  if (installed) {
    await mkdir(join(root, 'node_modules'));
    await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }
  return root;
}

it('is content with all that the lock asks of this machine', async () => {
  expect(isInstalled(await project({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
});

it.each([
  ['nothing', undefined],
  ['another version', { 'node_modules/a': { version: '2.0.0' } }],
  ['too little', {}],
  ['too much', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } }],
])('asks for an install when there is %s', async (_, installed) => {
  expect(isInstalled(await project(installed))).toBe(false);
});
