import type { Source, StreamEnd, StreamReader } from '#kernel/stream.ts';
import type { Duplex, HttpHandler, HttpResponse } from '#machine/http.ts';

/**
 * The answers of a server that go on: watches, logs that are followed, terminals. They end with the process that gives them, as its
 * connections do.
 */
export class OpenAnswers {
  readonly #open = new Set<OpenSource<unknown>>();
  #onNone: (() => void) | undefined;

  /** The same server, its answers kept in mind as long as they go on. */
  of(handler: HttpHandler): HttpHandler {
    return (request) => {
      const response = handler(request);
      if (response.stream) return { ...response, stream: this.#keep(response.stream) };
      return response.upgrade ? { ...response, upgrade: this.#keepChannels(response.upgrade) } : response;
    };
  }

  /** Calls a task when none goes on any more: at once where there is none. */
  whenNone(task: () => void): void {
    this.#onNone = task;
    this.#tellNone();
  }

  /** The process ends: all that are open break. */
  breakOff(): void {
    for (const source of this.#open) source.breakOff({ error: new Error('unexpected EOF') });
  }

  #keep<T>(source: Source<T>, onBreak?: () => void): Source<T> {
    const open: OpenSource<T> = new OpenSource(source, () => this.#forget(open as OpenSource<unknown>), onBreak);
    this.#open.add(open as OpenSource<unknown>);
    return open;
  }

  #forget(open: OpenSource<unknown>): void {
    this.#open.delete(open);
    this.#tellNone();
  }

  #tellNone(): void {
    if (this.#open.size === 0) this.#onNone?.();
  }

  #keepChannels(channels: Duplex): NonNullable<HttpResponse['upgrade']> {
    return {
      output: this.#keep(channels.output, () => channels.end()),
      input: (channel, data) => channels.input(channel, data),
      end: (channel) => channels.end(channel),
    };
  }
}

class OpenSource<T> implements Source<T> {
  readonly #source: Source<T>;
  readonly #onClose: () => void;
  readonly #onBreak: (() => void) | undefined;
  #reader: StreamReader<T> | undefined;

  constructor(source: Source<T>, onClose: () => void, onBreak: (() => void) | undefined) {
    this.#source = source;
    this.#onClose = onClose;
    this.#onBreak = onBreak;
  }

  read(reader: StreamReader<T>): void {
    this.#source.read({
      next: (value) => reader.next(value),
      end: (end) => {
        this.#onClose();
        reader.end(end);
      },
    });
    this.#reader = reader;
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  close(): void {
    this.#onClose();
    this.#source.close();
  }

  /** Of what is on its way nothing arrives any more. */
  breakOff(end: StreamEnd): void {
    this.close();
    this.#onBreak?.();
    this.#reader?.end(end);
  }
}
