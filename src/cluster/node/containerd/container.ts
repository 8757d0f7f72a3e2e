import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { hexDigits } from '#kernel/uuid.ts';
import {
  type ContainerConfig,
  type ContainerStatus,
  CriError,
  type ExecOptions,
  type ExecResult,
  type Image,
} from '#machine/cri.ts';
import { FsError } from '#machine/file-system.ts';
import type { Duplex } from '#machine/http.ts';
import { Pipe } from '#machine/pipe.ts';
import type { Signal, StandardStreams } from '#machine/program.ts';
import type { LayerChanges } from '../file-system/layer-changes.ts';
import type { Task } from '../processes/pid-namespace.ts';
import type { Exit, Process, ProcessState } from '../processes/process.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerWorld, type WorldOptions } from './container-world.ts';
import { ExecChannel } from './exec-channel.ts';
import { inputOf, terminalOf } from './exec-terminal.ts';
import { execFailure, startFailure } from './runc-errors.ts';
import { type Input, onTerminal, TerminalLine } from './terminal-line.ts';

export interface ContainerOptions extends WorldOptions {
  readonly id: string;
  readonly image: Image;
  readonly shim: Task;
  readonly onStopped: () => void;
}

/** A container of a saved machine. */
export interface ContainerState {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exit?: Exit;
  readonly failure?: Failure;
  /** Of one that is not over. */
  readonly changes?: LayerChanges;
  /** Undefined for a process that does not go on. */
  readonly process?: ProcessState;
}

interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** How containerd finds a container whose process went with the power (internal/cri/store/container, unknownContainerStatus). */
const LOST: Failure & Exit = { reason: 'Unknown', message: '', code: 255 };
/** How fast a container's output is taken from it, in characters a millisecond. */
const OUTPUT_SPEED = 100_000;

/** A container: its first process, those that are executed in it, and its log. */
export class Container {
  readonly id: string;
  readonly sandboxId: string;
  readonly #kernel: Kernel;
  readonly #options: ContainerOptions;
  readonly #log: ContainerLog;
  #createdAt: number;
  readonly #world: ContainerWorld;
  readonly #input: Input;
  #process: Process | undefined;
  #startedAt = 0;
  #finishedAt = 0;
  #exit: Exit | undefined;
  #failure: Failure | undefined;
  #waiting: (() => void)[] = [];
  readonly #attached = new Set<ExecChannel>();
  /** Characters that were written and not waited for. */
  #written = 0;

  constructor(kernel: Kernel, options: ContainerOptions) {
    this.id = options.id;
    this.sandboxId = options.sandbox.id;
    this.#kernel = kernel;
    this.#options = options;
    this.#createdAt = kernel.now;
    this.#log = new ContainerLog(kernel, options.host.files, this.#logFile);
    this.#world = new ContainerWorld(kernel, options);
    this.#input = options.config.tty ? this.#terminalLine() : new Pipe();
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  get #logFile(): string {
    return `${this.#options.sandbox.config.logDirectory}/${this.#options.config.logPath}`;
  }

  /** @throws CriError for what cannot be mounted, or a command that is no program of the image */
  start(): void {
    try {
      this.#run();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      this.#failure = { reason: 'StartError', message: error.message };
      this.#finishedAt = this.#kernel.now;
      this.#exit = { code: 128 };
      throw error;
    }
    this.#startedAt = this.#kernel.now;
  }

  /** @throws CriError */
  #run(saved?: ProcessState): void {
    const { config, shim } = this.#options;
    this.#log.open();
    if (!config.stdin) this.#input.end();
    this.#world.mount();
    this.#process = this.#world.spawn({
      argv: saved?.argv ?? this.#command(),
      streams: this.#streams(),
      parent: shim,
      onExit: (exit) => this.#ended(exit),
      failure: startFailure,
      ...(saved && { saved }),
    });
  }

  save(): ContainerState {
    const { sandbox, config } = this.#options;
    const process = this.#process?.save();
    return {
      id: this.id,
      sandboxId: sandbox.id,
      config,
      createdAt: this.#createdAt,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      ...(this.#exit ? { exit: this.#exit } : { changes: this.#world.changes() }),
      ...(this.#failure && { failure: this.#failure }),
      ...(process && { process }),
    };
  }

  /** Goes on as it was when the machine was saved. */
  resume({ createdAt, startedAt, finishedAt, exit, failure, process }: ContainerState): void {
    this.#createdAt = createdAt;
    this.#startedAt = startedAt;
    this.#finishedAt = finishedAt;
    this.#exit = exit;
    this.#failure = failure;
    if (exit || startedAt === 0) return;
    if (process) {
      this.#run(process);
      return;
    }
    this.#exit = LOST;
    this.#failure = LOST;
    this.#finishedAt = this.#kernel.now;
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

  /** @throws CriError when it does not run; what the command cannot do the channel says */
  exec(command: readonly string[], options: ExecOptions): Duplex {
    this.#demandRunning();
    const signal = (which: Signal) => process?.kill(which);
    const terminal = options.tty ? terminalOf((text) => channel.out(text), signal) : undefined;
    const input = terminal ? inputOf(terminal) : new Pipe();
    const channel: ExecChannel = new ExecChannel(this.#kernel, options, input, signal, terminal);
    let process: Process | undefined;
    if (!options.stdin) input.end();
    try {
      process = this.#execute(command, channel.streams, ({ code }) => channel.finish(code));
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      channel.fail(error.message);
    }
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
    this.#demandRunning();
    const failure = (why: string) => execFailure(hexDigits(this.#kernel.random, 64), why);
    return this.#world.spawn({ argv: command, streams, onExit, failure });
  }

  /** @throws CriError */
  #demandRunning(): void {
    if (!this.isRunning)
      throw new CriError('Unknown', 'failed to exec in container: container is in CONTAINER_EXITED state');
  }

  #command(): readonly string[] {
    const { config, source } = this.#options;
    const command = config.command.length > 0 ? config.command : source.entrypoint;
    // A command of the Pod's own does away with the image's arguments.
    const args = config.args.length > 0 ? config.args : config.command.length > 0 ? [] : source.command;
    return [...command, ...args];
  }

  #terminalLine(): TerminalLine {
    return new TerminalLine({ echo: (text) => this.#write('stdout', text), signal: (signal) => this.signal(signal) });
  }

  #streams(): StandardStreams {
    const { tty } = this.#options.config;
    const size = { columns: 80, rows: 24 };
    return {
      read: () => this.#input.read(),
      out: (text) => this.#write('stdout', tty ? onTerminal(text) : text),
      // A terminal is one stream.
      error: (text) => this.#write(tty ? 'stdout' : 'stderr', tty ? onTerminal(text) : text),
      drain: () => this.#drain(),
      terminal: tty ? { in: size, out: size, error: size } : {},
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
