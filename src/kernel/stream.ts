import type { Kernel } from './kernel.ts';

/** How a stream ended; `error` when it was not the source's wish. */
export interface StreamEnd {
  readonly error?: Error;
}

export interface StreamReader<T> {
  next(value: T): void;
  end(end: StreamEnd): void;
}

/** Where values come from, for one reader, who may pause and leave. */
export interface Source<T> {
  /** @throws Error when there is a reader already */
  read(reader: StreamReader<T>): void;
  /** Nothing reaches the reader until it resumes. */
  pause(): void;
  resume(): void;
  /** The reader leaves; it hears no more, not even the end. */
  close(): void;
}

/** The reader did not keep up, and what waited for it was more than the stream holds. */
export class StreamOverflow extends Error {
  override readonly name = 'StreamOverflow';
}

/**
 * Values from one source to one reader, in order, each in a task of its own: a watch, a log that is followed, a terminal. The reader may
 * pause; what comes meanwhile is kept up to a limit, beyond which the stream ends with StreamOverflow instead of growing.
 */
export class Stream<T> implements Source<T> {
  readonly #kernel: Kernel;
  readonly #limit: number;
  #kept: T[] = [];
  #reader: StreamReader<T> | undefined;
  #end: StreamEnd | undefined;
  #isPaused = false;
  #isScheduled = false;
  #isClosed = false;

  /** @param limit how many values may wait */
  constructor(kernel: Kernel, limit = 1_000) {
    this.#kernel = kernel;
    this.#limit = limit;
  }

  /** False once it ended or the reader left: a source need not go on. */
  get isOpen(): boolean {
    return this.#end === undefined && !this.#isClosed;
  }

  /** How many values wait for the reader. */
  get waiting(): number {
    return this.#kept.length;
  }

  /** Returns false when the value reaches nobody. */
  push(value: T): boolean {
    if (!this.isOpen) return false;
    if (this.#kept.length >= this.#limit) {
      // What waits is worthless without what is lost: the reader starts over.
      this.#kept = [];
      this.finish({
        error: new StreamOverflow(`more than ${this.#limit} values waited for a reader that is too slow`),
      });
      return false;
    }
    this.#kept.push(value);
    this.#schedule();
    return true;
  }

  /** No more values. The reader is told after it got those that wait. */
  finish(end: StreamEnd = {}): void {
    if (!this.isOpen) return;
    this.#end = end;
    this.#schedule();
  }

  /** @throws Error when there is a reader already */
  read(reader: StreamReader<T>): void {
    if (this.#reader) throw new Error('a stream has one reader');
    this.#reader = reader;
    this.#schedule();
  }

  /** Nothing reaches the reader until it resumes. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** The reader leaves; it hears no more, not even the end. */
  close(): void {
    this.#isClosed = true;
    this.#kept = [];
    this.#reader = undefined;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isPaused || !this.#reader || this.#isClosed) return;
    if (this.#kept.length === 0 && !this.#end) return;
    this.#isScheduled = true;
    this.#kernel.soon(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    const reader = this.#reader;
    if (!reader || this.#isPaused || this.#isClosed) return;
    if (this.#kept.length > 0) {
      const value = this.#kept.shift() as T;
      reader.next(value);
      this.#schedule();
    } else if (this.#end) {
      this.#isClosed = true;
      this.#reader = undefined;
      reader.end(this.#end);
    }
  }
}
