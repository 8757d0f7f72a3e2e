import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';

const run = promisify(execFile);

/** Flags for every Chromium that the project starts: nothing leaves the machine, and root (a container, CI) needs no sandbox. */
export const chromiumArgs: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const DOWNLOAD_LIMIT = 120_000;

/**
 * Finds a Chromium, or brings one: what CLUSTERBOOK_CHROMIUM names, Playwright's own, the system's, a download by Playwright,
 * and, as root on Debian, the package.
 *
 * @returns the program's path
 * @throws Error whose sentence says what to type
 */
export async function findChromium(say: (line: string) => void = console.error): Promise<string> {
  const named = process.env['CLUSTERBOOK_CHROMIUM'];
  if (named) {
    if (await runnable(named)) return named;
    throw new Error(`CLUSTERBOOK_CHROMIUM is ${named}, which is no program. Correct it, or unset it.`);
  }
  const there = (await runnable(chromium.executablePath())) ? chromium.executablePath() : await ofSystem();
  if (there) return there;
  say('No Chromium found; asking Playwright for one (npx playwright install chromium)');
  const installer = fileURLToPath(import.meta.resolve('@playwright/test/cli'));
  await succeeds(process.execPath, [installer, 'install', 'chromium'], DOWNLOAD_LIMIT);
  if (await runnable(chromium.executablePath())) return chromium.executablePath();
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say('Playwright has none that runs here; installing the Debian package chromium (apt-get install chromium)');
    await succeeds('apt-get', ['update', '-qq'], DOWNLOAD_LIMIT);
    await succeeds('apt-get', ['install', '-y', '-qq', 'chromium'], 3 * DOWNLOAD_LIMIT);
    const installed = await ofSystem();
    if (installed) return installed;
  }
  throw new Error(
    'No Chromium was found or could be installed. Type "npx playwright install chromium", or install Chromium or Chrome, or set CLUSTERBOOK_CHROMIUM to its path.',
  );
}

async function ofSystem(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [...COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name))), ...APPLICATIONS];
  for (const candidate of candidates) if (await runnable(candidate)) return candidate;
  return undefined;
}

async function runnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    await run(path, ['--version'], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function succeeds(command: string, args: readonly string[], limit: number): Promise<boolean> {
  return new Promise((resolve) => {
    // What they say is left out: who types the command of the closing sentence reads it, without the noise of the tries before.
    const child = spawn(command, args, {
      stdio: 'ignore',
      timeout: limit,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
