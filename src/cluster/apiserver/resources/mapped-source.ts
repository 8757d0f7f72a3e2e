import type { Source, StreamReader } from '#kernel/stream.ts';

/** A source whose values are turned into others on their way. */
export class MappedSource<A, B> implements Source<B> {
  readonly #source: Source<A>;
  readonly #map: (value: A) => B;

  constructor(source: Source<A>, map: (value: A) => B) {
    this.#source = source;
    this.#map = map;
  }

  read(reader: StreamReader<B>): void {
    this.#source.read({ next: (value) => reader.next(this.#map(value)), end: (end) => reader.end(end) });
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  close(): void {
    this.#source.close();
  }
}
