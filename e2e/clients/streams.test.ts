import { PassThrough, Writable } from 'node:stream';
import { Attach, CoreV1Api, Exec, Log, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'default';
const TICKS = 'i=0; while true; do sleep 1; i=$((i+1)); echo tick $i; done';
let cluster: TestCluster;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  core = cluster.config('admin.conf').makeApiClient(CoreV1Api);
  await run('busy', `echo grüezi; echo wrong >&2; ${TICKS}`);
  await eventually(async () => ((await phase('busy')) === 'Running' ? true : undefined));
});

afterAll(() => cluster.served.close());

async function run(name: string, script: string) {
  const container = { name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script], stdin: true };
  const body = { metadata: { name }, spec: { restartPolicy: 'Never', containers: [container] } };
  await core.createNamespacedPod({ namespace, body });
}

async function phase(name: string) {
  return (await core.readNamespacedPod({ namespace, name })).status?.phase;
}

/** What is written to it, as text. */
class Collected extends Writable {
  text = '';
  hasEnded = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }

  override _final(done: () => void): void {
    this.hasEnded = true;
    done();
  }
}

describe('logs', () => {
  const log = () => new Log(cluster.config('admin.conf'));

  test('of a container that runs', async () => {
    const text = await core.readNamespacedPodLog({ namespace, name: 'busy' });
    expect(text).toMatch(/^grüezi\nwrong\n(?:tick \d+\n)*$/);
  });

  test('its last lines, with their times', async () => {
    await eventually(async () =>
      (await core.readNamespacedPodLog({ namespace, name: 'busy' })).includes('tick 3\n') ? true : undefined,
    );
    const out = new Collected();
    await log().log(namespace, 'busy', 'main', out, { tailLines: 2, timestamps: true });
    await eventually(() => (out.hasEnded ? true : undefined));
    expect(out.text).toMatch(/^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z tick \d+\n){2}$/);
  });

  test('followed, line by line', async () => {
    await run('ticking', TICKS);
    await eventually(async () => ((await phase('ticking')) === 'Running' ? true : undefined));
    const out = new Collected();
    await log().log(namespace, 'ticking', 'main', out, { follow: true, tailLines: 1 });
    await eventually(() => (out.text.split('\n').length > 4 ? true : undefined));
    await core.deleteNamespacedPod({ namespace, name: 'ticking', gracePeriodSeconds: 1 });
    await eventually(() => (out.hasEnded ? true : undefined));
    const numbers = [...out.text.matchAll(/^tick (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  test('followed, until the container ends', async () => {
    await run('brief', 'echo begin; sleep 2; echo end');
    await eventually(async () => ((await phase('brief')) === 'Pending' ? undefined : true));
    const out = new Collected();
    await log().log(namespace, 'brief', 'main', out, { follow: true });
    await eventually(() => (out.hasEnded ? true : undefined));
    expect(out.text).toBe('begin\nend\n');
  });

  test('of what is not there are refused', async () => {
    const out = new Collected();
    await expect(log().log(namespace, 'nobody', 'main', out)).rejects.toMatchObject({ code: 404 });
    await expect(log().log(namespace, 'busy', 'other', out)).rejects.toMatchObject({ code: 400 });
    await expect(log().log(namespace, 'busy', 'main', out, { previous: true })).rejects.toMatchObject({ code: 400 });
  });
});

describe('exec', () => {
  async function exec(command: string[], stdin?: PassThrough, tty = false) {
    const out = new Collected();
    const error = new Collected();
    const statuses: V1Status[] = [];
    const socket = await new Exec(cluster.config('admin.conf')).exec(
      namespace,
      'busy',
      'main',
      command,
      out,
      tty ? null : error,
      stdin ?? null,
      tty,
      (status) => statuses.push(status),
    );
    return {
      out,
      error,
      socket,
      end: async () => {
        const status = await eventually(() => statuses[0]);
        return { out: out.text, error: error.text, status };
      },
    };
  }

  test('gives output and errors apart, and success', async () => {
    const { end } = await exec(['sh', '-c', 'echo out; echo err >&2; echo ö€𝄞']);
    expect(await end()).toEqual({ out: 'out\nö€𝄞\n', error: 'err\n', status: { metadata: {}, status: 'Success' } });
  });

  test('gives the exit code', async () => {
    const { end } = await exec(['sh', '-c', 'exit 3']);
    expect((await end()).status).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  test('takes input until it ends', async () => {
    const stdin = new PassThrough();
    const { end } = await exec(['sh', '-c', 'cat; echo done'], stdin);
    const euro = Buffer.from('€\n');
    // A letter in parts.
    stdin.write(euro.subarray(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    stdin.write(euro.subarray(1));
    stdin.end('x'.repeat(100_000));
    expect((await end()).out).toBe(`€\n${'x'.repeat(100_000)}done\n`);
  });

  test('of a terminal talks to it, and tells it of its size', async () => {
    const stdin = new PassThrough();
    const { out, socket } = await exec(['sh'], stdin, true);
    await eventually(() => (out.text.includes('# ') ? true : undefined));
    stdin.write('trap "echo resized" WINCH; [ -t 0 ] && echo a "terminal"\r');
    await eventually(() => (out.text.includes('\na terminal\r\n') ? true : undefined));
    socket.send(Buffer.concat([Buffer.of(4), Buffer.from('{"Width":101,"Height":33}')]));
    stdin.write('\r');
    // Where on the line depends on whether the shell had begun to wait.
    await eventually(() => (out.text.includes('resized\r\n') ? true : undefined));
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    stdin.write('exit\r');
    await closed;
  });

  test('of a program that is not there fails with the runtime’s words', async () => {
    const { status } = await (await exec(['nonexistent'])).end();
    expect(status).toMatchObject({ status: 'Failure', reason: 'InternalError', code: 500 });
    expect(status.message).toContain('exec: "nonexistent": executable file not found in $PATH');
  });

  test('in no Pod, or in no container, is refused before it begins', async () => {
    const to = (pod: string, container: string) =>
      new Exec(cluster.config('admin.conf')).exec(
        namespace,
        pod,
        container,
        ['true'],
        new Collected(),
        null,
        null,
        false,
      );
    await expect(to('nobody', 'main')).rejects.toMatchObject({ message: 'Unexpected server response: 404' });
    await expect(to('busy', 'other')).rejects.toMatchObject({ message: 'Unexpected server response: 400' });
  });

  test('ends with its container', async () => {
    await run('victim', 'sleep 1000');
    await eventually(async () => ((await phase('victim')) === 'Running' ? true : undefined));
    const socket = await new Exec(cluster.config('admin.conf')).exec(
      namespace,
      'victim',
      'main',
      ['sleep', '1000'],
      new Collected(),
      null,
      null,
      false,
    );
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    await core.deleteNamespacedPod({ namespace, name: 'victim', gracePeriodSeconds: 1 });
    await closed;
  });
});

test('attach joins the container’s own process', async () => {
  await run('echoing', 'while read line; do echo "got $line"; done');
  await eventually(async () => ((await phase('echoing')) === 'Running' ? true : undefined));
  const out = new Collected();
  const stdin = new PassThrough();
  await new Attach(cluster.config('admin.conf')).attach(namespace, 'echoing', 'main', out, null, stdin, false);
  stdin.write('something\n');
  await eventually(() => (out.text === 'got something\n' ? true : undefined));
});

test('port-forward is refused', async () => {
  const forward = new PortForward(cluster.config('admin.conf'));
  await expect(
    forward.portForward(namespace, 'busy', [80], new Collected(), null, new PassThrough()),
  ).rejects.toMatchObject({
    message: 'Unexpected server response: 400',
  });
});
