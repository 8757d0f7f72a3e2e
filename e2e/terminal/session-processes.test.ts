import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SessionProcesses } from './session-processes.ts';
import { Terminal } from './terminal.ts';

const bash = { file: 'bash', args: ['--noprofile', '--norc'], env: process.env };
const session = `processes-${process.pid}.`;
let processes: SessionProcesses;
let shell: Terminal;

beforeAll(async () => {
  processes = await SessionProcesses.open(bash);
  shell = await Terminal.open(bash, `${session}1`);
});
afterEach(() => processes.end(session, shell.shellPid));
afterAll(() => {
  shell.close();
  processes.close();
});

describe('SessionProcesses', () => {
  it('finds what a session runs, in the background and without the environment too', async () => {
    await shell.run('sleep 71 & env -i sleep 72 & true', 5000);
    const found = (await processes.list(session, shell.shellPid)).join('\n');
    expect(found).toContain('sleep 71');
    expect(found).toContain('sleep 72');
    expect(await processes.list('another-session')).toEqual([]);
  });
  it('ends what ignores SIGINT and SIGTERM, and leaves the shell usable', async () => {
    shell.type("(trap '' INT TERM; while :; do sleep 1; done)");
    await processes.waitUntilIdle(session, shell.shellPid, 1000, () => false);
    await expect(shell.interrupt(500)).rejects.toThrow('did not end');
    await processes.end(session, shell.shellPid);
    await shell.ended(5000);
    expect(await processes.list(session, shell.shellPid)).toEqual([]);
    expect((await shell.run('echo next', 5000)).output).toBe('next\r\n');
  });
  it('knows when a command waits for something to happen', async () => {
    shell.type('i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done; (sleep 0.5; cat)');
    const start = performance.now();
    expect(await processes.waitUntilIdle(session, shell.shellPid, 10_000, () => false)).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(500);
    await shell.interrupt(4000);
    expect(await processes.waitUntilIdle(session, shell.shellPid, 300, () => false)).toBe(false);
    expect(await processes.waitUntilIdle(session, shell.shellPid, 300, () => true)).toBe(true);
  });
});
