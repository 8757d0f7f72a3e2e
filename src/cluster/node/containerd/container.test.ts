import { describe, expect, it } from 'vitest';
import { LOG, rpcOf, setUp } from './test-containerd.ts';

describe('a container', () => {
  it('lives from its making to its removal', () => {
    const { kernel, containerd, events, run, sandbox, create } = setUp();
    const id = create(sandbox());
    expect(containerd.container(id)).toMatchObject({ state: 'CREATED', pid: 0, image: 'docker.io/library/tool:1' });
    run(containerd.startContainer(id));
    expect(containerd.container(id)).toMatchObject({ state: 'RUNNING', startedAt: kernel.now });
    run(containerd.stopContainer(id, 30));
    expect(containerd.container(id)).toMatchObject({ state: 'EXITED', exitCode: 0, reason: 'Completed', pid: 0 });
    run(containerd.removeContainer(id));
    expect(containerd.containers()).toEqual([]);
    expect(events.slice(1)).toEqual([
      'CREATED container',
      'STARTED container',
      'STOPPED container',
      'DELETED container',
    ]);
  });

  it('writes its log in the format of the CRI, and takes the empty directories along', () => {
    const { containerd, files, run, start } = setUp();
    const { id } = start();
    const time = '2026-11-23T06:00:00.280000211Z';
    expect(files.readText(LOG)).toBe(
      `${time} stdout F serving as 1 everything\n${time.replace('0211', '1568')} stderr F careful\n`,
    );
    expect(files.stat(LOG).mode).toBe(0o640);
    run(containerd.stopContainer(id, 30));
    expect(files.readText(LOG).endsWith(' stderr F and\n')).toBe(true);
    run(containerd.removeContainer(id));
    expect(files.exists('/var/log/pods/default_web_1')).toBe(false);
    expect(files.exists('/var/log/pods')).toBe(true);
  });

  it('is killed when it does not end by TERM', () => {
    const { kernel, containerd, run, start } = setUp();
    const { id } = start({ command: ['stubborn'] });
    const before = kernel.now;
    run(containerd.stopContainer(id, 2));
    expect(kernel.now - before).toBe(2_000);
    expect(containerd.container(id)).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  it('takes command, arguments and environment from the Pod before the image', () => {
    const image = setUp();
    image.start({ args: ['less'] });
    expect(image.files.readText(LOG)).toContain('stdout F serving as 1 less\n');
    const own = setUp();
    const { id } = own.start({ command: ['serve'], tty: true, env: [['VERSION', '2']] });
    expect(own.files.readText(LOG)).toContain('stdout F serving as 1 \r\n');
    // A terminal is one stream.
    expect(own.files.readText(LOG)).toContain('stdout F careful\r\n');
    expect(own.run(own.containerd.execSync(id, ['env'], 0)).stdout).toBe(
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=web\nTERM=xterm\nVERSION=2\nHOME=/root\n',
    );
  });

  it.each([
    ['nosuch', 'exec: "nosuch": executable file not found in $PATH'],
    ['/no/such', 'exec: "/no/such": stat /no/such: no such file or directory'],
    ['/etc/tool.conf', 'exec: "/etc/tool.conf": permission denied'],
    ['/etc', 'exec: "/etc": permission denied'],
  ])('does not start with %s', (command, why) => {
    const { containerd, run, sandbox, create } = setUp();
    const id = create(sandbox(), { command: [command] });
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`;
    expect(rpcOf(() => run(containerd.startContainer(id)))).toBe(`rpc error: code = Unknown desc = ${message}`);
    expect(containerd.container(id)).toMatchObject({
      state: 'EXITED',
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: 0,
    });
  });

  it('sees what is mounted into it, read-only where it is so, the innermost last', () => {
    const { containerd, files, run, start } = setUp();
    files.mkdir('/inner');
    files.writeText('/inner/file', 'inner\n');
    const { id } = start({
      mounts: [
        { containerPath: '/mnt/in/deep', hostPath: '/inner', isReadOnly: false },
        { containerPath: '/mnt', hostPath: '/data', isReadOnly: false },
        { containerPath: '/data', hostPath: '/data', isReadOnly: true },
        { containerPath: '/made', hostPath: '/made/by/containerd', isReadOnly: false },
      ],
    });
    const output = (...command: string[]) => {
      const { stdout, stderr } = run(containerd.execSync(id, command, 0));
      return stdout + stderr;
    };
    expect(output('cat', '/mnt/file', '/mnt/in/deep/file', '/etc/tool.conf', '/etc/hostname')).toBe(
      'of the host\ninner\nsetting\nweb\n',
    );
    expect(output('write', '/data/file')).toBe('Read-only file system');
    expect(output('write', '/mnt/new')).toBe('');
    expect(files.readText('/data/new')).toBe('written');
    files.writeText('/data/later', 'later\n');
    expect(output('cat', '/data/later')).toBe('later\n');
    expect(files.stat('/made/by/containerd').kind).toBe('directory');
  });

  it('finds its processes and its machine in /proc', () => {
    const { containerd, run, start } = setUp();
    const { id } = start();
    const output = (path: string) => run(containerd.execSync(id, ['cat', path], 0)).stdout;
    expect(output('/proc/1/cmdline')).toBe('serve\0everything\0');
    expect(output('/proc/1/status')).toContain('Name:\tserve\nState:\tS (sleeping)\nTgid:\t1\n');
    expect(output('/proc/meminfo')).toBe('MemTotal:        4025308 kB\n');
    expect(output('/proc/uptime')).toBe('0.28 0.28\n');
    expect(output('/proc/99/cmdline')).toBe('nothing there\n');
  });

  it('does not share what it writes with others of its image', () => {
    const { containerd, run, start } = setUp();
    const [one, two] = [start(), start()];
    run(containerd.execSync(one.id, ['write', '/etc/tool.conf'], 0));
    expect(run(containerd.execSync(one.id, ['cat', '/etc/tool.conf'], 0)).stdout).toBe('written');
    expect(run(containerd.execSync(two.id, ['cat', '/etc/tool.conf'], 0)).stdout).toBe('setting\n');
  });
});
