import { Random } from './random.ts';
import { type Entry, Timers } from './timers.ts';

/** Something that will run at its time. */
export interface Timer {
  /** Milliseconds since the epoch, simulated. */
  readonly at: number;
  readonly isPending: boolean;
  /** Does nothing when it has run. */
  cancel(): void;
}

export interface KernelOptions {
  /** The simulated time at the start, in milliseconds since the epoch. */
  readonly start: number;
  readonly seed: number;
  /** What happens with an exception that a task throws; without it the exception reaches who runs the kernel. */
  readonly onError?: (error: unknown) => void;
}

/** When `run` gives the thread back although there is more to do. */
export interface Limits {
  /** Asked after each task; true stops. */
  readonly isEnough?: () => boolean;
}

/** Tasks that have run are let go in portions of so many. */
const COMPACT = 4_096;

/**
 * The only clock and the only scheduler of a simulated cluster. Tasks run one at a time, in an order that depends on nothing but the
 * seed and on what is called: first what is ready, in the order of scheduling, then the next timer. Simulated time passes only here,
 * from timer to timer; how fast it passes in real time is the business of who runs it (see `Pacer`).
 */
export class Kernel {
  readonly random: Random;
  readonly #timers = new Timers();
  readonly #onError: ((error: unknown) => void) | undefined;
  #ready: (() => void)[] = [];
  #next = 0;
  #now: number;
  #order = 0;
  #running = false;

  constructor({ start, seed, onError }: KernelOptions) {
    this.#now = start;
    this.random = new Random(seed);
    this.#onError = onError;
  }

  /** Milliseconds since the epoch, simulated. */
  get now(): number {
    return this.#now;
  }

  /** Whether a task is ready to run without time passing. */
  get isBusy(): boolean {
    return this.#next < this.#ready.length;
  }

  /** When the next timer is due; undefined when none waits. */
  get nextTimer(): number | undefined {
    return this.#timers.peek()?.at;
  }

  /** Runs `task` after everything that is ready already. */
  soon(task: () => void): void {
    this.#ready.push(task);
  }

  /**
   * Runs `task` when so much simulated time has passed.
   *
   * @throws RangeError for a time that is negative or no number
   */
  after(milliseconds: number, task: () => void): Timer {
    if (!(milliseconds >= 0)) throw new RangeError(`a timer cannot wait ${milliseconds} ms`);
    this.#order += 1;
    const entry: Entry = { at: this.#now + milliseconds, order: this.#order, task };
    this.#timers.add(entry);
    const timers = this.#timers;
    return {
      at: entry.at,
      get isPending() {
        return entry.task !== undefined;
      },
      cancel: () => timers.cancel(entry),
    };
  }

  /** Runs `task` again and again, `milliseconds` after each run, until it is cancelled. @throws RangeError as `after` */
  every(milliseconds: number, task: () => void): { cancel(): void } {
    if (!(milliseconds > 0)) throw new RangeError(`a task cannot run every ${milliseconds} ms`);
    let timer = this.after(milliseconds, repeat);
    const kernel = this;
    function repeat(): void {
      timer = kernel.after(milliseconds, repeat);
      task();
    }
    return { cancel: () => timer.cancel() };
  }

  /**
   * Runs what is ready and every timer that is due until `time`, and lets simulated time pass until then.
   *
   * @returns true when all of it was done, false when the limits stopped it; time then stands where it stopped
   * @throws Error when a task calls it; what tasks throw, unless there is an `onError`
   */
  runUntil(time: number, { isEnough }: Limits = {}): boolean {
    if (this.#running) throw new Error('a task cannot run the kernel that runs it');
    this.#running = true;
    try {
      for (;;) {
        const task = this.#takeReady() ?? this.#takeTimer(time);
        if (!task) break;
        this.#call(task);
        if (isEnough?.()) return false;
      }
      this.#now = Math.max(this.#now, time);
      return true;
    } finally {
      this.#running = false;
    }
  }

  /** As `runUntil`, for so much simulated time from now on. */
  runFor(milliseconds: number, limits?: Limits): boolean {
    return this.runUntil(this.#now + milliseconds, limits);
  }

  /**
   * Lets simulated time pass until `condition` holds.
   *
   * @returns false when it does not within `milliseconds`, or when nothing is left that could bring it about
   */
  runUntilTrue(condition: () => boolean, milliseconds: number): boolean {
    const deadline = this.#now + milliseconds;
    while (!condition()) {
      if (!this.isBusy) {
        const next = this.nextTimer;
        if (next === undefined || next > deadline) {
          this.runUntil(deadline);
          return condition();
        }
      }
      this.runUntil(deadline, { isEnough: () => condition() });
    }
    return true;
  }

  #takeReady(): (() => void) | undefined {
    const task = this.#ready[this.#next];
    if (task === undefined) return undefined;
    this.#next += 1;
    if (this.#next === this.#ready.length || this.#next >= COMPACT) {
      this.#ready = this.#ready.slice(this.#next);
      this.#next = 0;
    }
    return task;
  }

  #takeTimer(until: number): (() => void) | undefined {
    const next = this.#timers.peek();
    if (!next || next.at > until) return undefined;
    this.#timers.take();
    this.#now = Math.max(this.#now, next.at);
    const { task } = next;
    next.task = undefined;
    return task;
  }

  #call(task: () => void): void {
    if (!this.#onError) {
      task();
      return;
    }
    try {
      task();
    } catch (error) {
      this.#onError(error);
    }
  }
}
