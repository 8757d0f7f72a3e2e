import { columnOf, shown } from '../screen/cells.ts';
import { PLAIN, REVERSE, type Screen } from '../screen/screen.ts';
import type { Editor } from './editor.ts';

const NAME = '  GNU nano 7.2';
/** A title, a row of messages, two of help. */
const OTHER_ROWS = 4;

const HELP: readonly (readonly [key: string, text: string])[] = [
  ['^G', 'Help'],
  ['^X', 'Exit'],
  ['^O', 'Write Out'],
  ['^C', 'Location'],
  ['^W', 'Where Is'],
  ['^\\', 'Replace'],
  ['^K', 'Cut'],
  ['^U', 'Paste'],
  ['^V', 'Next Page'],
  ['^_', 'Go To Line'],
  ['M-U', 'Undo'],
  ['M-E', 'Redo'],
];

/** Shows the title, the text, and the keys. */
export function show(editor: Editor, screen: Screen): void {
  const { columns } = screen;
  editor.height = Math.max(1, screen.rows - OTHER_ROWS);
  const { place, buffer, height } = editor;
  if (place.line < editor.top || place.line >= editor.top + height)
    editor.top = Math.max(0, place.line - Math.floor(height / 2));
  const rows = [title(editor, columns)];
  for (let line = editor.top; line < editor.top + height; line += 1)
    rows.push(line < buffer.count ? textRow(editor, line, columns) : '');
  rows.push(messageRow(editor, columns), ...helpRows(editor, columns));
  const column = columnOf(editor.line, place.column);
  const cursor = editor.question
    ? { row: height + 1, column: editor.question.text.length + editor.question.answer.length }
    : { row: place.line - editor.top + 1, column: column - shiftOf(column, columns) };
  screen.paint(rows, cursor);
}

function title({ path, buffer }: Editor, columns: number): string {
  const name = path === '' ? 'New Buffer' : path;
  const state = buffer.isChanged ? 'Modified ' : '';
  const left = Math.max(1, Math.floor((columns - name.length) / 2) - NAME.length);
  const text = `${NAME}${' '.repeat(left)}${name}`;
  return `${REVERSE}${text.padEnd(Math.max(0, columns - state.length)).slice(0, columns - state.length)}${state}${PLAIN}`;
}

/** How much of the cursor's line is left of the screen. */
function shiftOf(column: number, columns: number): number {
  const step = Math.max(1, columns - 8);
  return column < columns - 1 ? 0 : Math.floor((column - 7) / step) * step;
}

function textRow(editor: Editor, line: number, columns: number): string {
  const text = shown(editor.buffer.line(line));
  const isOwn = line === editor.place.line;
  const shift = isOwn ? shiftOf(columnOf(editor.line, editor.place.column), columns) : 0;
  const row = text.slice(shift, shift + columns);
  const isLonger = text.length > shift + columns;
  const begin = shift > 0 ? `${REVERSE}<${PLAIN}${row.slice(1)}` : row;
  return isLonger ? `${begin.slice(0, -1)}${REVERSE}>${PLAIN}` : begin;
}

function messageRow({ message, question }: Editor, columns: number): string {
  if (question) return `${REVERSE}${(question.text + question.answer).padEnd(columns).slice(0, columns)}${PLAIN}`;
  if (message === '') return '';
  const text = `[ ${message} ]`.slice(0, columns);
  return `${' '.repeat(Math.max(0, Math.floor((columns - text.length) / 2)))}${REVERSE}${text}${PLAIN}`;
}

function helpRows({ question }: Editor, columns: number): readonly string[] {
  const keys = question?.help ?? HELP;
  const count = Math.max(2, Math.min(keys.length, Math.floor(columns / 16) * 2));
  const width = Math.max(8, Math.floor(columns / Math.ceil(count / 2)));
  const entry = ([key, text]: readonly [string, string]) =>
    `${REVERSE}${key}${PLAIN} ${text.padEnd(width - key.length - 1).slice(0, width - key.length - 1)}`;
  const chosen = keys.slice(0, count);
  const row = (odd: number) =>
    chosen
      .filter((_, index) => index % 2 === odd)
      .map(entry)
      .join('');
  return [row(0), row(1)];
}
