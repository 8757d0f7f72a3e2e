import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { lookUp } from '#machine/command-path.ts';
import {
  type ContainerConfig,
  type ContainerStatus,
  CriError,
  type ExecOptions,
  type ExecResult,
  type Image,
  type PodSandbox,
} from '#machine/cri.ts';
import { FsError } from '#machine/file-system.ts';
import type { Duplex } from '#machine/http.ts';
import { Pipe } from '#machine/pipe.ts';
import type { Signal, StandardStreams } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import { volumeOver } from '../file-system/layer.ts';
import { FileSystemView } from '../file-system/view.ts';
import type { Volume } from '../file-system/volume.ts';
import { DEFAULT_PATH, type Executable, loadExecutable } from '../processes/executables.ts';
import { PidNamespace, type Task } from '../processes/pid-namespace.ts';
import { type Exit, Process, type Surroundings } from '../processes/process.ts';
import type { CatalogImage } from './catalog.ts';
import { ContainerLog } from './container-log.ts';
import { ExecChannel } from './exec-channel.ts';
import { hexId } from './ids.ts';
import { mountInto } from './root-file-system.ts';
import { execFailure, notExecutable, startFailure } from './runc-errors.ts';

/** What containers have of their node. */
export interface ContainerHost {
  readonly pids: PidNamespace;
  readonly sockets: Sockets;
  readonly files: FileSystemView;
  /** Numbers the volumes of the node. */
  nextDevice(): number;
}

export interface ContainerOptions {
  readonly id: string;
  readonly sandbox: PodSandbox;
  readonly config: ContainerConfig;
  /** The configuration's and those that the runtime adds. */
  readonly mounts: ContainerConfig['mounts'];
  readonly source: CatalogImage;
  readonly layer: Volume;
  readonly image: Image;
  readonly host: ContainerHost;
  readonly shim: Task;
  readonly onStopped: () => void;
}

/** How fast a container's output is taken from it, in characters a millisecond. */
const OUTPUT_SPEED = 100_000;

/** A container: its first process, those that are executed in it, and its log. */
export class Container {
  readonly id: string;
  readonly sandboxId: string;
  readonly #kernel: Kernel;
  readonly #options: ContainerOptions;
  readonly #log: ContainerLog;
  readonly #createdAt: number;
  readonly #root: FileSystemView;
  readonly #surroundings: Surroundings;
  readonly #env: Readonly<Record<string, string>>;
  readonly #input = new Pipe();
  #process: Process | undefined;
  #startedAt = 0;
  #finishedAt = 0;
  #exit: Exit | undefined;
  #failure: { readonly reason: string; readonly message: string } | undefined;
  #waiting: (() => void)[] = [];
  readonly #attached = new Set<ExecChannel>();
  /** Characters that were written and not waited for. */
  #written = 0;

