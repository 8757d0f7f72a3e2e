/** A network that cannot be read, or that is used up. */
export class CidrError extends Error {
  override readonly name = 'CidrError';
}

interface Cidr {
  /** The first address, as a number. */
  readonly base: number;
  readonly bits: number;
}

/** Networks of equal size out of a larger one, given in order and, after the last, from the first again (nodeipam/ipam/cidrset). IPv4 only. */
export class CidrSet {
  readonly #cluster: Cidr;
  readonly #bits: number;
  readonly #count: number;
  readonly #used = new Set<number>();
  #next = 0;

  /** @param cluster as `10.244.0.0/16`; @param bits of a part, as 24. @throws CidrError */
  constructor(cluster: string, bits: number) {
    this.#cluster = parseCidr(cluster);
    this.#bits = bits;
    if (bits < this.#cluster.bits || bits - this.#cluster.bits > 16) {
      throw new CidrError('New CIDR set failed; the node CIDR size is too big');
    }
    this.#count = 2 ** (bits - this.#cluster.bits);
  }

  /** @throws CidrError when none is left */
  allocate(): string {
    for (let tried = 0; tried < this.#count; tried += 1) {
      const index = (this.#next + tried) % this.#count;
      if (this.#used.has(index)) continue;
      this.#used.add(index);
      this.#next = (index + 1) % this.#count;
      return `${formatAddress(this.#cluster.base + index * this.#size)}/${this.#bits}`;
    }
    throw new CidrError('CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range');
  }

  /** @throws CidrError for a network outside the cluster's */
  occupy(cidr: string): void {
    for (const index of this.#indexesOf(cidr)) this.#used.add(index);
  }

  /** @throws CidrError for a network outside the cluster's */
  release(cidr: string): void {
    for (const index of this.#indexesOf(cidr)) this.#used.delete(index);
  }

  get #size(): number {
    return 2 ** (32 - this.#bits);
  }

  #indexesOf(text: string): number[] {
    const { base, bits } = parseCidr(text);
    const first = Math.floor((base - this.#cluster.base) / this.#size);
    const last = Math.floor((base + 2 ** (32 - bits) - 1 - this.#cluster.base) / this.#size);
    if (last < 0 || first >= this.#count) throw new CidrError(`cidr ${text} is out the range of the cluster`);
    const [from, to] = [Math.max(0, first), Math.min(this.#count - 1, last)];
    return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
  }
}

function parseCidr(text: string): Cidr {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part, index) => part > (index === 4 ? 32 : 255))) {
    throw new CidrError(`invalid CIDR address: ${text}`);
  }
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  return { base: Math.floor(address / size) * size, bits };
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Whether two networks have addresses in common. @throws CidrError */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a.base < b.base + 2 ** (32 - b.bits) && b.base < a.base + 2 ** (32 - a.bits);
}
