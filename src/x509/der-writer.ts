import { concatBytes, hexToBytes } from '@noble/curves/utils.js';
import { timestamp } from '#kernel/calendar.ts';
import { TAG } from './der-tag.ts';
import { X509Error } from './x509-error.ts';

/** One element of DER: its tag, its length in the shortest form, its content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  if (body.length < 0x80) return concatBytes(Uint8Array.of(tag, body.length), body);
  const length = bigEndian(BigInt(body.length));
  return concatBytes(Uint8Array.of(tag, 0x80 | length.length), length, body);
}

export function sequence(...content: readonly Uint8Array[]): Uint8Array {
  return element(TAG.sequence, ...content);
}

/** SET OF: DER wants its elements in the order of their bytes. */
export function setOf(...content: readonly Uint8Array[]): Uint8Array {
  return element(TAG.set, ...[...content].sort(compareBytes));
}

export function integer(value: bigint): Uint8Array {
  if (value < 0n) throw new X509Error('x509: negative integers are not written');
  const bytes = bigEndian(value);
  // A leading 1 bit would be a sign.
  return element(TAG.integer, (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes);
}

export function boolean(value: boolean): Uint8Array {
  return element(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** @param dotted `2.5.4.3` */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  return element(TAG.objectIdentifier, ...[first * 40n + second, ...rest].map(base128));
}

/** @param unusedBits how many of the last byte's lowest bits do not belong to it */
export function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(unusedBits), bytes);
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return element(TAG.octetString, bytes);
}

/** PrintableString where its alphabet is enough, else UTF8String, as Go chooses. */
export function text(value: string): Uint8Array {
  const printable = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value);
  return element(printable ? TAG.printableString : TAG.utf8String, utf8(value));
}

/** ASCII as IA5String, under a context tag if one is given. */
export function ia5String(value: string, tag: number = TAG.ia5String): Uint8Array {
  const bytes = utf8(value);
  if (bytes.length !== value.length) {
    throw new X509Error(`x509: ${JSON.stringify(value)} cannot be encoded as an IA5String`);
  }
  return element(tag, bytes);
}

/** To the second: UTCTime for the years that it can say, else GeneralizedTime. @param milliseconds since the epoch */
export function time(milliseconds: number): Uint8Array {
  if (!Number.isFinite(milliseconds) || milliseconds < -62_167_219_200_000 || milliseconds >= 253_402_300_800_000) {
    throw new X509Error('x509: cannot represent time as GeneralizedTime');
  }
  const digits = timestamp(milliseconds).replace(/[-T:]/g, '');
  const year = Number(digits.slice(0, 4));
  const short = year >= 1950 && year < 2050;
  return element(short ? TAG.utcTime : TAG.generalizedTime, utf8(short ? digits.slice(2) : digits));
}

/** `[number] IMPLICIT` or, around a whole element, `[number] EXPLICIT`. */
export function context(number: number, constructed: boolean, ...content: readonly Uint8Array[]): Uint8Array {
  return element(TAG.context(number, constructed), ...content);
}

function utf8(value: string): Uint8Array {
  // Neither workers' nor Node's types are known here, so TextEncoder is not either.
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  const escaped = encodeURIComponent(value.toWellFormed());
  return hexToBytes(escaped.replace(/%(..)|[^%]/g, (match, digits?: string) => digits ?? hex(match.charCodeAt(0))));
}

function bigEndian(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return hexToBytes(digits.padStart(digits.length + (digits.length % 2), '0'));
}

function base128(value: bigint): Uint8Array {
  const bytes = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from(bytes);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const different = a.findIndex((byte, at) => byte !== b[at]);
  return different < 0 ? a.length - b.length : (a[different] ?? 0) - (b[different] ?? -1);
}
