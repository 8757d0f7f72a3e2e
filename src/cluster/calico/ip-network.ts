/** An IPv4 network as numbers. */
interface Network {
  readonly base: number;
  /** How many addresses. */
  readonly size: number;
}

/** Of `10.244.0.64/26`. */
export function networkOf(cidr: string): Network {
  const [address = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
  return { base: number - (number % size), size };
}

/** `10.244.0.64/26`; without bits the address alone. */
export function networkAt(base: number, bits?: number): string {
  const address = [24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join('.');
  return bits === undefined ? address : `${address}/${bits}`;
}
