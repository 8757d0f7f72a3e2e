import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'clusterbook-serve-'));
const children: ChildProcess[] = [];

/** Milliseconds. A second is promised; a machine that is busy with something else may take longer. */
const END = 5_000;

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it until it ends by itself. */
async function ends(
  ...args: string[]
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  try {
    return { code: 0, ...(await run(process.execPath, ['src/serve/main.ts', ...args])) };
  } catch (error) {
    return error as { code: unknown; stdout: string; stderr: string };
  }
}

/** Runs it until it says that it is there. */
async function starts(...args: string[]) {
  const child = spawn(process.execPath, ['src/serve/main.ts', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let stdout = '';
  for await (const chunk of child.stdout) {
    stdout += chunk;
    const port = /https:\/\/127\.0\.0\.1:(?<port>\d+)/.exec(stdout)?.groups?.['port'];
    if (port && stdout.includes('service-account.conf')) return { child, port: Number(port), stdout };
  }
  throw new Error(`it ended: ${stdout}`);
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function signalled(child: ChildProcess, signal: NodeJS.Signals) {
  const begin = performance.now();
  return new Promise<{ readonly code: number | null; readonly took: number }>((resolve) => {
    child.on('exit', (code) => resolve({ code, took: performance.now() - begin }));
    child.kill(signal);
  });
}

describe('a cluster that is served', () => {
  test('to this machine alone, with three kubeconfigs, until Ctrl+C', async () => {
    const { child, port, stdout } = await starts('--port', '0', '--folder', folder);
    const files = ['admin.conf', 'read-only.conf', 'service-account.conf'];
    for (const file of files) {
      const path = join(folder, file);
      expect(stdout).toContain(path);
      expect(parse(readFileSync(path, 'utf8')).clusters[0].cluster.server).toBe(`https://127.0.0.1:${port}`);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address, internal, scopeid } of others) {
      if (!internal && !scopeid) expect(await canConnect(address, port), address).toBe(false);
    }
    expect(await canConnect('127.0.0.1', port)).toBe(true);
    const taken = await ends('--port', `${port}`, '--folder', folder);
    expect(taken).toMatchObject({
      code: 1,
      stderr: `Port ${port} of 127.0.0.1 is in use; --port 0 takes one that is free, --port N another.\n`,
    });
    // A client that never finishes its handshake keeps nobody waiting.
    const halfOpen = connect(port, '127.0.0.1');
    await new Promise((resolve) => halfOpen.once('connect', resolve));
    halfOpen.on('error', () => undefined);
    const { code, took } = await signalled(child, 'SIGINT');
    expect(code).toBe(0);
    expect(took).toBeLessThan(END);
    expect(await canConnect('127.0.0.1', port)).toBe(false);
  });

  test.each([
    ['lessons', 'wide', 'keeps a cluster of another profile'],
    ['calico', 'lessons', 'keeps a cluster with calico; say --profile calico'],
  ])('that is kept: it goes on in the next run, with its certificates: %s', async (profile, another, why) => {
    const kept = join(folder, `kept-${profile}`);
    const authority = () =>
      parse(readFileSync(join(folder, 'admin.conf'), 'utf8')).clusters[0].cluster['certificate-authority-data'];
    const first = await starts('--port', '0', '--folder', folder, '--seed', '7', '--profile', profile, '--keep', kept);
    expect(first.stdout).toContain(`it is kept in ${kept}.`);
    const before = authority();
    expect((await signalled(first.child, 'SIGINT')).code).toBe(0);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    const second = await starts('--port', '0', '--folder', folder, '--profile', profile, '--keep', kept);
    expect(authority()).toBe(before);
    expect((await signalled(second.child, 'SIGTERM')).code).toBe(0);
    const other = await ends('--port', '0', '--folder', folder, '--keep', kept, '--profile', another);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(why),
    });
  });

  test('until SIGTERM', async () => {
    const { child } = await starts('--port', '0', '--folder', folder, '--speed', '100');
    const { code, took } = await signalled(child, 'SIGTERM');
    expect(code).toBe(0);
    expect(took).toBeLessThan(END);
  });
});

describe('one sentence, and no cluster', () => {
  test('when a flag is wrong: 2', async () => {
    expect(await ends('--port', 'abc')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: '--port is a whole number from 0 to 65535, not "abc". npm run cluster -- --help says more.\n',
    });
  });

  test('when nothing can be written to its folder: 1', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, stderr } = await ends('--folder', file, '--port', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Nothing can be written to .*file \(EEXIST: .*\); --folder DIR takes another\.\n$/);
  });

  test('when the file that is to keep it holds something else: 1, and it stays as it is', async () => {
    const file = join(folder, 'letter');
    writeFileSync(file, 'Dear Ann');
    expect(await ends('--keep', file, '--port', '0', '--folder', folder)).toMatchObject({
      code: 1,
      stderr: `${file} holds no cluster: it stays as it is; --keep FILE takes another.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('Dear Ann');
  });

  test('--help', async () => {
    expect(await ends('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--profile wide') });
  });
});
