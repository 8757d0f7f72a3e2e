import { describe, expect, it } from 'vitest';
import { missingPrograms } from './missing.ts';
import { capture, exec, succeed } from './run.ts';

it('exec gives a program that cannot be started the status 127', async () => {
  expect(await exec('no-such-program-here', [])).toBe(127);
});

describe('capture and succeed', () => {
  it('return what a program said, both streams, and its status', async () => {
    expect(await capture('sh', ['-c', 'cat; echo err >&2; exit 3'], { input: 'in\n' })).toMatchObject({ status: 3 });
    expect((await capture('sh', ['-c', 'cat; echo err >&2'], { input: 'in\n' })).said.split('\n').sort()).toEqual([
      'err',
      'in',
    ]);
    expect(await succeed('sh', ['-c', 'echo fine'])).toBe('fine');
  });
  it('say why a program failed, or was not there', async () => {
    await expect(succeed('sh', ['-c', 'echo no; exit 2'])).rejects.toThrow(
      '"sh -c echo no; exit 2" failed (status 2): no',
    );
    expect((await capture('no-such-program-here', [])).status).toBe(127);
  });
});

describe('missingPrograms', () => {
  it('names what is not on the PATH, with the cure', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(await missingPrograms(['docker', 'kubectl'])).toEqual([
        'docker is not on the PATH. Install Docker (https://docs.docker.com/engine/install/) and start it.',
        'kubectl is not on the PATH. Install kubectl (https://kubernetes.io/docs/tasks/tools/).',
      ]);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
