/** Random numbers from a seed: the same seed gives the same numbers (sfc32, seeded by splitmix32). The state can be saved and restored. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param seed any integer; its lower 32 bits count */
  constructor(seed: number) {
    let mixed = seed | 0;
    const next = () => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let z = mixed ^ (mixed >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // The first numbers still show the seed.
    for (let i = 0; i < 12; i += 1) this.#uint32();
  }

  /** From 0 up to, not including, 1. */
  float(): number {
    return this.#uint32() / 0x100000000;
  }

  /** An integer from 0 up to, not including, `end`. @throws RangeError when `end` is no positive integer */
  int(end: number): number {
    if (!Number.isInteger(end) || end <= 0) throw new RangeError(`no integer is below ${end}`);
    return Math.floor(this.float() * end);
  }

  /** One of `items`. @throws RangeError when there is none */
  pick<T>(items: ArrayLike<T>): T {
    return items[this.int(items.length)] as T;
  }

  /** `items` in another order; the argument stays as it is. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index -= 1) {
      const other = this.int(index + 1);
      [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
  }

  /** Four 32-bit integers, for `restore`. */
  save(): readonly [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  restore([a, b, c, counter]: readonly [number, number, number, number]): void {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  #uint32(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + result) | 0;
    return result >>> 0;
  }
}
