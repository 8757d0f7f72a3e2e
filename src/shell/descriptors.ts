import type { Routine } from '#kernel/coroutine.ts';
import { ERROR_WORDS, FsError, type OpenFile } from '#machine/file-system.ts';
import type { Pipe } from '#machine/pipe.ts';
import type { StandardStreams } from '#machine/program.ts';
import type { Terminal, WindowSize } from '#machine/terminal.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';

/** What a number of an open file stands for. Whoever has it shares the place where reading goes on. */
export interface Descriptor {
  read(): Routine<string | undefined>;
  /** What was read too much is read next. */
  unread(text: string): void;
  write(text: string): void;
  drain(): Routine<void>;
  readonly terminal: WindowSize | undefined;
  hold?(): () => void;
}

export type Descriptors = ReadonlyMap<number, Descriptor>;

/** Reading with a memory for what was read too much. */
abstract class Readable implements Descriptor {
  #kept = '';

  *read(): Routine<string | undefined> {
    if (this.#kept === '') return yield* this.readMore();
    const text = this.#kept;
    this.#kept = '';
    return text;
  }

  unread(text: string): void {
    this.#kept = text + this.#kept;
  }

  abstract readMore(): Routine<string | undefined>;
  abstract write(text: string): void;
  abstract drain(): Routine<void>;

  get terminal(): WindowSize | undefined {
    return undefined;
  }
}

/** One of the three streams that a process begins with. */
class Inherited extends Readable {
  readonly #streams: StandardStreams;
  readonly #number: 0 | 1 | 2;

  constructor(streams: StandardStreams, number: 0 | 1 | 2) {
    super();
    this.#streams = streams;
    this.#number = number;
  }

  override get terminal(): WindowSize | undefined {
    const { terminal } = this.#streams;
    return [terminal.in, terminal.out, terminal.error][this.#number];
  }

  readMore(): Routine<string | undefined> {
    return this.#streams.read();
  }

  write(text: string): void {
    if (this.#number === 2) this.#streams.error(text);
    else this.#streams.out(text);
  }

  drain(): Routine<void> {
    return this.#streams.drain();
  }

  hold(): () => void {
    return this.#streams.hold?.() ?? (() => undefined);
  }
}

/** An end of a pipe. */
class PipeEnd extends Readable {
  readonly #pipe: Pipe;
  readonly #isReader: boolean;

  constructor(pipe: Pipe, isReader: boolean) {
    super();
    this.#pipe = pipe;
    this.#isReader = isReader;
  }

  readMore(): Routine<string | undefined> {
    return this.#pipe.read();
  }

  write(text: string): void {
    this.#pipe.write(text);
  }

  drain(): Routine<void> {
    return this.#pipe.drain();
  }

  hold(): () => void {
    return this.#isReader ? this.#pipe.holdReader() : this.#pipe.holdWriter();
  }
}

/** A file that was opened by a redirection. */
class FileDescriptor extends Readable {
  readonly #file: OpenFile;
  #offset = 0;

  constructor(file: OpenFile) {
    super();
    this.#file = file;
  }

  // biome-ignore lint/correctness/useYield: what a file holds is there
  *readMore(): Routine<string | undefined> {
    const bytes = this.#file.read(this.#offset);
    this.#offset += bytes.length;
    return bytes === '' ? undefined : utf8Decode(bytes);
  }

  write(text: string): void {
    this.#file.write(utf8Encode(text));
  }

  *drain(): Routine<void> {}
}

/** The text of a heredoc. */
class TextDescriptor extends Readable {
  constructor(text: string) {
    super();
    this.unread(text);
  }

  // biome-ignore lint/correctness/useYield: all of it was there
  *readMore(): Routine<string | undefined> {
    return undefined;
  }

  write(): void {
    throw new FsError('EBADF', '');
  }

  *drain(): Routine<void> {}
}

/** /dev/null */
class NullDescriptor extends TextDescriptor {
  constructor() {
    super('');
  }

  override write(): void {}
}

export function pipeReader(pipe: Pipe): Descriptor {
  return new PipeEnd(pipe, true);
}

export function pipeWriter(pipe: Pipe): Descriptor {
  return new PipeEnd(pipe, false);
}

export function fileDescriptor(file: OpenFile): Descriptor {
  return new FileDescriptor(file);
}

export function textDescriptor(text: string): Descriptor {
  return new TextDescriptor(text);
}

export function nullDescriptor(): Descriptor {
  return new NullDescriptor();
}

/** Streams that were made of descriptors: a shell that is given them has those again, each to be let go of by itself. */
const known = new WeakMap<StandardStreams, Descriptors>();

/** What a process begins with. */
export function descriptorsOf(streams: StandardStreams): Descriptors {
  return known.get(streams) ?? new Map(([0, 1, 2] as const).map((number) => [number, new Inherited(streams, number)]));
}

/** Standard streams for a child. What is closed reads as ended, and takes nothing. */
export function streamsOf(descriptors: Descriptors, controllingTerminal?: Terminal): StandardStreams {
  const [input, output, error] = [descriptors.get(0), descriptors.get(1), descriptors.get(2)];
  const streams: StandardStreams = {
    *read() {
      return input && (yield* input.read());
    },
    out: (text) => output?.write(text),
    error: (text) => error?.write(text),
    *drain() {
      if (output) yield* output.drain();
      if (error && error !== output) yield* error.drain();
    },
    get terminal() {
      const [inSize, outSize, errorSize] = [input?.terminal, output?.terminal, error?.terminal];
      return {
        ...(inSize && { in: inSize }),
        ...(outSize && { out: outSize }),
        ...(errorSize && { error: errorSize }),
      };
    },
    ...(controllingTerminal && { controllingTerminal }),
    hold: () => {
      const held = [...new Set([...descriptors.values()])].map((descriptor) => descriptor.hold?.());
      return () => {
        for (const letGo of held) letGo?.();
      };
    },
  };
  known.set(streams, descriptors);
  return streams;
}

export const BAD_DESCRIPTOR = ERROR_WORDS.EBADF;
