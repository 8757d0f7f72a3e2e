import { bytesToHex } from '@noble/curves/utils.js';
import { parseTime, timestamp } from '#kernel/calendar.ts';
import { TAG } from './der-tag.ts';
import { X509Error } from './x509-error.ts';

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length: what signatures and name comparisons are about. */
  readonly raw: Uint8Array;
}

/**
 * Reads elements one after the other. Every method takes what is wrong if the bytes are not as expected, `malformed spki`,
 * and throws an X509Error that says so. Only definite lengths in their shortest form are DER.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(problem: string): DerElement {
    const start = this.#at;
    const tag = this.#byte(problem);
    // Tags above 30 take more bytes; nothing here has them.
    if ((tag & 0x1f) === 0x1f) throw malformed(problem);
    let length = this.#byte(problem);
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size === 0 || size > 4) throw malformed(problem);
      length = 0;
      for (let read = 0; read < size; read++) length = length * 256 + this.#byte(problem);
      if (length < 0x80 || length < 256 ** (size - 1)) throw malformed(problem);
    }
    const from = this.#at;
    if (length > this.#bytes.length - from) throw malformed(problem);
    this.#at = from + length;
    return { tag, content: this.#bytes.subarray(from, this.#at), raw: this.#bytes.subarray(start, this.#at) };
  }

  expect(tag: number, problem: string): DerElement {
    const found = this.next(problem);
    if (found.tag !== tag) throw malformed(problem);
    return found;
  }

  optional(tag: number, problem: string): DerElement | undefined {
    return this.#bytes[this.#at] === tag ? this.next(problem) : undefined;
  }

  /** The elements inside the next one. */
  enter(tag: number, problem: string): DerReader {
    return new DerReader(this.expect(tag, problem).content);
  }

  finish(problem: string): void {
    if (!this.done) throw malformed(problem);
  }

  integer(problem: string): bigint {
    const { content } = this.expect(TAG.integer, problem);
    const [first, second = 0] = content;
    const padded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    if (first === undefined || padded) throw malformed(problem);
    return BigInt.asIntN(content.length * 8, BigInt(`0x${bytesToHex(content)}`));
  }

  /** FALSE if it is not there, as where it is DEFAULT FALSE. */
  booleanOrFalse(problem: string): boolean {
    const found = this.optional(TAG.boolean, problem);
    if (found && (found.content.length !== 1 || ![0, 0xff].includes(found.content[0] ?? -1))) throw malformed(problem);
    return found?.content[0] === 0xff;
  }

  /** `2.5.4.3` */
  objectIdentifier(problem: string): string {
    const { content } = this.expect(TAG.objectIdentifier, problem);
    // Longer ones are attacks: arcs are joined bit by bit.
    if (content.length === 0 || content.length > 128 || (content.at(-1) ?? 0) >= 0x80) throw malformed(problem);
    const arcs: bigint[] = [];
    let arc = 0n;
    for (const byte of content) {
      if (arc === 0n && byte === 0x80) throw malformed(problem);
      arc = (arc << 7n) | BigInt(byte & 0x7f);
      if (byte < 0x80) {
        arcs.push(arc);
        arc = 0n;
      }
    }
    const [first = 0n, ...rest] = arcs;
    const root = first < 80n ? first / 40n : 2n;
    return [root, first - root * 40n, ...rest].join('.');
  }

  bitString(problem: string): { readonly bytes: Uint8Array; readonly unusedBits: number } {
    const { content } = this.expect(TAG.bitString, problem);
    const [unusedBits] = content;
    const bytes = content.subarray(1);
    if (unusedBits === undefined || unusedBits > (bytes.length === 0 ? 0 : 7)) throw malformed(problem);
    if (((bytes.at(-1) ?? 0) & ((1 << unusedBits) - 1)) !== 0) throw malformed(problem);
    return { bytes, unusedBits };
  }

  /** Any of the string types of names. */
  text(problem: string): string {
    const { tag, content } = this.next(problem);
    switch (tag) {
      case TAG.utf8String:
        return utf8(content, `${problem}: invalid UTF-8 string`);
      case TAG.printableString:
        // Go lets wildcards and ampersands of real certificates pass.
        if (!/^[A-Za-z0-9 '()+,./:=?*&-]*$/.test(latin1(content)))
          throw malformed(`${problem}: invalid PrintableString`);
        return latin1(content);
      case TAG.ia5String:
        if (content.some((byte) => byte >= 0x80)) throw malformed(`${problem}: invalid IA5String`);
        return latin1(content);
      case TAG.teletexString:
        return latin1(content);
      case TAG.bmpString:
        if (content.length % 2 !== 0) throw malformed(`${problem}: invalid BMPString`);
        return Array.from({ length: content.length / 2 }, (_, at) =>
          String.fromCharCode(((content[2 * at] ?? 0) << 8) | (content[2 * at + 1] ?? 0)),
        ).join('');
      default:
        throw malformed(`${problem}: unsupported string type: ${tag}`);
    }
  }

  /** UTCTime or GeneralizedTime in milliseconds since the epoch. */
  time(): number {
    const { tag, content } = this.next('unsupported time format');
    if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) throw malformed('unsupported time format');
    const short = tag === TAG.utcTime;
    const problem = short ? 'malformed UTCTime' : 'malformed GeneralizedTime';
    const said = latin1(content);
    const digits = short ? `${said < '5' ? '20' : '19'}${said}` : said;
    const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const milliseconds = parseTime(iso);
    // There and back: otherwise 30 February would pass as a day of March.
    if (Number.isNaN(milliseconds) || timestamp(milliseconds) !== iso) throw malformed(problem);
    return milliseconds;
  }

  #byte(problem: string): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw malformed(problem);
    return byte;
  }
}

function malformed(problem: string): X509Error {
  return new X509Error(`x509: ${problem}`);
}

export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function utf8(bytes: Uint8Array, problem: string): string {
  try {
    return decodeURIComponent(bytesToHex(bytes).replace(/../g, '%$&'));
  } catch {
    throw malformed(problem);
  }
}
