const known = new Map<string, { readonly network: number; readonly mask: number }>();

/** Whether a network, `10.244.0.0/16` or a single address, holds an IPv4 address. */
export function contains(cidr: string, address: string): boolean {
  let entry = known.get(cidr);
  if (!entry) {
    const [base = '', bits = '32'] = cidr.split('/');
    const mask = Number(bits) === 0 ? 0 : (-1 << (32 - Number(bits))) >>> 0;
    entry = { network: (numberOf(base) & mask) >>> 0, mask };
    known.set(cidr, entry);
  }
  return (numberOf(address) & entry.mask) >>> 0 === entry.network;
}

/** How many bits of a network are fixed. */
export function prefixLength(cidr: string): number {
  return Number(cidr.split('/')[1] ?? 32);
}

function numberOf(address: string): number {
  let value = 0;
  let byte = 0;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code === 0x2e) {
      value = value * 256 + byte;
      byte = 0;
    } else byte = byte * 10 + code - 0x30;
  }
  return (value * 256 + byte) >>> 0;
}
