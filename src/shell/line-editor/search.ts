/** Looks for what is typed, line by line through the history, as readline does it (isearch.c). */
export class Search {
  readonly #lines: readonly string[];
  /** Which line is looked at, and from where on. */
  #at: number;
  #line: string;
  #place: number;
  #step: 1 | -1;
  #foundAt: number;
  #lastFound: string | undefined;
  #wanted = '';
  #found: { readonly text: string; readonly cursor: number } | undefined;
  isFailed = false;

  /** @param lines of the history, and the one that is being edited @param at which one is edited */
  constructor(lines: readonly string[], at: number, cursor: number, isForward: boolean) {
    this.#lines = lines;
    this.#at = at;
    this.#foundAt = at;
    this.#line = lines[at] ?? '';
    this.#place = cursor;
    this.#step = isForward ? 1 : -1;
  }

  get wanted(): string {
    return this.#wanted;
  }

  get isForward(): boolean {
    return this.#step === 1;
  }

  /** Which line was found last. */
  get foundAt(): number {
    return this.#foundAt;
  }

  get found(): { readonly text: string; readonly cursor: number } | undefined {
    return this.#found;
  }

  type(text: string): void {
    this.#wanted += text;
    this.#look();
  }

  erase(): void {
    if (this.#wanted === '') return;
    this.#wanted = [...this.#wanted].slice(0, -1).join('');
    this.#look();
  }

  /** The next one, in a direction. @param before what was looked for the time before: where nothing is wanted yet */
  next(isForward: boolean, before: string): void {
    const step = isForward ? 1 : -1;
    if (step !== this.#step) this.#step = step;
    else if (this.#wanted === '') this.#wanted = before;
    else this.#place += step;
    this.#look();
  }

  #look(): void {
    if (this.#wanted === '') return;
    for (;;) {
      const place = this.#placeInLine();
      if (place !== undefined) {
        this.#place = place;
        this.#foundAt = this.#at;
        this.#lastFound = this.#line;
        this.#found = { text: this.#line, cursor: place };
        this.isFailed = false;
        return;
      }
      if (!this.#goOn()) {
        this.#at = this.#foundAt;
        this.isFailed = true;
        return;
      }
    }
  }

  #placeInLine(): number | undefined {
    const place =
      this.#step === 1
        ? this.#line.indexOf(this.#wanted, Math.max(0, this.#place))
        : this.#place < 0
          ? -1
          : this.#line.lastIndexOf(this.#wanted, this.#place);
    if (place < 0) this.#place = this.#step === 1 ? this.#line.length : 0;
    return place < 0 ? undefined : place;
  }

  /** To the next line that is another one than what was found. @returns false when there is none */
  #goOn(): boolean {
    do {
      this.#at += this.#step;
      const line = this.#lines[this.#at];
      if (line === undefined) return false;
      this.#line = line;
    } while (this.#line === this.#lastFound || this.#wanted.length > this.#line.length);
    this.#place = this.#step === 1 ? 0 : this.#line.length - this.#wanted.length;
    return true;
  }
}
