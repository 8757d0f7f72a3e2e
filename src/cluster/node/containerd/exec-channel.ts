import type { Kernel } from '#kernel/kernel.ts';
import { Stream } from '#kernel/stream.ts';
import type { Duplex } from '#machine/http.ts';
import type { ContainerProcess } from './container-process.ts';

/** Channels of Kubernetes' remotecommand: standard input, output and error, the status at the end, the size of the terminal. */
const STDIN = 0;
const STATUS = 3;
const RESIZE = 4;
/** Ctrl+C, as a terminal sends it. */
const INTERRUPT = '\x03';
const END_OF_FILE = '\x04';

/** A client's connection to a process in a container. */
export class ExecChannel implements Duplex {
  readonly output: Stream<{ readonly channel: number; readonly data: string }>;
  readonly #isTerminal: boolean;
  #process: ContainerProcess | undefined;
  #takesInput = false;

  constructor(kernel: Kernel, isTerminal: boolean) {
    this.output = new Stream(kernel, 100_000);
    this.#isTerminal = isTerminal;
  }

  connect(process: ContainerProcess, takesInput: boolean): void {
    this.#process = process;
    this.#takesInput = takesInput;
    if (!takesInput) process.write(undefined);
  }

  write(channel: number, data: string): void {
    this.output.push({ channel, data });
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
    this.output.push({ channel: STATUS, data: JSON.stringify(status) });
    this.output.finish();
  }

  input(channel: number, data: string): void {
    if (channel === RESIZE || channel !== STDIN || !this.#takesInput) return;
    if (this.#isTerminal && data.includes(INTERRUPT)) this.#process?.signal('INT');
    else if (this.#isTerminal && data === END_OF_FILE) this.#process?.write(undefined);
    else this.#process?.write(data);
  }

  end(channel?: number): void {
    if (channel === STDIN || channel === undefined) this.#process?.write(undefined);
    if (channel === undefined) this.output.close();
  }
}
