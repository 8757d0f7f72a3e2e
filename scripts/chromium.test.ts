import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findChromium } from './chromium.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browsers-'));
  vi.spyOn(chromium, 'executablePath').mockReturnValue(join(folder, 'none'));
  vi.stubEnv('CLUSTERBOOK_CHROMIUM', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function program(name: string, text = '#!/bin/sh\nexit 0\n'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

it('takes the browser that is named', async () => {
  vi.stubEnv('CLUSTERBOOK_CHROMIUM', await program('mine'));
  expect(await findChromium()).toBe(join(folder, 'mine'));
});

it('says that the named one is no program, and what to do', async () => {
  vi.stubEnv('CLUSTERBOOK_CHROMIUM', join(folder, 'absent'));
  await expect(findChromium()).rejects.toThrow('Correct it, or unset it');
});

it('takes the system’s before any download, and passes over one that does not start', async () => {
  await program('chromium', '#!/bin/sh\nexit 1\n');
  const chrome = await program('google-chrome');
  vi.stubEnv('PATH', folder);
  expect(await findChromium(() => expect.unreachable('nothing is to be installed'))).toBe(chrome);
});
