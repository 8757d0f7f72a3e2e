/** The 4 or 16 bytes of an address, or undefined for what is none. IPv4 in IPv6 is IPv4, as for Go's net package. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  // A trailing IPv4 is two groups.
  const colon = text.lastIndexOf(':');
  const dotted = text.includes('.') ? parseIpv4(text.slice(colon + 1)) : undefined;
  if (text.includes('.') && !dotted) return undefined;
  const tail = dotted ? `${hex(dotted, 0)}:${hex(dotted, 2)}` : text.slice(colon + 1);
  const halves = `${text.slice(0, colon + 1)}${tail}`.split('::');
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = Uint8Array.from(groups.map((group) => Number.parseInt(group, 16)).flatMap((g) => [g >> 8, g & 0xff]));
  return isMapped(bytes) ? bytes.slice(12) : bytes;
}

/** `10.96.0.1` or `fd00::1`, the longest run of zeros left out (RFC 5952). @param bytes 4 or 16 */
export function formatIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (isMapped(bytes)) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => hex(bytes, 2 * at));
  let longest = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    const end = groups.findIndex((group, at) => at >= start && group !== '0');
    const length = (end < 0 ? 8 : end) - start;
    if (length > longest.length) longest = { start, length };
  }
  if (longest.length < 2) return groups.join(':');
  return `${groups.slice(0, longest.start).join(':')}::${groups.slice(longest.start + longest.length).join(':')}`;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const valid = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return valid ? Uint8Array.from(parts.map(Number)) : undefined;
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes.slice(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff));
}

function hex(bytes: Uint8Array, at: number): string {
  return (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16);
}
