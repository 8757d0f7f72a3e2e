import type { Kernel, Timer } from './kernel.ts';

export interface WorkQueueOptions<K> {
  /** Brings what `key` stands for from its actual to its desired state. What it throws is tried again, later and later. */
  readonly sync: (key: K) => void;
  /** Told of what `sync` throws. */
  readonly onError?: (key: K, error: unknown) => void;
  /** The first back-off in milliseconds; it doubles with each failure. */
  readonly firstRetry?: number;
  readonly longestRetry?: number;
}

/** client-go, DefaultTypedControllerRateLimiter: 5 ms, doubled up to 1000 s. */
const FIRST_RETRY = 5;
const LONGEST_RETRY = 1_000_000;

/**
 * The queue of a controller, after client-go's workqueue: a key waits at most once, however often it is added; one that is added while it
 * is worked on is worked on again afterwards; a failure is retried with an exponential back-off, a success forgets it.
 */
export class WorkQueue<K extends string | number> {
  readonly #kernel: Kernel;
  readonly #options: WorkQueueOptions<K>;
  readonly #waiting = new Set<K>();
  readonly #delayed = new Map<K, Timer>();
  readonly #failures = new Map<K, number>();
  #isScheduled = false;
  #isStopped = false;

  constructor(kernel: Kernel, options: WorkQueueOptions<K>) {
    this.#kernel = kernel;
    this.#options = options;
  }

  /** Keys that wait for their turn now; those that wait for a time are not counted. */
  get length(): number {
    return this.#waiting.size;
  }

  add(key: K): void {
    if (this.#isStopped) return;
    this.#waiting.add(key);
    this.#schedule();
  }

  /** Adds a key when so much simulated time has passed. An earlier time that waits already is kept. */
  addAfter(key: K, milliseconds: number): void {
    if (this.#isStopped) return;
    if (milliseconds <= 0) {
      this.add(key);
      return;
    }
    const known = this.#delayed.get(key);
    if (known?.isPending) {
      if (known.at <= this.#kernel.now + milliseconds) return;
      known.cancel();
    }
    this.#delayed.set(
      key,
      this.#kernel.after(milliseconds, () => {
        this.#delayed.delete(key);
        this.add(key);
      }),
    );
  }

  /** How often in a row a key has failed. */
  failures(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Nothing is worked on any longer: the controller's process ended. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
    for (const timer of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#failures.clear();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#kernel.soon(() => this.#work());
  }

  /** One key a task, so that other actors have their turn in between. */
  #work(): void {
    this.#isScheduled = false;
    const next = this.#waiting.values().next();
    if (next.done) return;
    const key = next.value;
    this.#waiting.delete(key);
    if (this.#waiting.size > 0) this.#schedule();
    try {
      this.#options.sync(key);
      this.#failures.delete(key);
    } catch (error) {
      this.#options.onError?.(key, error);
      this.#retry(key);
    }
  }

  #retry(key: K): void {
    if (this.#isStopped) return;
    const { firstRetry = FIRST_RETRY, longestRetry = LONGEST_RETRY } = this.#options;
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(longestRetry, firstRetry * 2 ** failures));
  }
}
