import { describe, expect, it } from 'vitest';
import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { type ContainerConfig, CriError, type PodSandbox } from '#machine/cri.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { Duplex } from '#machine/http.ts';
import type { Program } from '#machine/program.ts';
import { FileSystemView } from '../file-system/view.ts';
import { Volume } from '../file-system/volume.ts';
import { Network } from '../network/network.ts';
import { PidNamespace } from '../processes/pid-namespace.ts';
import { ImageCatalog } from './catalog.ts';
import { Containerd } from './containerd.ts';
import { Images } from './images.ts';

const START = Date.UTC(2026, 10, 23, 6);
const LOG = '/var/log/pods/default_web_1/main/0.log';

const PROGRAMS: Readonly<Record<string, Program>> = {
  /** Says who it is, and ends by TERM. */
  serve: function* ({ argv, streams, pid, onSignal }) {
    streams.out(`serving as ${pid} ${argv.slice(1).join(' ')}\n`);
    streams.error('careful\nand');
    return yield* wait<number>((resume) => {
      onSignal('TERM', () => resume(0));
      onSignal('INT', () => resume(130));
      return undefined;
    });
  },
  stubborn: function* () {
    return yield* wait<number>(() => undefined);
  },
  cat: function* ({ argv, streams, files }) {
    for (const path of argv.slice(1)) streams.out(readTextIfThere(files, path) ?? 'nothing there\n');
    for (let text = argv.length > 1 ? undefined : yield* streams.read(); text !== undefined; ) {
      streams.out(text);
      text = yield* streams.read();
    }
    return 3;
  },
  env: function* ({ env, streams }) {
    for (const [name, value] of Object.entries(env)) streams.out(`${name}=${value}\n`);
    yield* streams.drain();
    return 0;
  },
  write: function* ({ argv, streams, files }) {
    try {
      files.writeText(argv[1] ?? '', 'written');
    } catch (error) {
      streams.error((error as Error).message);
    }
    return yield* wait<number>((resume) => {
      resume(0);
      return undefined;
    });
  },
};

function setUp() {
  const kernel = new Kernel({ start: START, seed: 1 });
  const network = new Network(kernel);
  const namespace = () => network.machine();
  const catalog = new ImageCatalog([
    {
      repository: 'tool',
      tags: ['1'],
      size: 6_000_000,
      entrypoint: ['serve'],
      command: ['everything'],
      environment: [['VERSION', '1']],
      files: { '/etc/tool.conf': 'setting\n' },
      programs: PROGRAMS,
    },
  ]);
  const images = new Images(kernel, catalog);
  const files = FileSystemView.of(new Volume(kernel, 1));
  files.mkdir('/run/containerd', { recursive: true });
  files.mkdir('/data');
  files.writeText('/data/file', 'of the host\n');
  let devices = 1;
  let addresses = 1;
  const pids = new PidNamespace();
  const containerd = new Containerd({
    kernel,
    images,
    cni: {
      notReady: () => undefined,
      add: () => {
        addresses += 1;
        return { ip: `10.244.1.${addresses}`, host: namespace() };
      },
      remove: () => undefined,
      find: () => undefined,
    },
    version: '2.3.7',
    host: {
      pids,
      sockets: namespace(),
      files,
      machine: { kernelVersion: '6.12.0', memory: 4_025_308, cpus: 2, bootedAt: START },
      nextDevice: () => {
        devices += 1;
        return devices;
      },
    },
  });
  containerd.setRunning(true);
  const events: string[] = [];
  containerd.subscribe(({ type, containerId, sandboxId }) =>
    events.push(`${type} ${containerId === sandboxId ? 'sandbox' : 'container'}`),
  );
  /** Runs to its end. */
  const run = <R>(routine: Routine<R>, seconds = 30): R => {
    const results: R[] = [];
    const errors: unknown[] = [];
    new Coroutine(
      kernel,
      routine,
      (result) => results.push(result),
      (error) => errors.push(error),
    );
    kernel.runUntilTrue(() => results.length + errors.length > 0, seconds * 1000);
    if (errors.length > 0) throw errors[0];
    return results[0] as R;
  };
  const sandbox = () =>
    run(
      containerd.runPodSandbox({
        name: 'web',
        namespace: 'default',
        uid: '1',
        attempt: 0,
        hostname: 'web',
        logDirectory: '/var/log/pods/default_web_1',
        hostNetwork: false,
        dns: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] },
        labels: {},
        annotations: {},
      }),
    );
  const create = (sandboxId: string, changes: Partial<ContainerConfig> = {}) => {
    images.preload('tool:1');
    return run(containerd.createContainer(sandboxId, { ...CONFIG, ...changes }));
  };
  const start = (changes: Partial<ContainerConfig> = {}) => {
    const sandboxId = sandbox();
    const id = create(sandboxId, changes);
    run(containerd.startContainer(id));
    kernel.runFor(0);
    return { sandboxId, id };
  };
  return { kernel, containerd, images, files, pids, events, run, sandbox, create, start };
}

