import { X509Error } from './x509-error.ts';

const COMMON = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ALPHABETS = { standard: `${COMMON}+/`, url: `${COMMON}-_` };

/** `standard` is padded with `=`; `url` is the unpadded form that tokens use. */
export type Base64Alphabet = keyof typeof ALPHABETS;

export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet = 'standard'): string {
  const digits = ALPHABETS[alphabet];
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const length = Math.min(bytes.length - at, 3) + 1;
    for (let digit = 0; digit < length; digit++) text += digits[(group >> (18 - 6 * digit)) & 63];
  }
  return alphabet === 'standard' ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text;
}

/** Line breaks are skipped, as Go's decoder does. @throws X509Error for anything else that is not of the alphabet */
export function decodeBase64(text: string, alphabet: Base64Alphabet = 'standard'): Uint8Array {
  const padded = text.replace(/[\r\n]/g, '');
  const body = alphabet === 'standard' ? padded.replace(/={1,2}$/, '') : padded;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let written = 0;
  let bits = 0;
  for (let at = 0; at < body.length; at++) {
    const value = ALPHABETS[alphabet].indexOf(body.charAt(at));
    if (value < 0) throw illegal(at);
    bits = ((bits << 6) | value) & 0xffffff;
    if (at % 4 !== 0) bytes[written++] = (bits >> (6 - 2 * (at % 4))) & 0xff;
  }
  if (body.length % 4 === 1 || (alphabet === 'standard' && padded.length % 4 !== 0))
    throw illegal(Math.floor(body.length / 4) * 4);
  return bytes;
}

function illegal(at: number): X509Error {
  return new X509Error(`illegal base64 data at input byte ${at}`);
}
