import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import {
  type ContainerConfig,
  type ContainerStatus,
  CriError,
  type ExecOptions,
  type ExecResult,
  type Image,
  type PodSandbox,
} from '#machine/cri.ts';
import type { Duplex } from '#machine/http.ts';
import type { Program, ProgramFiles, Signal } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { CatalogImage } from './catalog.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerProcess, type Exit } from './container-process.ts';
import { ExecChannel } from './exec-channel.ts';

/** What containers have of their node. */
export interface ContainerHost {
  nextPid(): number;
  readonly sockets: Sockets;
  /** Files as a container with these mounts sees them. */
  files(config: ContainerConfig): ProgramFiles;
  appendLog(path: string, text: string): void;
  removeLog(path: string): void;
}

export interface ContainerOptions {
  readonly id: string;
  readonly sandbox: PodSandbox;
  readonly config: ContainerConfig;
  readonly source: CatalogImage;
  readonly image: Image;
  readonly host: ContainerHost;
  readonly onStopped: () => void;
}

/** A container: its first process, those that are executed in it, and its log. */
export class Container {
  readonly id: string;
  readonly sandboxId: string;
  readonly #kernel: Kernel;
  readonly #options: ContainerOptions;
  readonly #log: ContainerLog;
  readonly #createdAt: number;
  readonly #others = new Set<ContainerProcess>();
  #process: ContainerProcess | undefined;
  #startedAt = 0;
  #finishedAt = 0;
  #exit: Exit | undefined;
  #failure: { readonly reason: string; readonly message: string } | undefined;
  #waiting: (() => void)[] = [];
  readonly #attached = new Set<ExecChannel>();

  constructor(kernel: Kernel, options: ContainerOptions) {
    this.id = options.id;
    this.sandboxId = options.sandbox.id;
    this.#kernel = kernel;
    this.#options = options;
    this.#createdAt = kernel.now;
    this.#log = new ContainerLog(kernel, (text) => options.host.appendLog(this.#logFile, text));
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  get #logFile(): string {
    return `${this.#options.sandbox.config.logDirectory}/${this.#options.config.logPath}`;
  }

