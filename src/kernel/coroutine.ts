import type { Kernel } from './kernel.ts';

/** Something to wait for: it is told how to go on, once, and answers how to stop waiting. */
export type Wait<T> = (resume: (value: T) => void, fail: (error: Error) => void) => (() => void) | undefined;

/** Code that waits in its middle: `yield*` gives the thread back until what it waits for has come. */
// biome-ignore lint/suspicious/noExplicitAny: each wait has a type of its own, which `wait` gives back
export type Routine<R> = Generator<Wait<any>, R, any>;

/** Why a routine was ended from outside; code that catches errors lets it pass. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Waits for a value. */
export function* wait<T>(what: Wait<T>): Routine<T> {
  return (yield what) as T;
}

/** Waits until so much simulated time has passed. */
export function sleep(kernel: Kernel, milliseconds: number): Routine<void> {
  return wait<void>((resume) => {
    const timer = kernel.after(milliseconds, () => resume());
    return () => timer.cancel();
  });
}

/** Runs a routine on the kernel, each part between two waits in a task of its own. */
export class Coroutine<R> {
  readonly #kernel: Kernel;
  readonly #routine: Routine<R>;
  readonly #onEnd: (result: R) => void;
  readonly #onError: (error: unknown) => void;
  #stopWaiting: (() => void) | undefined;
  #isDone = false;
  #isStepping = false;
  #isPaused = false;
  /** What came while it was paused. */
  #held: (() => void) | undefined;
  /** Which wait is the current one: what comes of an earlier one is too late. */
  #turn = 0;

  /** Starts it with the next task. @param onError told of what it throws, but for Cancelled */
  constructor(kernel: Kernel, routine: Routine<R>, onEnd: (result: R) => void, onError: (error: unknown) => void) {
    this.#kernel = kernel;
    this.#routine = routine;
    this.#onEnd = onEnd;
    this.#onError = onError;
    this.#later(() => routine.next());
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** It takes no further step until `goOn`; what it waits for may come meanwhile. */
  pause(): void {
    this.#isPaused = true;
  }

  goOn(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#kernel.soon(held);
  }

  /** Ends it where it waits, or when it waits next; its `finally` blocks run. Neither of the callbacks hears of it. */
  cancel(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#turn += 1;
    this.#stopWaiting?.();
    if (!this.#isStepping) this.#throwInto();
  }

  #throwInto(): void {
    try {
      this.#routine.throw(new Cancelled('cancelled'));
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#onError(error);
    }
  }

  #later(step: () => IteratorResult<Wait<unknown>, R>): void {
    const turn = this.#turn;
    const goOn = () => {
      if (turn !== this.#turn || this.#isDone) return;
      if (this.#isPaused) this.#held = goOn;
      else this.#step(step);
    };
    this.#kernel.soon(goOn);
  }

  #step(step: () => IteratorResult<Wait<unknown>, R>): void {
    this.#stopWaiting = undefined;
    this.#turn += 1;
    let result: IteratorResult<Wait<unknown>, R>;
    this.#isStepping = true;
    try {
      result = step();
    } catch (error) {
      this.#isDone = true;
      if (!(error instanceof Cancelled)) this.#onError(error);
      return;
    } finally {
      this.#isStepping = false;
    }
    if (this.#isDone) {
      // It was cancelled by what it did itself.
      if (!result.done) this.#throwInto();
      return;
    }
    if (result.done) {
      this.#isDone = true;
      this.#onEnd(result.value);
      return;
    }
    this.#wait(result.value);
  }

  #wait(what: Wait<unknown>): void {
    const turn = this.#turn;
    const goOn = (step: () => IteratorResult<Wait<unknown>, R>) => {
      if (turn !== this.#turn || this.#isDone) return;
      this.#later(step);
    };
    try {
      this.#stopWaiting = what(
        (value) => goOn(() => this.#routine.next(value)),
        (error) => goOn(() => this.#routine.throw(error)),
      );
    } catch (error) {
      // What cannot even begin fails where it is waited for.
      goOn(() => this.#routine.throw(error));
    }
  }
}
