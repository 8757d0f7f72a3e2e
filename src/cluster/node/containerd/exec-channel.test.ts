import { describe, expect, it } from 'vitest';
import { listen, rpcOf, STREAMS, setUp } from './test-containerd.ts';

describe('exec', () => {
  it('gives output and exit status', () => {
    const { kernel, containerd, start } = setUp();
    const { id } = start();
    const got = listen(containerd.exec(id, ['cat', '/etc/tool.conf'], STREAMS));
    kernel.runFor(10);
    expect(got.out).toBe('setting\n');
    expect(JSON.parse(got.status)).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
  });

  it('takes input until it ends', () => {
    const { kernel, containerd, start } = setUp();
    const { id } = start();
    const channel = containerd.exec(id, ['cat'], { ...STREAMS, stdin: true });
    const got = listen(channel);
    channel.input(0, 'a\n');
    kernel.runFor(1);
    channel.input(0, 'b\n');
    expect(got).toMatchObject({ out: 'a\n', status: '' });
    channel.end(0);
    kernel.runFor(1);
    expect(got.out).toBe('a\nb\n');
    expect(got.status).toContain('exit status 3');
  });

  it('is interrupted by the keys of a terminal', () => {
    const { kernel, containerd, start } = setUp();
    const { id } = start();
    const channel = containerd.exec(id, ['serve'], { ...STREAMS, stdin: true, tty: true });
    const got = listen(channel);
    kernel.runFor(1);
    channel.input(4, '{"Width":120,"Height":40}');
    channel.input(0, '\x03');
    kernel.runFor(1);
    expect(got.out).toBe('serving as 2 \r\ncareful\r\nand^C');
    expect(got.status).toContain('exit status 130');
  });

  it('reads lines of a terminal as they are edited, each Ctrl+D an end', () => {
    const { kernel, containerd, start } = setUp();
    const { id } = start();
    const channel = containerd.exec(id, ['cat'], { ...STREAMS, stdin: true, tty: true });
    const got = listen(channel);
    channel.input(0, 'one tow\x17twi\x7fo\r');
    kernel.runFor(1);
    expect(got.out).toBe('one tow\b \b\b \b\b \btwi\b \bo\r\none two\r\n');
    channel.input(0, 'gone\x15half\x04');
    kernel.runFor(1);
    expect(got.out.endsWith('halfhalf')).toBe(true);
    expect(got.status).toBe('');
    channel.input(0, '\x04');
    kernel.runFor(1);
    expect(got.status).toContain('exit status 3');
  });

  it('has a process of its own in the container, which ends with it', () => {
    const { kernel, containerd, pids, start } = setUp();
    const { id } = start();
    const got = listen(containerd.exec(id, ['serve', 'more'], STREAMS));
    kernel.runFor(1);
    expect(got.out).toBe('serving as 2 more\n');
    const pid = containerd.container(id).pid;
    pids.tableFor(0).kill(pid, 'KILL');
    kernel.runFor(1);
    expect(got.status).toContain('exit status 137');
    expect(rpcOf(() => containerd.exec(id, ['cat'], STREAMS))).toContain('container is in CONTAINER_EXITED state');
  });

  it('says what runc says of a command that is not there', () => {
    const { kernel, containerd, run, start } = setUp();
    const { id } = start();
    const got = listen(containerd.exec(id, ['nosuch'], STREAMS));
    kernel.runFor(1);
    const why =
      /failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH$/;
    const status = JSON.parse(got.status) as { message: string };
    expect(status).toMatchObject({ status: 'Failure', reason: 'InternalError', code: 500 });
    expect(status.message).toMatch(
      /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec/,
    );
    expect(status.message).toMatch(why);
    expect(rpcOf(() => run(containerd.execSync(id, ['nosuch'], 0)))).toMatch(why);
  });

  it('gives up after its timeout', () => {
    const { kernel, containerd, run, start } = setUp();
    const { id } = start();
    expect(rpcOf(() => run(containerd.execSync(id, ['stubborn'], 2)))).toBe(
      'rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 2s exceeded: context deadline exceeded',
    );
    kernel.runFor(1);
    expect(containerd.container(id).state).toBe('RUNNING');
  });
});

describe('attach', () => {
  it('joins what the container reads and writes', () => {
    const { kernel, containerd, start } = setUp();
    const { id } = start({ command: ['cat'], stdin: true });
    const channel = containerd.attach(id, { ...STREAMS, stdin: true });
    const got = listen(channel);
    channel.input(0, 'hello\n');
    kernel.runFor(1);
    expect(got.out).toBe('hello\n');
    channel.end(0);
    kernel.runFor(1);
    expect(containerd.container(id)).toMatchObject({ state: 'EXITED', exitCode: 3 });
    expect(rpcOf(() => containerd.attach(id, STREAMS))).toContain('CONTAINER_EXITED');
  });
});
