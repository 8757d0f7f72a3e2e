const ESCAPE = '\u001b';
/** Colours, titles and marks, which take no room. */
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\)|[ -/]*[0-~])`,
  'g',
);

/** Ranges of characters that fill two cells (Unicode, East Asian Width W and F; emoji). */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Cells of a character: 0 for what is set upon another one. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code < 0x20 || code === 0x7f ? 2 : 1;
  const isJoiner = (code >= 0x200b && code <= 0x200d) || (code >= 0xfe00 && code <= 0xfe0f);
  if (isJoiner || /^\p{Mark}/u.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Cells of a text without control characters. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + cellsOf(character), 0);
}

const TAB = 8;

/** As it is shown: control characters as `^A`, tabs as blanks. @param from the column where it begins */
export function visible(text: string, from: number): string {
  let column = from;
  let shown = '';
  for (const character of text) {
    const piece =
      character === '\t'
        ? ' '.repeat(TAB - (column % TAB))
        : character !== '\n' && (character < ' ' || character === '\u007f')
          ? caret(character)
          : character;
    column = character === '\n' ? 0 : column + (piece === character ? cellsOf(character) : piece.length);
    shown += piece;
  }
  return shown;
}

function caret(character: string): string {
  return `^${String.fromCharCode(character.charCodeAt(0) ^ 64)}`;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Where the cursor is after a text, which begins at a cell and wraps at the edge. */
export function cellAfter(text: string, columns: number, from: Cell = { row: 0, column: 0 }): Cell {
  let { row, column } = from;
  for (const character of text.replaceAll(SEQUENCE, '')) {
    if (character === '\n') {
      row += 1;
      column = 0;
      continue;
    }
    if (character === '\r') {
      column = 0;
      continue;
    }
    const cells = cellsOf(character);
    if (column + cells > columns) {
      row += 1;
      column = 0;
    }
    column += cells;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}
