import { type Routine, wait } from '#kernel/coroutine.ts';

/** As much as a pipe of Linux holds; characters for bytes. */
const CAPACITY = 65_536;

/** Somebody wrote where nobody reads any more (EPIPE). The process machinery makes the signal PIPE of it. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';

  constructor() {
    super('Broken pipe');
  }
}

/**
 * Text from those who write to those who read, in order. Each end is held by processes: once all writers have let go, readers come to the
 * end; once all readers have, writing fails. An end that nobody held yet is no end that was let go.
 */
export class Pipe {
  #text = '';
  #writers = 0;
  #readers = 0;
  #isEnded = false;
  #isBroken = false;
  #waiting: (() => void)[] = [];

  /** Waits for what comes next, all that is there; undefined at the end. */
  *read(): Routine<string | undefined> {
    while (this.#text === '' && !this.#isEnded) yield* this.#change();
    if (this.#text === '') return undefined;
    const text = this.#text;
    this.#text = '';
    this.#changed();
    return text;
  }

  /** Takes it at once, whatever is in it: `drain` is where writers wait. @throws BrokenPipe */
  write(text: string): void {
    if (this.#isBroken) throw new BrokenPipe();
    if (text === '') return;
    this.#text += text;
    this.#changed();
  }

  /** Waits until it holds no more than a pipe does. @throws BrokenPipe */
  *drain(): Routine<void> {
    while (this.#text.length > CAPACITY && !this.#isBroken) yield* this.#change();
    if (this.#isBroken) throw new BrokenPipe();
  }

  /** No more will be written, whoever holds it. */
  end(): void {
    this.#isEnded = true;
    this.#changed();
  }

  /** Nobody will read, whoever holds it. */
  break(): void {
    this.#isBroken = true;
    this.#text = '';
    this.#changed();
  }

  /** Returns how to let go. */
  holdWriter(): () => void {
    this.#writers += 1;
    return once(() => {
      this.#writers -= 1;
      if (this.#writers === 0) this.end();
    });
  }

  /** Returns how to let go. */
  holdReader(): () => void {
    this.#readers += 1;
    return once(() => {
      this.#readers -= 1;
      if (this.#readers === 0) this.break();
    });
  }

  #change(): Routine<void> {
    return wait<void>((resume) => {
      const told = () => resume();
      this.#waiting.push(told);
      return () => {
        this.#waiting = this.#waiting.filter((other) => other !== told);
      };
    });
  }

  #changed(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const told of waiting) told();
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
