import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const place = { cwd: tmpdir(), env: process.env };

it('keeps both streams in their order, and the status', async () => {
  const script = 'echo one; echo two >&2; echo three; exit 3';
  expect(await runCommand(script, place, 10_000)).toEqual({ output: 'one\ntwo\nthree\n', status: 3 });
});

it('ends what takes too long, and says so', async () => {
  const start = performance.now();
  expect(await runCommand('echo begun; sleep 60', place, 500)).toEqual({ output: 'begun\n', status: undefined });
  expect(performance.now() - start).toBeLessThan(10_000);
});

it('ends what a script leaves in the background', async () => {
  const { output, status } = await runCommand('sleep 60 & echo $!', place, 20_000);
  expect(status).toBe(0);
  const check = await runCommand(
    `for n in $(seq 50); do kill -0 ${output.trim()} || exit 0; sleep 0.1; done; exit 1`,
    place,
    10_000,
  );
  expect(check.status).toBe(0);
});

it('gives a script no input to wait for', async () => {
  expect(await runCommand('cat', place, 10_000)).toEqual({ output: '', status: 0 });
});
