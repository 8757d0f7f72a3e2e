import type { Kernel, Timer } from '#kernel/kernel.ts';

/** The real one looks every 100 ms (scheduler.NodeEvictionPeriod); here only while a node waits. */
const PERIOD = 100;

/**
 * Nodes of a zone that are to get a NoExecute taint: not all at once, lest a mistake evicts every Pod
 * (nodelifecycle/scheduler.RateLimitedTimedQueue, with a burst of one).
 */
export class TaintQueue {
  readonly #kernel: Kernel;
  readonly #taint: (node: string) => boolean;
  /** Those that wait. */
  readonly #waiting = new Set<string>();
  /** Those that were added and not removed since, whether they wait or were tainted. */
  readonly #known = new Set<string>();
  #rate: number;
  #tokens = 1;
  #refilled: number;
  #timer: Timer | undefined;

  /**
   * @param rate nodes a second
   * @param taint returns whether the node is done with
   */
  constructor(kernel: Kernel, rate: number, taint: (node: string) => boolean) {
    this.#kernel = kernel;
    this.#rate = rate;
    this.#taint = taint;
    this.#refilled = kernel.now;
  }

  add(node: string): void {
    if (this.#known.has(node)) return;
    this.#known.add(node);
    this.#waiting.add(node);
    this.#schedule();
  }

  remove(node: string): void {
    this.#known.delete(node);
    this.#waiting.delete(node);
  }

  setRate(rate: number): void {
    if (rate === this.#rate) return;
    this.#refill();
    this.#rate = rate;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #schedule(): void {
    if (this.#timer?.isPending || this.#waiting.size === 0 || this.#rate <= 0) return;
    this.#refill();
    const wait = ((1 - this.#tokens) / this.#rate) * 1000;
    this.#timer = this.#kernel.after(Math.max(PERIOD, Math.ceil(wait)), () => this.#work());
  }

  #work(): void {
    this.#timer = undefined;
    this.#refill();
    for (const node of [...this.#waiting]) {
      // Sums of tenths are not exact.
      if (this.#tokens < 1 - 1e-9) break;
      this.#tokens = Math.max(0, this.#tokens - 1);
      if (!this.#taint(node)) break;
      this.#waiting.delete(node);
    }
    this.#schedule();
  }

  #refill(): void {
    const { now } = this.#kernel;
    this.#tokens = Math.min(1, this.#tokens + ((now - this.#refilled) / 1000) * this.#rate);
    this.#refilled = now;
  }
}