  /** @throws CriError for a command that is no program of the image */
  start(): void {
    const { host, config } = this.#options;
    const argv = this.#command();
    host.appendLog(this.#logFile, '');
    const program = this.#program(argv[0] ?? '');
    if (!program) {
      const why = failedExec(argv[0] ?? '');
      this.#failure = { reason: 'StartError', message: why };
      this.#finishedAt = this.#kernel.now;
      this.#exit = { code: 128 };
      throw new CriError('Unknown', why);
    }
    this.#startedAt = this.#kernel.now;
    this.#process = this.#spawn(program, argv, true, {
      out: (text) => this.#write('stdout', text),
      error: (text) => this.#write('stderr', text),
      onExit: (exit) => this.#ended(exit),
    });
    if (!config.stdin) this.#process.write(undefined);
  }

  signal(signal: Signal): void {
    this.#process?.signal(signal);
  }

  /** At once, with all that runs in it. */
  kill(): void {
    this.#process?.signal('KILL');
  }

  /** Calls back when its first process has ended. */
  ended(): (callback: () => void) => void {
    return (callback) => {
      if (this.isRunning) this.#waiting.push(callback);
      else callback();
    };
  }

  status(): ContainerStatus {
    const { config, image } = this.#options;
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
      pid: this.#process?.isRunning ? this.#process.pid : 0,
    };
  }

  removeLog(): void {
    this.#options.host.removeLog(this.#logFile);
  }

  *execSync(command: readonly string[], timeout: number): Routine<ExecResult> {
    const output = { stdout: '', stderr: '' };
    const exitCode = yield* wait<number>((resume, fail) => {
      const process = this.#execute(command, {
        out: (text) => {
          output.stdout += text;
        },
        error: (text) => {
          output.stderr += text;
        },
        onExit: ({ code }) => resume(code),
      });
      process.write(undefined);
      if (timeout <= 0) return undefined;
      const timer = this.#kernel.after(timeout * 1000, () => {
        if (!process.isRunning) return;
        fail(
          new CriError(
            'DeadlineExceeded',
            `failed to exec in container: timeout ${timeout}s exceeded: context deadline exceeded`,
          ),
        );
        process.signal('KILL');
      });
      return () => timer.cancel();
    });
    return { exitCode, ...output };
  }

  exec(command: readonly string[], options: ExecOptions): Duplex {
    const channel = new ExecChannel(this.#kernel, options.tty);
    const process = this.#execute(command, {
      out: (text) => channel.write(1, text),
      error: (text) => channel.write(options.tty ? 1 : 2, text),
      onExit: ({ code }) => channel.finish(code),
    });
    channel.connect(process, options.stdin);
    return channel;
  }

  attach(options: ExecOptions): Duplex {
    const channel = new ExecChannel(this.#kernel, options.tty);
    const process = this.#process;
    if (!process?.isRunning) throw new CriError('InvalidArgument', `container is in CONTAINER_EXITED state`);
    channel.connect(process, options.stdin && this.#options.config.stdin);
    this.#attached.add(channel);
    return channel;
  }

  /** @throws CriError */
  #execute(
    command: readonly string[],
    streams: { out: (text: string) => void; error: (text: string) => void; onExit: (exit: Exit) => void },
  ) {
    if (!this.isRunning)
      throw new CriError('Unknown', `failed to exec in container: container is in CONTAINER_EXITED state`);
    const program = this.#program(command[0] ?? '');
    if (!program)
      throw new CriError('Unknown', failedExec(command[0] ?? '', 'failed to exec in container: failed to start exec'));
    const process: ContainerProcess = this.#spawn(program, command, false, {
      ...streams,
      onExit: (exit) => {
        this.#others.delete(process);
        streams.onExit(exit);
      },
    });
    this.#others.add(process);
    return process;
  }

  #spawn(
    program: Program,
    argv: readonly string[],
    isInit: boolean,
    streams: { out: (text: string) => void; error: (text: string) => void; onExit: (exit: Exit) => void },
  ): ContainerProcess {
    const { config, host, sandbox, source } = this.#options;
    return new ContainerProcess(this.#kernel, program, {
      pid: host.nextPid(),
      isInit,
      argv,
      env: Object.fromEntries([...(source.environment ?? []), ...config.env]),
      workingDirectory: config.workingDirectory || source.workingDirectory || '/',
      hostname: sandbox.config.hostname,
      files: host.files(config),
      sockets: host.sockets,
      ...streams,
    });
  }

  #command(): readonly string[] {
    const { config, source } = this.#options;
    const command = config.command.length > 0 ? config.command : source.entrypoint;
    // A command of the Pod's own does away with the image's arguments.
    const args = config.args.length > 0 ? config.args : config.command.length > 0 ? [] : source.command;
    return [...command, ...args];
  }

  #program(path: string): Program | undefined {
    return this.#options.source.programs[path.split('/').at(-1) ?? ''];
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#log.write(stream, text);
    for (const channel of this.#attached) channel.write(stream === 'stdout' ? 1 : 2, text);
  }

  #ended(exit: Exit): void {
    this.#exit = exit;
    this.#finishedAt = this.#kernel.now;
    this.#log.close();
    for (const process of this.#others) process.signal('KILL');
    for (const channel of this.#attached) channel.finish(exit.code);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
    this.#options.onStopped();
  }
}

/** runc's words for a program that is not in the image. */
function failedExec(path: string, prefix = 'failed to create containerd task: failed to create shim task'): string {
  const why = path.includes('/')
    ? `stat ${path}: no such file or directory`
    : `exec: ${JSON.stringify(path)}: executable file not found in $PATH`;
  const detail = path.includes('/') ? `exec: ${JSON.stringify(path)}: ${why}` : why;
  return `${prefix}: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${detail}`;
}
