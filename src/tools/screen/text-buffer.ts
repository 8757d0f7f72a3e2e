/** A place in a text, both from 0; columns are code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface State {
  readonly lines: readonly string[];
  readonly place: Place;
}

/** Lines that can be changed, and changed back. There is always one. */
export class TextBuffer {
  #lines: readonly string[];
  /** States before changes, oldest first; and those that were undone. */
  #undo: State[] = [];
  #redo: State[] = [];
  #saved: readonly string[];

  constructor(text: string) {
    this.#lines = linesOf(text);
    this.#saved = this.#lines;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  get count(): number {
    return this.#lines.length;
  }

  get isChanged(): boolean {
    return this.#lines !== this.#saved;
  }

  /** With a newline behind each line; nothing for a single empty one. */
  get text(): string {
    return this.#lines.length === 1 && this.#lines[0] === '' ? '' : `${this.#lines.join('\n')}\n`;
  }

  line(index: number): string {
    return this.#lines[index] ?? '';
  }

  /** It is on disk as it is. */
  saved(): void {
    this.#saved = this.#lines;
  }

  /** What comes now is undone in one. @param place where the cursor was */
  begin(place: Place): void {
    if (this.#undo.at(-1)?.lines === this.#lines) this.#undo.pop();
    this.#undo.push({ lines: this.#lines, place });
  }

  /** In place of so many lines from one on. */
  replace(from: number, count: number, lines: readonly string[]): void {
    const changed = this.#lines.toSpliced(from, count, ...lines);
    this.#lines = changed.length === 0 ? [''] : changed;
    this.#redo = [];
  }

  setLine(index: number, text: string): void {
    if (text !== this.line(index)) this.replace(index, 1, [text]);
  }

  /** Puts text in, which may have newlines. @returns where it ends */
  insert({ line, column }: Place, text: string): Place {
    const own = this.line(line);
    const parts = text.split('\n');
    const last = parts.at(-1) ?? '';
    const head = own.slice(0, column);
    const tail = own.slice(column);
    if (parts.length === 1) this.setLine(line, head + text + tail);
    else this.replace(line, 1, [head + (parts[0] ?? ''), ...parts.slice(1, -1), last + tail]);
    return { line: line + parts.length - 1, column: parts.length === 1 ? column + text.length : last.length };
  }

  /** Takes away what stands between two places. @returns it */
  remove(from: Place, to: Place): string {
    const text = this.between(from, to);
    const joined = this.line(from.line).slice(0, from.column) + this.line(to.line).slice(to.column);
    this.replace(from.line, to.line - from.line + 1, [joined]);
    return text;
  }

  between(from: Place, to: Place): string {
    if (from.line === to.line) return this.line(from.line).slice(from.column, to.column);
    return [
      this.line(from.line).slice(from.column),
      ...this.#lines.slice(from.line + 1, to.line),
      this.line(to.line).slice(0, to.column),
    ].join('\n');
  }

  /** @returns where the cursor was; undefined when there is nothing to undo */
  undo(place: Place): Place | undefined {
    return this.#go(this.#undo, this.#redo, place);
  }

  redo(place: Place): Place | undefined {
    return this.#go(this.#redo, this.#undo, place);
  }

  #go(from: State[], to: State[], place: Place): Place | undefined {
    let state = from.pop();
    // A change that changed nothing is none.
    while (state && state.lines === this.#lines) state = from.pop();
    if (!state) return undefined;
    to.push({ lines: this.#lines, place });
    this.#lines = state.lines;
    return state.place;
  }
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [''] : text.replace(/\n$/, '').split('\n');
}
