import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { Stream } from '#kernel/stream.ts';
import type { Duplex } from '#machine/http.ts';
import type { Signal, StandardStreams } from '#machine/program.ts';
import type { PseudoTerminal } from '#machine/pseudo-terminal.ts';
import type { Input } from './terminal-line.ts';

/** Channels of Kubernetes' remotecommand: standard input, output and error, the status at the end, the size of the terminal. */
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
/** As many parts of an output may wait for a client that is slow, before the program waits too; and how long, in milliseconds. */
const MANY = 1_000;
const PAUSE = 1;

/** A client's connection to a process in a container. */
export class ExecChannel implements Duplex {
  readonly output: Stream<{ readonly channel: number; readonly data: string }>;
  readonly #kernel: Kernel;
  readonly #isTerminal: boolean;
  readonly #input: Input;
  readonly #takesInput: boolean;
  readonly #signal: (signal: Signal) => void;
  readonly #terminal: PseudoTerminal | undefined;

  /**
   * @param input where what the client sends goes to
   * @param signal what a change of the terminal's size does
   * @param terminal that is made for this client alone
   */
  constructor(
    kernel: Kernel,
    options: { readonly tty: boolean; readonly stdin: boolean },
    input: Input,
    signal: (signal: Signal) => void,
    terminal?: PseudoTerminal,
  ) {
    this.output = new Stream(kernel, 100_000);
    this.#kernel = kernel;
    this.#isTerminal = options.tty;
    this.#takesInput = options.stdin;
    this.#input = input;
    this.#signal = signal;
    this.#terminal = terminal;
  }

  /** For a process that has this client alone. */
  get streams(): StandardStreams {
    const channel = this;
    const own = channel.#terminal?.streams;
    const { controllingTerminal } = own ?? {};
    return {
      read: () => channel.#input.read(),
      out: (text) => (own ?? channel).out(text),
      error: (text) => (own ?? channel).error(text),
      drain: () => channel.#drain(),
      get terminal() {
        const { out } = own?.terminal ?? {};
        return out ? { ...(channel.#takesInput && { in: out }), out, error: out } : {};
      },
      ...(channel.#takesInput && controllingTerminal && { controllingTerminal }),
    };
  }

  out(text: string): void {
    this.output.push({ channel: STDOUT, data: text });
  }

  error(text: string): void {
    this.output.push({ channel: this.#isTerminal ? STDOUT : STDERR, data: text });
  }

  finish(code: number): void {
    const status =
      code === 0
        ? { metadata: {}, status: 'Success' }
        : {
            metadata: {},
            status: 'Failure',
            message: `command terminated with non-zero exit code: exit status ${code}`,
            reason: 'NonZeroExitCode',
            details: { causes: [{ reason: 'ExitCode', message: `${code}` }] },
          };
    this.#close(status);
  }

  /** The command was not run at all (cri-streaming, remotecommand.ServeExec). */
  fail(why: string): void {
    // It is made an internal error twice on its way.
    const message = `Internal error occurred: error executing command in container: ${why}`;
    this.#close({
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${message}`,
      reason: 'InternalError',
      details: { causes: [{ message }] },
      code: 500,
    });
  }

  input(channel: number, data: string): void {
    if (channel === RESIZE) this.#resize(data);
    if (channel === STDIN && this.#takesInput) this.#input.write(data);
  }

  end(channel?: number): void {
    if (this.#takesInput && (channel === STDIN || channel === undefined)) this.#input.end();
    if (channel === undefined) this.output.close();
  }

  #close(status: object): void {
    this.output.push({ channel: STATUS, data: JSON.stringify(status) });
    this.output.finish();
  }

  /** `{"Width":200,"Height":50}` */
  #resize(data: string): void {
    const { width, height } = /"Width":(?<width>\d+).*"Height":(?<height>\d+)/.exec(data)?.groups ?? {};
    if (width === undefined || height === undefined) return;
    if (this.#terminal) this.#terminal.resize({ columns: Number(width), rows: Number(height) });
    else this.#signal('WINCH');
  }

  *#drain(): Routine<void> {
    while (this.output.isOpen && this.output.waiting > MANY) yield* sleep(this.#kernel, PAUSE);
  }
}
