import { type ShellMark, ShellMarks } from '../terminal/shell-marks.ts';

/** What a tab's shell does: it comes up, a person types at its prompt, or a command runs. */
export type Activity = 'starting' | 'typing' | 'running';

/** A command that ended, or that is running still: what it printed, as the terminal got it. */
export interface Ran {
  readonly output: string;
  /** So many characters were thrown away. */
  readonly dropped: number;
  /** Undefined while it runs. */
  readonly status: number | undefined;
}

/** So much of what one command prints is kept, in characters. */
const KEPT = 2_000_000;

/** Follows what the shell of a terminal does, from the marks in its output. */
export class ShellState {
  readonly #marks = new ShellMarks();
  #activity: Activity = 'starting';
  /** The shell that the terminal began with. */
  #own: string | undefined;
  /** The shell at whose prompt one is, or whose command runs. */
  #current: string | undefined;
  #output = '';
  #dropped = 0;
  #commands = 0;
  #last: Ran | undefined;
  #lastOutput = performance.now();
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  get activity(): Activity {
    return this.#activity;
  }

  /** A shell within the terminal's own is at its prompt: behind `ssh`, `sudo -i`, `bash`. */
  get isInside(): boolean {
    return this.#activity === 'typing' && this.#current !== this.#own;
  }

  /** At the prompt that the terminal began with. */
  get isFree(): boolean {
    return this.#activity === 'typing' && this.#current === this.#own;
  }

  /** How many commands of its own shell began. */
  get commands(): number {
    return this.#commands;
  }

  /** What the command printed that runs, or ran last. */
  get ran(): Ran {
    return this.#last ?? { output: this.#output, dropped: this.#dropped, status: undefined };
  }

  /** Milliseconds since something was printed. */
  get quietFor(): number {
    return performance.now() - this.#lastOutput;
  }

  /** @returns the text to be shown */
  feed(text: string): string {
    let shown = '';
    for (const piece of this.#marks.feed(text)) {
      if (piece.kind !== 'text') this.#mark(piece);
      else {
        shown += piece.text;
        if (this.#activity === 'running') this.#take(piece.text);
      }
    }
    if (shown !== '') this.#lastOutput = performance.now();
    this.#tell();
    return shown;
  }

  /** Settles once it holds; it is looked at whenever something came. @throws the signal's reason */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      if (holds()) {
        resolve();
        return;
      }
      const waiting = { holds, resolve };
      this.#waiting.push(waiting);
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      });
    });
  }

  #mark(mark: ShellMark): void {
    this.#own ??= mark.shell;
    if (mark.kind === 'prompt' || mark.kind === 'typing') {
      this.#current = mark.shell;
      if (mark.kind === 'typing') this.#activity = 'typing';
      return;
    }
    if (mark.kind === 'done') {
      if (mark.shell === this.#own)
        this.#last ??= { output: this.#output, dropped: this.#dropped, status: mark.status };
      return;
    }
    this.#activity = 'running';
    if (mark.shell === this.#own) this.#begin();
  }

  #begin(): void {
    this.#commands += 1;
    this.#output = '';
    this.#dropped = 0;
    this.#last = undefined;
  }

  #take(text: string): void {
    const room = KEPT - this.#output.length;
    this.#output += text.slice(0, room);
    this.#dropped += Math.max(0, text.length - room);
  }

  #tell(): void {
    const ready = this.#waiting.filter(({ holds }) => holds());
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { resolve } of ready) resolve();
  }
}
