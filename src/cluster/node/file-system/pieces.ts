/** Small appends are gathered in pieces of up to so many bytes. */
export const PIECE = 16_384;

/** Bytes in pieces, so that appending costs what is appended and reading what is read, however many they are. */
export class Pieces {
  readonly #pieces: string[] = [];
  /** Where each piece begins. */
  readonly #starts: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(data: string): void {
    if (data === '') return;
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length + data.length <= PIECE) {
      this.#pieces[this.#pieces.length - 1] = last + data;
    } else {
      this.#pieces.push(data);
      this.#starts.push(this.#length);
    }
    this.#length += data.length;
  }

  read(offset: number, end: number): string {
    const first = this.#pieceAt(offset);
    const start = this.#starts[first] ?? 0;
    if (end <= start + (this.#pieces[first]?.length ?? 0)) {
      return (this.#pieces[first] ?? '').slice(offset - start, end - start);
    }
    const read: string[] = [];
    for (let index = first; index < this.#pieces.length && (this.#starts[index] ?? 0) < end; index += 1) {
      const from = this.#starts[index] ?? 0;
      read.push((this.#pieces[index] ?? '').slice(Math.max(0, offset - from), end - from));
    }
    return read.join('');
  }

  /** @param length less than there is, and not 0 */
  cut(length: number): void {
    const last = this.#pieceAt(length - 1);
    this.#pieces.length = last + 1;
    this.#starts.length = last + 1;
    this.#pieces[last] = (this.#pieces[last] ?? '').slice(0, length - (this.#starts[last] ?? 0));
    this.#length = length;
  }

  /** The last piece that begins at or before a byte. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
