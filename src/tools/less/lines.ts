import { Coroutine, type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';

/** So many lines are read ahead; who writes more waits. */
const AHEAD = 2_000;
/** How often a file that is followed is looked at, in milliseconds. */
const LOOK = 1_000;

/** Lines of a file, or of standard input as they come. */
export class Lines {
  readonly all: string[] = [];
  #rest = '';
  #isEnded = false;
  #wanted = AHEAD;
  #wake: (() => void) | undefined;
  readonly #onMore: () => void;

  constructor(onMore: () => void) {
    this.#onMore = onMore;
  }

  /** All of it is there. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** So many lines are looked for, and some more. */
  want(count: number): void {
    if (count + AHEAD <= this.#wanted) return;
    this.#wanted = count + AHEAD;
    this.#wake?.();
  }

  /** @throws FsError */
  openFile({ files }: ProcessContext, path: string): void {
    if (files.stat(path).kind === 'directory') throw new FsError('EISDIR', path);
    this.#take(files.readText(path));
    this.#end();
  }

  /** What is written to a file from now on. */
  *followFile({ files, kernel }: ProcessContext, path: string): Routine<void> {
    let length = files.readText(path).length;
    for (;;) {
      yield* sleep(kernel, LOOK);
      const text = files.readText(path);
      if (text.length <= length) continue;
      this.#take(text.slice(length));
      this.#end();
      length = text.length;
      this.#onMore();
    }
  }

  openInput({ kernel, streams, onExit }: ProcessContext): void {
    const lines = this;
    const reading = new Coroutine(
      kernel,
      (function* () {
        for (let text = yield* streams.read(); text !== undefined; text = yield* streams.read()) {
          lines.#take(text);
          lines.#onMore();
          while (lines.all.length > lines.#wanted) yield* lines.#untilWanted();
        }
        lines.#end();
        lines.#onMore();
      })(),
      () => undefined,
      () => undefined,
    );
    onExit(() => reading.cancel());
  }

  *#untilWanted(): Routine<void> {
    yield* wait<void>((resume) => {
      this.#wake = () => resume();
      return undefined;
    });
    this.#wake = undefined;
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.all.push(part);
  }

  #end(): void {
    if (this.#rest !== '') this.all.push(this.#rest);
    this.#rest = '';
    this.#isEnded = true;
  }
}
