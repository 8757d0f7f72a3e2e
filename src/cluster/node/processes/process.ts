import { Cancelled, Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { FileSystem } from '#machine/file-system.ts';
import { BrokenPipe } from '#machine/pipe.ts';
import {
  type ChildProcess,
  type ProcessContext,
  type Program,
  SIGNALS,
  type Signal,
  type SpawnOptions,
  type StandardStreams,
} from '#machine/program.ts';
import type { ProcessSockets, Sockets } from '#machine/sockets.ts';
import { loadExecutable, type Programs } from './executables.ts';
import type { PidNamespace, Task } from './pid-namespace.ts';

/** How a process ended. */
export interface Exit {
  /** 128 and the signal's number when it was killed. */
  readonly code: number;
  readonly signal?: Signal;
}

/** What processes of one machine or container have in common: their namespaces, and what executable files run. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly pids: PidNamespace;
  readonly hostname: string;
  readonly sockets: Sockets;
  readonly programs: Programs;
}

export interface ProcessOptions {
  readonly program: Program;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: FileSystem;
  readonly streams: StandardStreams;
  readonly parent?: Task;
  readonly onExit?: (exit: Exit) => void;
  /** It ran when its machine was saved. */
  readonly saved?: Pick<ProcessState, 'pid' | 'startedAt'>;
}

/** A process of a saved machine that goes on with it. */
export interface ProcessState {
  /** On the machine. */
  readonly pid: number;
  readonly startedAt: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** What a process that goes on says so soon, in milliseconds, is what it said when it was started: nobody hears it. */
const WAKING = 3_000;

/** What begins with execve(2). */
type Loaded = Pick<ProcessOptions, 'program' | 'argv' | 'env' | 'files' | 'streams'>;

/** Signals that nothing happens by, unless a program handles them. */
const IGNORED: ReadonlySet<Signal> = new Set<Signal>(['CHLD', 'CONT', 'WINCH']);
const STOPPING: ReadonlySet<Signal> = new Set<Signal>(['STOP', 'TSTP']);

/** A process: a program that runs, what signals do to it, and the processes that it starts. */
export class Process implements Task, ChildProcess {
  readonly startedAt: number;
  readonly #surroundings: Surroundings;
  #options: ProcessOptions;
  readonly #pids: ReadonlyMap<PidNamespace, number>;
  readonly #handlers = new Map<Signal, () => void>();
  readonly #atExit: (() => void)[] = [];
  readonly #sockets: ProcessSockets;
  readonly #coroutine: Coroutine<number>;
  #letGo: (() => void) | undefined;
  readonly #children = new Set<Process>();
  #waiting: ((code: number) => void)[] = [];
  #parent: Task | undefined;
  #exit: Exit | undefined;
  #isStopped = false;
  #stopListeners: (() => void)[] = [];
  /** Signals that came while it was stopped. */
  #pending: Signal[] = [];

  constructor(surroundings: Surroundings, options: ProcessOptions) {
    const { kernel, pids } = surroundings;
    const { saved, streams } = options;
    this.#surroundings = surroundings;
    this.#options = saved ? { ...options, streams: quietUntil(kernel, kernel.now + WAKING, streams) } : options;
    this.startedAt = saved?.startedAt ?? kernel.now;
    this.#parent = options.parent;
    this.#pids = pids.enter(this, saved?.pid);
    this.#letGo = streams.hold?.();
    this.#sockets = surroundings.sockets.of({ pid: this.pidIn(machineOf(pids)), program: nameOf(options.argv) });
    this.#coroutine = new Coroutine(
      kernel,
      options.program(this.#context()),
      (code) => this.#end({ code: code & 0xff }),
      (error) => this.#fail(error),
    );
  }

