import type { Terminal } from '#machine/terminal.ts';

const ESCAPE = '\u001b';
export const REVERSE = `${ESCAPE}[7m`;
export const BLUE = `${ESCAPE}[94m`;
export const RED = `${ESCAPE}[97;41m`;
export const PLAIN = `${ESCAPE}[m`;

/** All of a terminal, row by row: what is the same as before is not written again. */
export class Screen {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];
  #size = '';

  /** Takes the terminal: each key comes at once, and what was on it comes back at the end. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.setMode('keys');
    terminal.out(`${ESCAPE}[?1049h${ESCAPE}[H${ESCAPE}[2J`);
  }

  get columns(): number {
    return Math.max(1, this.#terminal.size.columns);
  }

  get rows(): number {
    return Math.max(2, this.#terminal.size.rows);
  }

  /** Rows, whose colours take no room; the cursor counts from 0. */
  paint(rows: readonly string[], cursor: { readonly row: number; readonly column: number }): void {
    const size = `${this.columns}x${this.rows}`;
    let text = `${ESCAPE}[?25l`;
    if (size !== this.#size) {
      text += `${ESCAPE}[2J`;
      this.#shown = [];
      this.#size = size;
    }
    for (const [index, row] of rows.entries())
      if (row !== this.#shown[index]) text += `${ESCAPE}[${index + 1};1H${row}${PLAIN}${ESCAPE}[K`;
    this.#shown = rows;
    this.#terminal.out(
      `${text}${ESCAPE}[${cursor.row + 1};${Math.min(cursor.column, this.columns - 1) + 1}H${ESCAPE}[?25h`,
    );
  }

  /** All of it is written again. */
  forget(): void {
    this.#size = '';
  }

  close(): void {
    this.#terminal.out(`${ESCAPE}[?1049l${ESCAPE}[?25h`);
    this.#terminal.setMode('lines');
  }
}
