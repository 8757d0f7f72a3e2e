import { Kernel } from '#kernel/kernel.ts';
import type { Credentials } from '#machine/file-system.ts';
import { Pipe } from '#machine/pipe.ts';
import type { Program, Signal, StandardStreams } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { WindowSize } from '#machine/terminal.ts';
import { installFile } from '../cluster/node/file-system/install.ts';
import { FileSystemView } from '../cluster/node/file-system/view.ts';
import { Volume } from '../cluster/node/file-system/volume.ts';
import { Network } from '../cluster/node/network/network.ts';
import { executable, loadExecutable } from '../cluster/node/processes/executables.ts';
import { PidNamespace } from '../cluster/node/processes/pid-namespace.ts';
import { type Exit, Process } from '../cluster/node/processes/process.ts';

/** 2026-11-23 06:00 UTC, in milliseconds. */
const START = 1_795_413_600_000;

export interface Run {
  readonly process: Process;
  /** What it wrote so far; with a terminal both in `out`. */
  readonly out: () => string;
  readonly error: () => string;
  /** Undefined while it runs. */
  readonly exit: () => Exit | undefined;
  readonly input: Pipe;
}

export interface RunOptions {
  readonly terminal?: WindowSize;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  /** In place of those that write down what is said. */
  readonly streams?: StandardStreams;
}

/** A machine for tests: programs in /bin, some files, a kernel that runs as long as there is something to do. */
export class World {
  readonly kernel = new Kernel({ start: START, seed: 1 });
  readonly files: FileSystemView;
  readonly pids = new PidNamespace();
  /** A network of its own, where nobody is. */
  sockets: Sockets = new Network(this.kernel).machine();
  readonly #programs: Readonly<Record<string, Program>>;

  constructor(programs: Readonly<Record<string, Program>>, files: Readonly<Record<string, string>> = {}) {
    this.#programs = programs;
    this.files = FileSystemView.of(new Volume(this.kernel, 0));
    for (const path of ['/bin', '/dev', '/etc', '/root', '/tmp', '/data']) this.files.mkdir(path, { recursive: true });
    this.files.chmod('/tmp', 0o1777);
    this.files.mknod('/dev/null', 'character');
    installFile(
      this.files,
      '/etc/passwd',
      'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    );
    installFile(this.files, '/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
    for (const name of Object.keys(programs)) installFile(this.files, `/bin/${name}`, executable(name), 0o755);
    for (const [path, text] of Object.entries(files)) installFile(this.files, path, text);
  }

  /** Starts a command in /data; it runs when the kernel does. */
  start(argv: readonly string[], { terminal, input, env = {}, credentials, streams: own }: RunOptions = {}): Run {
    const pipe = new Pipe();
    if (input !== undefined) pipe.write(input);
    if (!terminal) pipe.end();
    const written = { out: '', error: '' };
    let exit: Exit | undefined;
    const streams: StandardStreams = {
      read: () => pipe.read(),
      out: (text) => {
        written.out += text;
      },
      error: (text) => {
        written[terminal ? 'out' : 'error'] += text;
      },
      *drain() {},
      terminal: terminal ? { in: terminal, out: terminal, error: terminal } : {},
    };
    const files = this.files.as({ workingDirectory: '/data', ...(credentials && { credentials }) });
    const programs = (name: string) => this.#programs[name];
    const surroundings = {
      kernel: this.kernel,
      pids: this.pids,
      hostname: 'box',
      sockets: this.sockets,
      programs,
    };
    const process = new Process(surroundings, {
      ...loadExecutable(files, `/bin/${argv[0]}`, argv, programs),
      env: { PATH: '/bin', HOME: '/root', ...env },
      files,
      streams: own ?? streams,
      onExit: (ended) => {
        exit = ended;
      },
    });
    return { process, out: () => written.out, error: () => written.error, exit: () => exit, input: pipe };
  }

  /** Runs a command to its end, at most so many simulated milliseconds. */
  run(argv: readonly string[], options: RunOptions = {}, milliseconds = 60_000) {
    const run = this.start(argv, options);
    this.kernel.runUntilTrue(() => run.exit() !== undefined, milliseconds);
    return { out: run.out(), error: run.error(), code: run.exit()?.code };
  }

  signal(run: Run, signal: Signal): void {
    run.process.signal(signal, this.pids);
  }
}
