/** A JWT's parts are ASCII, but for names that somebody chose: those are escaped. */
export function textToBytes(text: string): Uint8Array {
  return Uint8Array.from(
    encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    (letter) => letter.charCodeAt(0),
  );
}

/** @throws URIError for bytes that are no UTF-8 */
export function bytesToText(bytes: Uint8Array): string {
  return decodeURIComponent([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}
