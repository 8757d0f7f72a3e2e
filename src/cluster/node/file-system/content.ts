/** Small appends are gathered in pieces of up to so many bytes. */
const PIECE = 16_384;

/** The bytes of a file in pieces, so that appending costs what is appended and reading what is read, however long the file is. */
export class Content {
  #pieces: string[] = [];
  /** Where each piece begins. */
  #starts: number[] = [];
  #length = 0;
  /** Makes what it holds, once somebody looks. */
  #make: (() => string) | undefined;

  constructor(data = '') {
    this.append(data);
  }

  /** Bytes that are made when they are looked at first. */
  static later(make: () => string): Content {
    const content = new Content();
    content.#make = make;
    return content;
  }

  get length(): number {
    this.#settle();
    return this.#length;
  }

  append(data: string): void {
    if (data === '') return;
    this.#settle();
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length + data.length <= PIECE) {
      this.#pieces[this.#pieces.length - 1] = last + data;
    } else {
      this.#pieces.push(data);
      this.#starts.push(this.#length);
    }
    this.#length += data.length;
  }

  read(offset = 0, length = Number.POSITIVE_INFINITY): string {
    this.#settle();
    const end = Math.min(this.#length, offset + length);
    if (offset >= end) return '';
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

  /** Overwrites from a byte on; what lies between the end and there becomes zero. */
  write(offset: number, data: string): void {
    if (data === '') return;
    this.#settle();
    if (offset > this.#length) this.append('\0'.repeat(offset - this.#length));
    if (offset === this.#length) {
      this.append(data);
      return;
    }
    const rest = this.read(offset + data.length);
    this.truncate(offset);
    this.append(data);
    this.append(rest);
  }

  /** Cuts off what is beyond, or fills up with zeros. */
  truncate(length: number): void {
    if (length === 0) this.#make = undefined;
    this.#settle();
    if (length >= this.#length) {
      this.append('\0'.repeat(length - this.#length));
      return;
    }
    if (length === 0) {
      this.#pieces = [];
      this.#starts = [];
    } else {
      const last = this.#pieceAt(length - 1);
      this.#pieces.length = last + 1;
      this.#starts.length = last + 1;
      this.#pieces[last] = (this.#pieces[last] ?? '').slice(0, length - (this.#starts[last] ?? 0));
    }
    this.#length = length;
  }

  #settle(): void {
    const make = this.#make;
    if (!make) return;
    this.#make = undefined;
    this.append(make());
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
