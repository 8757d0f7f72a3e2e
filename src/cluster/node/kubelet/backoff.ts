import type { Kernel } from '#kernel/kernel.ts';

interface Entry {
  readonly backoff: number;
  readonly lastUpdate: number;
}

/** Back-offs that double with each failure and are forgotten after a good while (client-go, util/flowcontrol.Backoff). In milliseconds. */
export class Backoff {
  readonly #kernel: Kernel;
  readonly #first: number;
  readonly #longest: number;
  readonly #entries = new Map<string, Entry>();

  constructor(kernel: Kernel, first: number, longest: number) {
    this.#kernel = kernel;
    this.#first = first;
    this.#longest = longest;
  }

  get(key: string): number {
    return this.#entries.get(key)?.backoff ?? 0;
  }

  /** It failed again, at `time`. */
  next(key: string, time: number): void {
    const entry = this.#entries.get(key);
    const isOld = !entry || time - entry.lastUpdate > 2 * this.#longest;
    const backoff = isOld ? this.#first : Math.min(this.#longest, entry.backoff * 2);
    this.#entries.set(key, { backoff, lastUpdate: this.#kernel.now });
  }

  /** Whether the wait that began at `time` is not over. */
  isWaitingSince(key: string, time: number): boolean {
    const entry = this.#entries.get(key);
    if (!entry || this.#kernel.now - time > 2 * this.#longest) return false;
    return this.#kernel.now - time < entry.backoff;
  }

  /** Whether the wait since the last failure is not over. */
  isWaiting(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#kernel.now - entry.lastUpdate < entry.backoff;
  }

  reset(key: string): void {
    this.#entries.delete(key);
  }
}
