import type { Terminal } from '#machine/terminal.ts';
import type { LineBuffer } from './line-buffer.ts';
import { type Cell, cellAfter, visible } from './width.ts';

const ESCAPE = '\u001b[';

/** What the terminal shows of a line that is edited: the prompt, the text, the cursor; drawn anew when it changed. */
export class LineView {
  readonly #terminal: Terminal;
  #prompt = '';
  /** Where the cursor was left, counted from the prompt's first row. */
  #cursor: Cell = { row: 0, column: 0 };
  #shown = '';
  /** Nothing but the prompt is shown (`stty -echo`). */
  readonly #isSilent: boolean;

  constructor(terminal: Terminal, isSilent: boolean) {
    this.#terminal = terminal;
    this.#isSilent = isSilent;
  }

  /** A new prompt, where the cursor is. */
  begin(prompt: string): void {
    this.#prompt = prompt;
    this.#shown = '';
    this.#terminal.out(prompt);
    this.#cursor = cellAfter(prompt, this.#terminal.size.columns);
  }

  /** Another prompt in its place, as a search shows it. */
  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  show(buffer: LineBuffer): void {
    const text = this.#visible(buffer.text);
    const { columns } = this.#terminal.size;
    const isAppended =
      buffer.cursor === buffer.text.length && text.startsWith(this.#shown) && text.length > this.#shown.length;
    const end = this.#cellOf(text);
    const shownEnd = this.#cellOf(this.#shown);
    if (isAppended && end.row === shownEnd.row && this.#isAt(shownEnd) && end.column < columns) {
      this.#terminal.out(text.slice(this.#shown.length));
      this.#cursor = end;
      this.#shown = text;
      return;
    }
    this.#redraw(text, this.#cellOf(this.#visible(buffer.before)), end);
  }

  /** Everything anew, where it stands. */
  refresh(buffer: LineBuffer): void {
    const text = this.#visible(buffer.text);
    this.#redraw(text, this.#cellOf(this.#visible(buffer.before)), this.#cellOf(text));
  }

  /** The cursor goes behind the text, and to a new line. */
  finish(): void {
    const end = this.#cellOf(this.#shown);
    this.#terminal.out(`${this.#down(end.row - this.#cursor.row)}\r${right(end.column)}\n`);
    this.#cursor = { row: 0, column: 0 };
  }

  /** The screen is empty; the line stands on top. */
  clearScreen(buffer: LineBuffer): void {
    this.#terminal.out(`${ESCAPE}H${ESCAPE}2J`);
    this.#cursor = { row: 0, column: 0 };
    this.refresh(buffer);
  }

  #visible(text: string): string {
    return this.#isSilent ? '' : visible(text, cellAfter(this.#prompt, this.#terminal.size.columns).column);
  }

  #redraw(text: string, cursor: Cell, end: Cell): void {
    const up = this.#cursor.row > 0 ? `${ESCAPE}${this.#cursor.row}A` : '';
    // At the edge the terminal waits with the new row until a character comes.
    const wraps = end.column === 0 && end.row > 0 && !text.endsWith('\n') ? ' \r' : '';
    const back = end.row > cursor.row ? `${ESCAPE}${end.row - cursor.row}A` : '';
    this.#terminal.out(`${up}\r${ESCAPE}J${this.#prompt}${text}${wraps}${back}\r${right(cursor.column)}`);
    this.#cursor = cursor;
    this.#shown = text;
  }

  #cellOf(text: string): Cell {
    return cellAfter(this.#prompt + text, this.#terminal.size.columns);
  }

  #isAt({ row, column }: Cell): boolean {
    return this.#cursor.row === row && this.#cursor.column === column;
  }

  #down(rows: number): string {
    return rows > 0 ? `${ESCAPE}${rows}B` : '';
  }
}

function right(columns: number): string {
  return columns > 0 ? `${ESCAPE}${columns}C` : '';
}
