import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Invocation } from './tool.ts';

/** Text that comes in pieces. */
export interface Input {
  read(): Routine<string | undefined>;
}

/** A file, or standard input for `-`. @throws FsError */
export function openInput({ files, streams, kernel }: ProcessContext, path: string): Input {
  if (path === '-') return { read: () => streams.read() };
  if (path === '/dev/zero') return endless(kernel, () => '\0');
  if (path === '/dev/random' || path === '/dev/urandom')
    return endless(kernel, () => String.fromCharCode(kernel.random.int(256)));
  let text: string | undefined = files.readText(path);
  return {
    // biome-ignore lint/correctness/useYield: what a file holds is there
    *read() {
      const piece = text === '' ? undefined : text;
      text = undefined;
      return piece;
    },
  };
}

/** So many characters come at once, and one lot a millisecond: who reads on for ever leaves time to others. */
const LOT = 4_096;

function endless(kernel: Kernel, next: () => string): Input {
  return {
    *read() {
      yield* sleep(kernel, 1);
      return Array.from({ length: LOT }, next).join('');
    },
  };
}

/** All of an input. */
export function* readAll(input: Input): Routine<string> {
  let text = '';
  for (let more = yield* input.read(); more !== undefined; more = yield* input.read()) text += more;
  return text;
}

/** Lines, each as soon as it is there. */
export class Lines {
  readonly #input: Input;
  #text = '';
  #isEnded = false;

  constructor(input: Input) {
    this.#input = input;
  }

  /** With its newline, which the last one may not have. */
  *next(): Routine<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end + 1);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#isEnded) {
        const last = this.#text === '' ? undefined : this.#text;
        this.#text = '';
        return last;
      }
      const more = yield* this.#input.read();
      if (more === undefined) this.#isEnded = true;
      else this.#text += more;
    }
  }
}

/** The inputs that are named, standard input when there are none; each that cannot be read is told of. */
export function* eachInput(
  invocation: Invocation,
  paths: readonly string[],
  action: (input: Input, path: string) => Routine<void>,
): Routine<number> {
  let status = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    try {
      yield* action(openInput(invocation.process, path), path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      tellUnreadable(invocation, path, error);
      status = 1;
    }
  }
  return status;
}

function tellUnreadable({ complain, dialect, name }: Invocation, path: string, { code, message }: FsError): void {
  if (dialect === 'busybox') {
    if (code === 'EISDIR') complain('read error: Is a directory');
    else complain(['cat', 'tail', 'uniq'].includes(name) ? `can't open '${path}': ${message}` : `${path}: ${message}`);
  } else if (name === 'head' || name === 'tail') {
    const doing = code === 'EISDIR' ? `error reading '${path}'` : `cannot open '${path}' for reading`;
    complain(`${doing}: ${message}`);
  } else complain(`${path}: ${message}`);
}