  /** As it sees itself. */
  get pid(): number {
    return this.pidIn(this.#surroundings.pids);
  }

  get argv(): readonly string[] {
    return this.#options.argv;
  }

  get endedBy(): Signal | undefined {
    return this.#exit?.signal;
  }

  get parent(): Task | undefined {
    return this.#parent;
  }

  get uid(): number {
    return this.#options.files.credentials.uid;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  pidIn(namespace: PidNamespace): number {
    return this.#pids.get(namespace) ?? 0;
  }

  /** Undefined for what does not go on when its machine does. */
  save(): ProcessState | undefined {
    const { program, argv, env, files } = this.#options;
    if (!program.resumes || !this.isRunning) return undefined;
    const pid = this.pidIn(machineOf(this.#surroundings.pids));
    return { pid, startedAt: this.startedAt, argv, env, workingDirectory: files.workingDirectory };
  }

  /** From those who started it, outside of its namespace. */
  kill(signal: Signal): void {
    this.#deliver(signal, false);
  }

  killAll(signal: Signal): void {
    const children = [...this.#children];
    this.kill(signal);
    for (const child of children) child.killAll(signal);
  }

  onStop(handler: () => void): () => void {
    this.#stopListeners.push(handler);
    return () => {
      this.#stopListeners = this.#stopListeners.filter((other) => other !== handler);
    };
  }

  signal(signal: Signal, sender: PidNamespace): void {
    this.#deliver(signal, sender === this.#surroundings.pids);
  }

  *wait(): Routine<number> {
    if (this.#exit) return this.#exit.code;
    return yield* wait<number>((resume) => {
      this.#waiting.push(resume);
      return () => {
        this.#waiting = this.#waiting.filter((other) => other !== resume);
      };
    });
  }

  /** The first of a namespace hears only what it handles; what kills others comes from outside alone (pid_namespaces(7)). */
  #deliver(signal: Signal, isFromInside: boolean): void {
    if (!this.isRunning) return;
    if (this.#isStopped && signal !== 'KILL') {
      if (signal !== 'CONT') {
        if (!STOPPING.has(signal)) this.#pending.push(signal);
        return;
      }
      this.#goOn();
    }
    const handler = this.#handlers.get(signal);
    if (signal !== 'KILL' && signal !== 'STOP' && handler) {
      handler();
      return;
    }
    if (IGNORED.has(signal)) return;
    if (this.#isInit && (signal !== 'KILL' || isFromInside)) return;
    if (STOPPING.has(signal)) {
      this.#stop();
      return;
    }
    this.#coroutine.cancel();
    this.#end({ code: 128 + SIGNALS[signal], signal });
  }

  /** What nobody started from a shell goes on: a daemon is more than its routine, which alone could be stopped. */
  #stop(): void {
    if (!(this.#options.parent instanceof Process)) return;
    this.#isStopped = true;
    this.#coroutine.pause();
    const listeners = this.#stopListeners;
    this.#stopListeners = [];
    for (const listener of listeners) listener();
  }

  #goOn(): void {
    this.#isStopped = false;
    this.#coroutine.goOn();
    for (const signal of this.#pending.splice(0)) this.kill(signal);
  }

  get #isInit(): boolean {
    return this.#surroundings.pids.init === this;
  }

  #context(): ProcessContext {
    const { kernel, hostname, pids } = this.#surroundings;
    const { argv, env, streams, files } = this.#options;
    const table = pids.tableFor(this.uid);
    return {
      kernel,
      pid: this.pid,
      argv,
      env,
      hostname,
      streams,
      files,
      sockets: this.#sockets,
      processes: {
        rows: () => table.rows(),
        kill: (pid, signal) => {
          const isThere = table.kill(pid, signal);
          // It killed itself: nothing more is done.
          if (!this.isRunning) throw new Cancelled(`killed by ${signal}`);
          return isThere;
        },
      },
      spawn: (path, options) => this.#spawn(path, options),
      exec: (path, options) => this.#become(path, options),
      onSignal: (signal, handler) => {
        if (handler) this.#handlers.set(signal, handler);
        else this.#handlers.delete(signal);
      },
      onExit: (handler) => this.#atExit.push(handler),
      startedAt: this.startedAt,
      isResumed: this.#options.saved !== undefined,
    };
  }

  /** @throws FsError */
  #spawn(path: string, options: SpawnOptions): Process {
    const started = this.#load(path, options);
    const child: Process = new Process(this.#surroundings, {
      ...started,
      parent: this,
      onExit: () => {
        this.#children.delete(child);
        if (this.isRunning) this.#handlers.get('CHLD')?.();
      },
    });
    this.#children.add(child);
    return child;
  }

  /** @throws FsError */
  #become(path: string, options: SpawnOptions): Routine<number> {
    return this.#goOnAs(this.#load(path, options));
  }

  *#goOnAs(loaded: Loaded): Routine<number> {
    const { saved: _, ...own } = this.#options;
    this.#options = { ...own, ...loaded };
    this.#handlers.clear();
    const letGo = loaded.streams.hold?.();
    this.#letGo?.();
    this.#letGo = letGo;
    return yield* loaded.program(this.#context());
  }

  /** @throws FsError */
  #load(path: string, options: SpawnOptions): Loaded {
    const own = this.#options;
    const { env = own.env, workingDirectory, streams = own.streams } = options;
    const base = options.files ?? own.files;
    const files = workingDirectory === undefined ? base : base.as({ workingDirectory });
    const { program, argv } = options.program
      ? { program: options.program, argv: options.argv }
      : loadExecutable(files, path, options.argv, this.#surroundings.programs);
    return { program, argv, env, files, streams };
  }

  /** What a program does not catch ends it. */
  #fail(error: unknown): void {
    if (error instanceof BrokenPipe) {
      this.#end({ code: 128 + SIGNALS.PIPE, signal: 'PIPE' });
      return;
    }
    try {
      this.#options.streams.error(`${error instanceof Error ? error.message : String(error)}\n`);
    } catch (broken) {
      if (!(broken instanceof BrokenPipe)) throw broken;
    }
    this.#end({ code: 1 });
  }

  #end(exit: Exit): void {
    if (this.#exit) return;
    const isInit = this.#isInit;
    this.#exit = exit;
    for (const handler of this.#atExit) handler();
    this.#sockets.close();
    this.#letGo?.();
    const { pids } = this.#surroundings;
    pids.leave(this.#pids);
    for (const child of this.#children) child.#parent = pids.init;
    if (isInit) for (const task of pids.tasks) task.signal('KILL', pids);
    this.#options.onExit?.(exit);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume(exit.code);
  }
}

/** The namespace around all others. */
function machineOf(pids: PidNamespace): PidNamespace {
  let machine = pids;
  while (machine.outer) machine = machine.outer;
  return machine;
}

/** What the kernel calls a process (its comm), which `ss -p` shows: 15 letters. */
function nameOf(argv: readonly string[]): string {
  return (argv[0]?.split('/').at(-1) ?? '').slice(0, 15);
}

function quietUntil(kernel: Kernel, time: number, streams: StandardStreams): StandardStreams {
  return {
    ...streams,
    out: (text) => {
      if (kernel.now >= time) streams.out(text);
    },
    error: (text) => {
      if (kernel.now >= time) streams.error(text);
    },
  };
}
