import { type Place, TextBuffer } from '../screen/text-buffer.ts';

/** What waits for keys: each `yield` gives the next one. */
export type Keys<T> = Generator<void, T, string>;

export interface Register {
  readonly text: string;
  readonly isLinewise: boolean;
}

/** Everything that vi knows of the file that it edits. */
export class State {
  buffer = new TextBuffer('');
  place: Place = { line: 0, column: 0 };
  /** The column that `j` and `k` want to reach. */
  wanted = 0;
  mode: 'normal' | 'insert' | 'replace' | 'visual' | 'visual-line' = 'normal';
  /** Where a visual selection began. */
  anchor: Place = { line: 0, column: 0 };
  /** On the last row. */
  message = '';
  isError = false;
  /** What is typed there. */
  prompt: string | undefined;
  path: string | undefined;
  isReadonly = false;
  isDone = false;
  status = 0;
  readonly options = {
    number: false,
    paste: false,
    ignorecase: false,
    list: false,
    shiftwidth: 8,
    expandtab: false,
    hlsearch: false,
  };
  readonly registers = new Map<string, Register>();
  readonly marks = new Map<string, Place>();
  search: { readonly pattern: string; readonly isForward: boolean } | undefined;
  find: { readonly how: string; readonly character: string } | undefined;
  /** Keys of the change that `.` does again. */
  lastChange: readonly string[] = [];
  /** Rows of text on the screen, for commands that scroll. */
  height = 20;
  /** The first line on the screen. */
  top = 0;

  get line(): string {
    return this.buffer.line(this.place.line);
  }

  tell(message: string): void {
    this.message = message;
    this.isError = false;
  }

  fail(message: string): void {
    this.message = message;
    this.isError = true;
  }

  /** The cursor goes to a place, or to what is nearest to it in the text. */
  moveTo({ line, column }: Place, keepsColumn = false): void {
    const at = Math.max(0, Math.min(this.buffer.count - 1, line));
    const { length } = this.buffer.line(at);
    const last =
      this.mode === 'insert' || this.mode === 'replace' || this.mode.startsWith('visual') ? length : length - 1;
    this.place = { line: at, column: Math.max(0, Math.min(last, column)) };
    if (!keepsColumn) this.wanted = this.place.column;
  }

  /** What a change took, or copied. */
  keep(text: string, isLinewise: boolean, register?: string): void {
    const kept = { text, isLinewise };
    this.registers.set('"', kept);
    if (register !== undefined) this.registers.set(register, kept);
  }
}