  constructor(kernel: Kernel, options: ContainerOptions) {
    const { host, sandbox, source, config, layer } = options;
    this.id = options.id;
    this.sandboxId = sandbox.id;
    this.#kernel = kernel;
    this.#options = options;
    this.#createdAt = kernel.now;
    this.#log = new ContainerLog(kernel, host.files, this.#logFile);
    this.#root = FileSystemView.of(volumeOver(layer, kernel, host.nextDevice()));
    this.#surroundings = {
      kernel,
      pids: new PidNamespace(host.pids),
      hostname: sandbox.config.hostname,
      sockets: host.sockets,
      programs: (name) => source.programs[name],
    };
    // In the order of containerd and runc.
    this.#env = {
      PATH: DEFAULT_PATH,
      HOSTNAME: sandbox.config.hostname,
      ...(config.tty && { TERM: 'xterm' }),
      ...Object.fromEntries([...(source.environment ?? []), ...config.env]),
    };
    if (!('HOME' in this.#env)) this.#env = { ...this.#env, HOME: '/root' };
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  get #logFile(): string {
    return `${this.#options.sandbox.config.logDirectory}/${this.#options.config.logPath}`;
  }

  /** @throws CriError for what cannot be mounted, or a command that is no program of the image */
  start(): void {
    const { host, config, mounts } = this.#options;
    this.#log.open();
    let executable: Executable;
    let files: FileSystemView;
    try {
      mountInto(this.#root, host.files, mounts);
      files = this.#files();
      executable = this.#load(files, this.#command(), startFailure);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      this.#failure = { reason: 'StartError', message: error.message };
      this.#finishedAt = this.#kernel.now;
      this.#exit = { code: 128 };
      throw error;
    }
    this.#startedAt = this.#kernel.now;
    if (!config.stdin) this.#input.end();
    this.#process = new Process(this.#surroundings, {
      ...executable,
      env: this.#env,
      files,
      streams: this.#streams(),
      parent: this.#options.shim,
      onExit: (exit) => this.#ended(exit),
    });
  }

  signal(signal: Signal): void {
    this.#process?.kill(signal);
  }

  /** At once, with all that runs in it. */
  kill(): void {
    this.#process?.kill('KILL');
  }

  /** Calls back when its first process has ended. */
  ended(): (callback: () => void) => void {
    return (callback) => {
      if (this.isRunning) this.#waiting.push(callback);
      else callback();
    };
  }

  status(): ContainerStatus {
    const { config, image, host } = this.#options;
    const state = this.#exit ? 'EXITED' : this.#process ? 'RUNNING' : 'CREATED';
    const code = this.#exit?.code ?? 0;
    return {
      id: this.id,
      sandboxId: this.sandboxId,
      config,
      state,
      createdAt: this.#createdAt,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      exitCode: code,
      reason: this.#exit ? (this.#failure?.reason ?? (code === 0 ? 'Completed' : 'Error')) : '',
      message: this.#failure?.message ?? '',
      image: image.repoTags[0] ?? config.image,
      imageRef: image.repoDigests[0] ?? image.id,
      logFile: this.#logFile,
      pid: this.#process?.isRunning ? this.#process.pidIn(host.pids) : 0,
    };
  }

  /** With the directories that are empty then. */
  removeLog(): void {
    const { files } = this.#options.host;
    try {
      files.unlink(this.#logFile);
      for (let path = parentOf(this.#logFile); path !== '/var/log/pods'; path = parentOf(path)) files.rmdir(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }

  *execSync(command: readonly string[], timeout: number): Routine<ExecResult> {
    const output = { stdout: '', stderr: '' };
    const input = new Pipe();
    input.end();
    const exitCode = yield* wait<number>((resume, fail) => {
      const process = this.#execute(
        command,
        {
          read: () => input.read(),
          out: (text) => {
            output.stdout += text;
          },
          error: (text) => {
            output.stderr += text;
          },
          drain: () => this.#drain(),
          terminal: {},
        },
        ({ code }) => resume(code),
      );
      if (timeout <= 0) return undefined;
      const timer = this.#kernel.after(timeout * 1000, () => {
        if (!process.isRunning) return;
        fail(
          new CriError(
            'DeadlineExceeded',
            `failed to exec in container: timeout ${timeout}s exceeded: context deadline exceeded`,
          ),
        );
        process.kill('KILL');
      });
      return () => timer.cancel();
    });
    return { exitCode, ...output };
  }

  exec(command: readonly string[], options: ExecOptions): Duplex {
    const input = new Pipe();
    const channel = new ExecChannel(this.#kernel, options, input, (signal) => process.kill(signal));
    if (!options.stdin) input.end();
    const process = this.#execute(command, channel.streams, ({ code }) => channel.finish(code));
    return channel;
  }

  attach(options: ExecOptions): Duplex {
    const process = this.#process;
    if (!process?.isRunning) throw new CriError('InvalidArgument', `container is in CONTAINER_EXITED state`);
    const takes = { tty: options.tty, stdin: options.stdin && this.#options.config.stdin };
    const channel = new ExecChannel(this.#kernel, takes, this.#input, (signal) => process.kill(signal));
    this.#attached.add(channel);
    return channel;
  }

  /** @throws CriError */
  #execute(command: readonly string[], streams: StandardStreams, onExit: (exit: Exit) => void): Process {
    if (!this.isRunning)
      throw new CriError('Unknown', `failed to exec in container: container is in CONTAINER_EXITED state`);
    const files = this.#files();
    const executable = this.#load(files, command, (why) => execFailure(hexId(this.#kernel.random, 64), why));
    return new Process(this.#surroundings, { ...executable, env: this.#env, files, streams, onExit });
  }

  /** Where the container's processes begin; runc makes their working directory. */
  #files(): FileSystemView {
    const { config, source } = this.#options;
    const workingDirectory = config.workingDirectory || source.workingDirectory || '/';
    if (workingDirectory === '/') return this.#root;
    if (!this.#root.exists(workingDirectory)) this.#root.mkdir(workingDirectory, { recursive: true });
    return this.#root.as({ workingDirectory });
  }

  /** @throws CriError */
  #load(files: FileSystemView, argv: readonly string[], message: (why: string) => string): Executable {
    const [command = ''] = argv;
    try {
      return loadExecutable(files, lookUp(files, command, this.#env['PATH'] ?? ''), argv, this.#surroundings.programs);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new CriError('Unknown', message(notExecutable(command, error)));
    }
  }

  #command(): readonly string[] {
    const { config, source } = this.#options;
    const command = config.command.length > 0 ? config.command : source.entrypoint;
    // A command of the Pod's own does away with the image's arguments.
    const args = config.args.length > 0 ? config.args : config.command.length > 0 ? [] : source.command;
    return [...command, ...args];
  }

  #streams(): StandardStreams {
    const size = { columns: 80, rows: 24 };
    return {
      read: () => this.#input.read(),
      out: (text) => this.#write('stdout', text),
      // A terminal is one stream.
      error: (text) => this.#write(this.#options.config.tty ? 'stdout' : 'stderr', text),
      drain: () => this.#drain(),
      terminal: this.#options.config.tty ? { in: size, out: size, error: size } : {},
    };
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#written += text.length;
    this.#log.write(stream, text);
    for (const channel of this.#attached) {
      if (!channel.output.isOpen) this.#attached.delete(channel);
      else if (stream === 'stdout') channel.out(text);
      else channel.error(text);
    }
  }

  /** A program that writes without end takes its time at it. */
  *#drain(): Routine<void> {
    const milliseconds = Math.floor(this.#written / OUTPUT_SPEED);
    this.#written %= OUTPUT_SPEED;
    if (milliseconds > 0) yield* sleep(this.#kernel, milliseconds);
  }

  #ended(exit: Exit): void {
    this.#exit = exit;
    this.#finishedAt = this.#kernel.now;
    this.#log.close();
    for (const channel of this.#attached) channel.finish(exit.code);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
    this.#options.onStopped();
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
