import type { Random } from './random.ts';

const DIGITS = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0));
const HYPHEN = '-'.charCodeAt(0);
const HYPHENS = [8, 13, 18, 23];

/** Hexadecimal digits of the kernel's random numbers. In one piece: engines keep a text that grew as a tree of its parts, and ids are many. */
export function hexDigits(random: Random, count: number): string {
  return String.fromCharCode(...hexCodes(random, count));
}

/** A version 4 UUID of the kernel's random numbers (RFC 9562). */
export function uuid(random: Random): string {
  const codes = hexCodes(random, 36);
  for (const index of HYPHENS) codes[index] = HYPHEN;
  codes[14] = DIGITS[4] as number;
  codes[19] = DIGITS[8 + random.int(4)] as number;
  return String.fromCharCode(...codes);
}

function hexCodes(random: Random, count: number): number[] {
  const codes: number[] = [];
  for (let left = count; left > 0; left -= 6) {
    let bits = random.int(0x1000000);
    for (let index = 0; index < 6 && index < left; index += 1) {
      codes.push(DIGITS[bits & 15] as number);
      bits >>= 4;
    }
  }
  return codes;
}
