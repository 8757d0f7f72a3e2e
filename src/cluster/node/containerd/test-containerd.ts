import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { type ContainerConfig, CriError } from '#machine/cri.ts';
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
export const LOG = '/var/log/pods/default_web_1/main/0.log';

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

/** A containerd with one image, `tool:1`, on a node that has nothing else. For tests alone. */
export function setUp() {
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

export function rpcOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    if (error instanceof CriError) return error.rpcMessage;
    throw error;
  }
}

/** What a client of exec or attach gets. */
export function listen(channel: Duplex): { out: string; error: string; status: string } {
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

export const STREAMS = { stdin: false, stdout: true, stderr: true, tty: false };
