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
    const isFresh = entry && !this.#isForgotten(entry, time);
    const backoff = isFresh ? Math.min(this.#longest, entry.backoff * 2) : this.#first;
    this.#entries.set(key, { backoff, lastUpdate: this.#kernel.now });
  }

  /** Whether the wait that began at `time` is not over. */
  isWaitingSince(key: string, time: number): boolean {
    const entry = this.#entries.get(key);
    if (!entry || this.#isForgotten(entry, time)) return false;
    return this.#kernel.now - time < entry.backoff;
  }

  /** Whether the wait since the last failure is not over. */
  isWaiting(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#kernel.now - entry.lastUpdate < entry.backoff;
  }

  /** What went well for so long begins anew. */
  #isForgotten({ lastUpdate }: Entry, time: number): boolean {
    return time - lastUpdate > 2 * this.#longest;
  }
}
