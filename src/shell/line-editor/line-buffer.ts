import type { KillRing } from './kill-ring.ts';
import { UndoList } from './undo.ts';

const WORD = /[\p{Letter}\p{Number}]/u;

/** How Alt+u, Alt+l and Alt+c change a word. */
const CASES = {
  upper: (word: string) => word.toUpperCase(),
  lower: (word: string) => word.toLowerCase(),
  capital: (word: string) => word.toLowerCase().replace(WORD, (letter) => letter.toUpperCase()),
} as const;

/** A line that is being edited: its text, the cursor, and what can be undone (readline, emacs mode). */
export class LineBuffer {
  readonly #killed: KillRing;
  readonly #undo = new UndoList();
  #text = '';
  #cursor = 0;
  /** Where what was yanked last begins and ends. */
  #yanked: { readonly from: number; readonly to: number } | undefined;

  constructor(killed: KillRing) {
    this.#killed = killed;
  }

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

  /** Another line in its place. */
  set(text: string, cursor = text.length): void {
    this.#killed.endCut();
    this.#undo.clear();
    this.#text = text;
    this.#cursor = cursor;
  }

  /** Letters that were typed. */
  type(text: string): void {
    this.#killed.endCut();
    this.#undo.keepTyping({ text: this.#text, cursor: this.#cursor }, text.length);
    this.#put(text);
  }

  insert(text: string): void {
    this.#keep();
    this.#put(text);
  }

  /** In place of what stands before the cursor, from an index on. */
  replaceFrom(start: number, text: string): void {
    this.#keep();
    this.#text = this.#text.slice(0, start) + text + this.after;
    this.#cursor = start + text.length;
  }

  moveTo(cursor: number): void {
    this.#killed.endCut();
    this.#cursor = Math.max(0, Math.min(this.#text.length, cursor));
  }

  left(): void {
    this.moveTo(this.#cursor - ([...this.before].at(-1)?.length ?? 0));
  }

  right(): void {
    this.moveTo(this.#cursor + ([...this.after][0]?.length ?? 0));
  }

  wordLeft(): void {
    this.moveTo(this.#wordStart(this.#cursor));
  }

  wordRight(): void {
    this.moveTo(this.#wordEnd(this.#cursor));
  }

  eraseLeft(): void {
    const length = [...this.before].at(-1)?.length ?? 0;
    if (length > 0) this.#remove(this.#cursor - length, this.#cursor);
  }

  eraseRight(): void {
    const length = [...this.after][0]?.length ?? 0;
    if (length > 0) this.#remove(this.#cursor, this.#cursor + length);
  }

  /** Blanks around the cursor. */
  eraseBlanks(): void {
    const left = /[ \t]*$/.exec(this.before)?.[0].length ?? 0;
    const right = /^[ \t]*/.exec(this.after)?.[0].length ?? 0;
    if (left + right > 0) this.#remove(this.#cursor - left, this.#cursor + right);
  }

  cutToEnd(): void {
    this.#cutRange(this.#cursor, this.#text.length);
  }

  cutToStart(): void {
    this.#cutRange(0, this.#cursor);
  }

  cutWordLeft(): void {
    this.#cutRange(this.#wordStart(this.#cursor), this.#cursor);
  }

  cutWordRight(): void {
    this.#cutRange(this.#cursor, this.#wordEnd(this.#cursor));
  }

  /** As Ctrl+W: back to a blank. */
  cutFieldLeft(): void {
    const length = /\S*\s*$/.exec(this.before)?.[0].length ?? 0;
    this.#cutRange(this.#cursor - length, this.#cursor);
  }

  yank(): void {
    const piece = this.#killed.last;
    if (piece === undefined) return;
    const from = this.#cursor;
    this.insert(piece);
    this.#yanked = { from, to: this.#cursor };
  }

  /** What was cut before, in place of what was yanked just now. */
  yankOther(): void {
    const yanked = this.#yanked;
    if (yanked?.to !== this.#cursor) return;
    this.#killed.turn();
    const piece = this.#killed.last ?? '';
    this.replaceFrom(yanked.from, piece);
    this.#yanked = { from: yanked.from, to: this.#cursor };
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

  /** Exchanges the word behind the cursor, or the last one, with the one before it. */
  transposeWords(): void {
    const end = this.#wordEnd(this.#cursor);
    const start = this.#wordStart(end);
    const otherStart = this.#wordStart(start);
    const otherEnd = this.#wordEnd(otherStart);
    if (otherStart === start || otherEnd > start) return;
    this.#keep();
    const part = (from: number, to: number) => this.#text.slice(from, to);
    const [head, other, between, word] = [
      part(0, otherStart),
      part(otherStart, otherEnd),
      part(otherEnd, start),
      part(start, end),
    ];
    this.#text = head + word + between + other + part(end, this.#text.length);
    this.#cursor = end;
  }

  changeCase(kind: keyof typeof CASES): void {
    const end = this.#wordEnd(this.#cursor);
    if (end === this.#cursor) return;
    this.#keep();
    const changed = CASES[kind](this.#text.slice(this.#cursor, end));
    this.#text = this.before + changed + this.#text.slice(end);
    this.#cursor = end;
  }

  undo(): void {
    this.#restore(this.#undo.back());
  }

  /** As the line was at first. */
  revert(): void {
    this.#restore(this.#undo.toBegin());
  }

  #restore(state: { readonly text: string; readonly cursor: number } | undefined): void {
    this.#killed.endCut();
    if (!state) return;
    this.#text = state.text;
    this.#cursor = state.cursor;
  }

  #put(text: string): void {
    this.#text = this.before + text + this.after;
    this.#cursor += text.length;
  }

  #wordStart(from: number): number {
    let at = from;
    while (at > 0 && !WORD.test(this.#text.charAt(at - 1))) at -= 1;
    while (at > 0 && WORD.test(this.#text.charAt(at - 1))) at -= 1;
    return at;
  }

  #wordEnd(from: number): number {
    let at = from;
    while (at < this.#text.length && !WORD.test(this.#text.charAt(at))) at += 1;
    while (at < this.#text.length && WORD.test(this.#text.charAt(at))) at += 1;
    return at;
  }

  #cutRange(from: number, to: number): void {
    if (from === to) return;
    const isBackward = to === this.#cursor;
    this.#killed.cut(this.#text.slice(from, to), isBackward);
    this.#undo.keep({ text: this.#text, cursor: this.#cursor });
    this.#delete(from, to);
  }

  #remove(from: number, to: number): void {
    this.#keep();
    this.#delete(from, to);
  }

  #delete(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
  }

  #keep(): void {
    this.#killed.endCut();
    this.#undo.keep({ text: this.#text, cursor: this.#cursor });
  }
}
