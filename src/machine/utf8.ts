/** Text and its bytes in UTF-8, as binary strings: one character a byte. */

const REPLACEMENT = 0xfffd;
// Without a look at each character most texts are done.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** Halves of surrogate pairs that stand alone become U+FFFD. */
export function utf8Encode(text: string): string {
  if (ASCII.test(text)) return text;
  let bytes = '';
  for (const character of text) {
    const read = character.codePointAt(0) ?? 0;
    const code = read >= 0xd800 && read <= 0xdfff ? REPLACEMENT : read;
    if (code < 0x80) bytes += character;
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), tail(code));
    else if (code < 0x1_0000) bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}

/** Bytes that are no UTF-8 become U+FFFD, one for each longest valid beginning, as browsers do it. */
export function utf8Decode(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const first = bytes.charCodeAt(index);
    index += 1;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const shape = shapeOf(first);
    if (!shape) {
      text += String.fromCharCode(REPLACEMENT);
      continue;
    }
    let { code } = shape;
    let { low, high } = shape;
    let missing = shape.length;
    while (missing > 0 && index < bytes.length) {
      const next = bytes.charCodeAt(index);
      if (next < low || next > high) break;
      [low, high] = [0x80, 0xbf];
      code = (code << 6) | (next & 0x3f);
      index += 1;
      missing -= 1;
    }
    text += String.fromCodePoint(missing === 0 ? code : REPLACEMENT);
  }
  return text;
}

/** What a first byte promises: how many follow, the bits that it holds, and the range of the second (no surrogates, nothing too long). */
function shapeOf(first: number): { length: number; code: number; low: number; high: number } | undefined {
  if (first >= 0xc2 && first <= 0xdf) return { length: 1, code: first & 0x1f, low: 0x80, high: 0xbf };
  if (first >= 0xe0 && first <= 0xef)
    return { length: 2, code: first & 0x0f, low: first === 0xe0 ? 0xa0 : 0x80, high: first === 0xed ? 0x9f : 0xbf };
  if (first >= 0xf0 && first <= 0xf4)
    return { length: 3, code: first & 0x07, low: first === 0xf0 ? 0x90 : 0x80, high: first === 0xf4 ? 0x8f : 0xbf };
  return undefined;
}
