import type { StandardStreams } from '#machine/program.ts';
import { PseudoTerminal } from '#machine/pseudo-terminal.ts';
import type { WindowSize } from '#machine/terminal.ts';

/** A screen and its keyboard, as far as programs that fill it use them. For tests alone. */
export class TestScreen {
  readonly terminal: PseudoTerminal;
  cells: string[][] = [];
  /** Everything that was written. */
  written = '';
  row = 0;
  column = 0;
  /** Whether it is the alternate one. */
  isAlternate = false;

  constructor(size: WindowSize = { columns: 60, rows: 10 }, onSignal: (signal: string) => void = () => undefined) {
    this.terminal = new PseudoTerminal({ size, onOutput: (text) => this.write(text), onSignal });
  }

  get streams(): StandardStreams {
    return this.terminal.streams;
  }

  /** Rows without blanks at their ends. */
  get rows(): readonly string[] {
    return Array.from(this.cells, (row) =>
      (row ?? [])
        .map((cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  /** Shows what a terminal was sent. */
  write(text: string): void {
    this.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences begin with one
    for (const [all, parameters = '', letter] of text.matchAll(/\u001b\[([\d;?]*)([A-Za-z])|[\s\S]/gu)) {
      if (letter === undefined) this.#put(all);
      else this.#control(parameters, letter);
    }
  }

  #put(character: string): void {
    if (character === '\r') this.column = 0;
    else if (character === '\n') this.row += 1;
    else {
      const row = this.cells[this.row] ?? [];
      this.cells[this.row] = row;
      while (row.length < this.column) row.push(' ');
      row[this.column] = character;
      this.column += 1;
    }
  }

  #control(parameters: string, letter: string): void {
    if (letter === 'H') {
      const [row = '1', column = '1'] = parameters.split(';');
      this.row = Number(row || 1) - 1;
      this.column = Number(column || 1) - 1;
    } else if (letter === 'J') this.cells = [];
    else if (letter === 'K') this.cells[this.row]?.splice(this.column);
    else if (parameters === '?1049') this.isAlternate = letter === 'h';
  }
}