const CONFIG: ContainerConfig = {
  name: 'main',
  attempt: 0,
  image: 'tool:1',
  command: [],
  args: [],
  workingDirectory: '',
  env: [['COLOUR', 'blue']],
  mounts: [],
  labels: {},
  annotations: {},
  logPath: 'main/0.log',
  stdin: false,
  stdinOnce: false,
  tty: false,
};

function rpcOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    if (error instanceof CriError) return error.rpcMessage;
    throw error;
  }
}

/** What a client of exec or attach gets. */
function listen(channel: Duplex): { out: string; error: string; status: string } {
  const got = { out: '', error: '', status: '' };
  channel.output.read({
    next: ({ channel: number, data }) => {
      if (number === 1) got.out += data;
      else if (number === 2) got.error += data;
      else got.status += data;
    },
    end: () => undefined,
  });
  return got;
}

const STREAMS = { stdin: false, stdout: true, stderr: true, tty: false };

describe('a sandbox', () => {
  it('has an address and processes of its own, until it is removed', () => {
    const { containerd, files, pids, events, run, sandbox } = setUp();
    const id = sandbox();
    expect(containerd.podSandboxes()).toMatchObject([{ id, state: 'READY', ip: '10.244.1.2' }]);
    const names = () =>
      pids
        .tableFor(0)
        .rows()
        .map(({ argv, uid }) => [argv[0], uid]);
    expect(names()).toEqual([
      ['/usr/local/bin/containerd-shim-runc-v2', 0],
      ['/pause', 65_535],
    ]);
    expect(files.readText(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${id}/resolv.conf`)).toBe(
      'search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
    run(containerd.stopPodSandbox(id));
    expect(containerd.podSandboxes()).toMatchObject([{ state: 'NOTREADY' }]);
    expect(names()).toEqual([]);
    run(containerd.removePodSandbox(id));
    expect(containerd.podSandboxes()).toEqual([]);
    expect(events).toEqual(['STARTED sandbox', 'STOPPED sandbox', 'DELETED sandbox']);
  });

  it('is not ready without its pause process, while its containers go on', () => {
    const { containerd, pids, start } = setUp();
    start();
    const pause = containerd.podSandboxes()[0]?.pid ?? 0;
    expect(pids.tableFor(0).kill(pause, 'KILL')).toBe(true);
    expect(containerd.podSandboxes()[0]?.state).toBe('NOTREADY');
    expect(containerd.containers()[0]?.state).toBe('RUNNING');
  });

  it('loses its containers with its shim', () => {
    const { containerd, pids, start } = setUp();
    start();
    const [shim] = pids.tableFor(0).rows();
    pids.tableFor(0).kill(shim?.pid ?? 0, 'KILL');
    expect(containerd.containers()).toMatchObject([{ state: 'EXITED', exitCode: 137 }]);
    expect(pids.tableFor(0).rows()).toEqual([]);
  });
});

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

describe('images', () => {
  it('are pulled, listed and removed', () => {
    const { containerd, run } = setUp();
    const id = run(containerd.pullImage('tool:1'));
    expect(containerd.images()).toMatchObject([{ id, repoTags: ['docker.io/library/tool:1'], size: 6_000_000 }]);
    expect(containerd.imageStatus('docker.io/library/tool:1')?.id).toBe(id);
    containerd.removeImage('tool:1');
    expect(containerd.images()).toEqual([]);
  });

  it.each([
    ['tool:2', 'docker.io/library/tool:2', 'docker.io/library/tool:2: not found'],
    [
      'nobody/nothing:latest',
      'docker.io/nobody/nothing:latest',
      'pull access denied, repository does not exist or may',
    ],
    [
      'registry.k8s.io/kube-apiserver:v9',
      'registry.k8s.io/kube-apiserver:v9',
      'registry.k8s.io/kube-apiserver:v9: not f',
    ],
  ])('that no registry has end in an error: %s', (reference, complete, why) => {
    const { containerd, run } = setUp();
    expect(rpcOf(() => run(containerd.pullImage(reference)))).toContain(
      `rpc error: code = NotFound desc = failed to pull and unpack image "${complete}": failed to resolve reference "${complete}": ${why}`,
    );
  });
});

describe('containerd', () => {
  it('answers nothing while it does not run, and its containers go on', () => {
    const { containerd, files, start } = setUp();
    start();
    files.mknod('/run/containerd/containerd.sock', 'socket');
    containerd.setRunning(false);
    const dial =
      'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: ';
    expect(rpcOf(() => containerd.status())).toBe(`rpc error: code = Unavailable desc = ${dial}connection refused"`);
    files.unlink('/run/containerd/containerd.sock');
    expect(rpcOf(() => containerd.podSandboxes())).toBe(
      `rpc error: code = Unavailable desc = ${dial}no such file or directory"`,
    );
    expect(containerd.shims()).toHaveLength(1);
    containerd.setRunning(true);
    const found: readonly PodSandbox[] = containerd.podSandboxes();
    expect(found).toHaveLength(1);
    expect(containerd.containers()[0]?.state).toBe('RUNNING');
  });
});
