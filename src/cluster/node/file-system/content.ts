import { PIECE, Pieces } from './pieces.ts';

/** The bytes of a file: one text, as most are short; pieces once it is long. */
export class Content {
  #text: string;
  /** In place of the text. */
  #pieces: Pieces | undefined;
  /** Makes what it holds, once somebody looks. */
  #make: (() => string) | undefined;

  constructor(data = '') {
    this.#text = data;
  }

  /** Bytes that are made when they are looked at first. */
  static later(make: () => string): Content {
    const content = new Content();
    content.#make = make;
    return content;
  }

  get length(): number {
    this.#settle();
    return this.#pieces?.length ?? this.#text.length;
  }

  append(data: string): void {
    this.#settle();
    if (!this.#pieces && this.#text.length + data.length <= PIECE) {
      this.#text = this.#text === '' ? data : this.#text + data;
      return;
    }
    if (!this.#pieces) {
      this.#pieces = new Pieces();
      this.#pieces.append(this.#text);
      this.#text = '';
    }
    this.#pieces.append(data);
  }

  read(offset = 0, length = Number.POSITIVE_INFINITY): string {
    const end = Math.min(this.length, offset + length);
    if (offset >= end) return '';
    return this.#pieces ? this.#pieces.read(offset, end) : this.#text.slice(offset, end);
  }

  /** Overwrites from a byte on; what lies between the end and there becomes zero. */
  write(offset: number, data: string): void {
    if (data === '') return;
    const { length } = this;
    if (offset > length) this.append('\0'.repeat(offset - length));
    if (offset >= length) {
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
    if (length === 0) {
      this.#make = undefined;
      this.#pieces = undefined;
      this.#text = '';
      return;
    }
    const before = this.length;
    if (length >= before) this.append('\0'.repeat(length - before));
    else if (this.#pieces) this.#pieces.cut(length);
    else this.#text = this.#text.slice(0, length);
  }

  #settle(): void {
    const make = this.#make;
    if (!make) return;
    this.#make = undefined;
    this.append(make());
  }
}
