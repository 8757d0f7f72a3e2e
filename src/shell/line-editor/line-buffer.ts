interface State {
  readonly text: string;
  readonly cursor: number;
}

const WORD = /[\p{Letter}\p{Number}]/u;

/** A line that is being edited: its text, the cursor, what was cut, and what can be undone (readline, emacs mode). */
export class LineBuffer {
  #text = '';
  #cursor = 0;
  #cut = '';
  /** The last thing that was done was a cut: the next one joins it. */
  #isCutting = false;
  #undo: State[] = [];

  get text(): string {
    return this.#text;
  }

  /** Index into the text. */
  get cursor(): number {
    return this.#cursor;
  }

  get before(): string {
    return this.#text.slice(0, this.#cursor);
  }

  get after(): string {
    return this.#text.slice(this.#cursor);
  }

  set(text: string, cursor = text.length): void {
    this.#keep();
    this.#text = text;
    this.#cursor = cursor;
  }

  insert(text: string): void {
    this.#keep();
    this.#text = this.before + text + this.after;
    this.#cursor += text.length;
  }

  /** In place of what stands before the cursor, from an index on. */
  replaceFrom(start: number, text: string): void {
    this.#keep();
    this.#text = this.#text.slice(0, start) + text + this.after;
    this.#cursor = start + text.length;
  }

  moveTo(cursor: number): void {
    this.#isCutting = false;
    this.#cursor = Math.max(0, Math.min(this.#text.length, cursor));
  }

  left(): void {
    this.moveTo(this.#cursor - ([...this.before].at(-1)?.length ?? 0));
  }

  right(): void {
    this.moveTo(this.#cursor + ([...this.after][0]?.length ?? 0));
  }

  wordLeft(): void {
    this.moveTo(this.#wordStart());
  }

  wordRight(): void {
    this.moveTo(this.#wordEnd());
  }

  eraseLeft(): void {
    const length = [...this.before].at(-1)?.length ?? 0;
    if (length > 0) this.#remove(this.#cursor - length, this.#cursor);
  }

  eraseRight(): void {
    const length = [...this.after][0]?.length ?? 0;
    if (length > 0) this.#remove(this.#cursor, this.#cursor + length);
  }

  cutToEnd(): void {
    this.#cutRange(this.#cursor, this.#text.length);
  }

  cutToStart(): void {
    this.#cutRange(0, this.#cursor);
  }

  cutWordLeft(): void {
    this.#cutRange(this.#wordStart(), this.#cursor);
  }

  cutWordRight(): void {
    this.#cutRange(this.#cursor, this.#wordEnd());
  }

  /** As Ctrl+W: back to a blank. */
  cutFieldLeft(): void {
    const length = /\S*\s*$/.exec(this.before)?.[0].length ?? 0;
    this.#cutRange(this.#cursor - length, this.#cursor);
  }

  yank(): void {
    if (this.#cut !== '') this.insert(this.#cut);
  }

  /** Exchanges the character before the cursor with the one under it; at the end the last two. */
  transpose(): void {
    const at = this.#cursor === this.#text.length ? this.#cursor - 1 : this.#cursor;
    if (at < 1) return;
    this.#keep();
    const [first = '', second = ''] = [this.#text.charAt(at - 1), this.#text.charAt(at)];
    this.#text = this.#text.slice(0, at - 1) + second + first + this.#text.slice(at + 1);
    this.#cursor = at + 1;
  }

  undo(): void {
    const last = this.#undo.pop();
    if (!last) return;
    this.#text = last.text;
    this.#cursor = last.cursor;
  }

  clear(): void {
    this.#text = '';
    this.#cursor = 0;
    this.#undo = [];
    this.#isCutting = false;
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && !WORD.test(this.#text.charAt(at - 1))) at -= 1;
    while (at > 0 && WORD.test(this.#text.charAt(at - 1))) at -= 1;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#text.length && !WORD.test(this.#text.charAt(at))) at += 1;
    while (at < this.#text.length && WORD.test(this.#text.charAt(at))) at += 1;
    return at;
  }

  #cutRange(from: number, to: number): void {
    if (from === to) return;
    const piece = this.#text.slice(from, to);
    const isJoined = this.#isCutting;
    const isBackward = to === this.#cursor;
    this.#remove(from, to);
    this.#cut = isJoined ? (isBackward ? piece + this.#cut : this.#cut + piece) : piece;
    this.#isCutting = true;
  }

  #remove(from: number, to: number): void {
    this.#keep();
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
  }

  #keep(): void {
    this.#isCutting = false;
    this.#undo.push({ text: this.#text, cursor: this.#cursor });
    if (this.#undo.length > 500) this.#undo.shift();
  }
}
