import type { History } from './history.ts';

/** The history as somebody walks through it: what is changed of its lines stays so until the line is entered. */
export class ShownHistory {
  readonly #history: History;
  /** By the numbers of the lines. */
  readonly #changed = new Map<number, string>();
  /** Which line is shown; the number of lines for the one that is being typed. */
  #at = 0;
  #typed = '';

  constructor(history: History) {
    this.#history = history;
  }

  begin(at: number = this.#history.lines.length): void {
    this.#at = at;
    this.#typed = '';
  }

  get at(): number {
    return this.#at;
  }

  /** Where the line stands that is being typed. */
  get end(): number {
    return this.#history.lines.length;
  }

  /** All of them, the one that is being typed last. */
  get lines(): readonly string[] {
    return [...this.#history.lines.map((_, index) => this.#text(index)), this.#typed];
  }

  /** Goes to another line. @param text of the one that is left @returns undefined where there is none */
  goTo(at: number, text: string): string | undefined {
    if (at < 0 || at > this.end) return undefined;
    this.keep(text);
    this.#at = at;
    return this.#text(at);
  }

  /** The line that is shown was changed. */
  keep(text: string): void {
    if (this.#at === this.end) this.#typed = text;
    else if (text !== this.#history.lines[this.#at]) this.#changed.set(this.#number(this.#at), text);
  }

  /** The line that is shown was entered: in the history it is as it was. */
  enter(): void {
    this.#changed.delete(this.#number(this.#at));
  }

  /** Of a line that was entered so many lines ago. */
  entered(back: number): string | undefined {
    return this.#history.lines.at(-back);
  }

  #text(at: number): string {
    return at === this.end
      ? this.#typed
      : (this.#changed.get(this.#number(at)) ?? this.#history.lines[at] ?? this.#typed);
  }

  #number(at: number): number {
    return this.#history.first + at;
  }
}
