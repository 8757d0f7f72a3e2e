import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { type ProcessContext, type Program, type ProgramFiles, SIGNALS, type Signal } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number;
  readonly signal?: Signal;
}

export interface ProcessOptions {
  readonly pid: number;
  /** Whether it is the first of its PID namespace: signals without a handler do nothing to it (pid_namespaces(7)). */
  readonly isInit: boolean;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly hostname: string;
  readonly files: ProgramFiles;
  readonly sockets: Sockets;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly onExit: (exit: Exit) => void;
}

/** Signals that nothing happens by, unless a program handles them. */
const IGNORED: ReadonlySet<Signal> = new Set<Signal>(['CHLD', 'CONT', 'WINCH', 'STOP']);

/** A process of a container: a program that runs, and what signals do to it. */
export class ContainerProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly #options: ProcessOptions;
  readonly #handlers = new Map<Signal, () => void>();
  readonly #atExit: (() => void)[] = [];
  readonly #coroutine: Coroutine<number>;
  readonly #input: (string | undefined)[] = [];
  #reader: (() => void) | undefined;
  #hasEnded = false;

  constructor(kernel: Kernel, program: Program, options: ProcessOptions) {
    this.pid = options.pid;
    this.argv = options.argv;
    this.#options = options;
    const context: ProcessContext = {
      kernel,
      pid: options.isInit ? 1 : options.pid,
      argv: options.argv,
      env: options.env,
      workingDirectory: options.workingDirectory,
      hostname: options.hostname,
      files: options.files,
      sockets: options.sockets,
      streams: { read: () => this.#read(), out: options.out, error: options.error },
      onSignal: (signal, handler) => this.#handlers.set(signal, handler),
      onExit: (handler) => this.#atExit.push(handler),
    };
    this.#coroutine = new Coroutine(
      kernel,
      program(context),
      (code) => this.#end({ code }),
      (error) => {
        options.error(`${error instanceof Error ? error.message : String(error)}\n`);
        this.#end({ code: 1 });
      },
    );
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** Text for its standard input; undefined ends it. */
  write(text: string | undefined): void {
    this.#input.push(text);
    this.#reader?.();
  }

  signal(signal: Signal): void {
    if (this.#hasEnded) return;
    const handler = this.#handlers.get(signal);
    if (signal !== 'KILL') {
      if (handler) {
        handler();
        return;
      }
      if (this.#options.isInit || IGNORED.has(signal)) return;
    }
    this.#coroutine.cancel();
    this.#end({ code: 128 + SIGNALS[signal], signal });
  }

  #end(exit: Exit): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const handler of this.#atExit) handler();
    this.#options.onExit(exit);
  }

  *#read(): Routine<string | undefined> {
    if (this.#input.length === 0) {
      yield* wait<void>((resume) => {
        this.#reader = () => resume();
        return () => {
          this.#reader = undefined;
        };
      });
      this.#reader = undefined;
    }
    const [next] = this.#input;
    // An end stays an end, however often it is read.
    if (next !== undefined) this.#input.shift();
    return next;
  }
}
