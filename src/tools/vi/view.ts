import { cellsOf, columnOf } from '../screen/cells.ts';
import { BLUE, PLAIN, RED, REVERSE, type Screen } from '../screen/screen.ts';
import type { Place } from '../screen/text-buffer.ts';
import { patternOf } from './pattern.ts';
import type { State } from './state.ts';
import { selected } from './visual.ts';

const MODES: Readonly<Record<State['mode'], string>> = {
  normal: '',
  insert: '-- INSERT --',
  replace: '-- REPLACE --',
  visual: '-- VISUAL --',
  'visual-line': '-- VISUAL LINE --',
};
/** Where the ruler begins, from the right. */
const RULER = 18;

/** Shows the text, the last row and the cursor. */
export function show(state: State, screen: Screen): void {
  const { columns } = screen;
  state.height = screen.rows - 1;
  const margin = state.options.number ? Math.max(4, String(state.buffer.count).length + 1) : 0;
  const width = Math.max(1, columns - margin);
  keepInSight(state, width);
  const rows: string[] = [];
  let cursor = { row: 0, column: 0 };
  for (let line = state.top; rows.length < state.height; line += 1) {
    if (line >= state.buffer.count) {
      rows.push(`${BLUE}~`);
      continue;
    }
    const parts = rowsOf(state, line, width, margin);
    if (rows.length + parts.length > state.height && rows.length > 0) {
      while (rows.length < state.height) rows.push(`${BLUE}@`);
      break;
    }
    if (line === state.place.line) cursor = place(state, rows.length, width, margin);
    rows.push(...parts.slice(0, state.height - rows.length));
  }
  rows.push(lastRow(state, columns));
  if (state.prompt !== undefined) cursor = { row: state.height, column: columnOf(state.prompt, state.prompt.length) };
  screen.paint(rows, cursor);
}

/** Scrolls until the cursor is on the screen. */
function keepInSight(state: State, width: number): void {
  const { place: at, height, buffer } = state;
  if (at.line < state.top)
    state.top = at.line < state.top - height / 2 ? Math.max(0, at.line - Math.floor(height / 2)) : at.line;
  const heightOf = (line: number) =>
    Math.max(1, Math.ceil(columnOf(buffer.line(line), buffer.line(line).length) / width));
  if (at.line > state.top + height * 2)
    state.top = Math.max(0, Math.min(buffer.count - height, at.line - Math.floor(height / 2)));
  let used = 0;
  for (let line = state.top; line <= at.line; line += 1) used += heightOf(line);
  while (used > height && state.top < at.line) {
    used -= heightOf(state.top);
    state.top += 1;
  }
}

function place({ place: at, buffer, mode }: State, row: number, width: number, margin: number) {
  const text = buffer.line(at.line);
  const isTab = text[at.column] === '\t' && mode !== 'insert';
  const column = isTab ? columnOf(text, at.column + 1) - 1 : columnOf(text, at.column);
  return { row: row + Math.floor(column / width), column: margin + (column % width) };
}

/** A line of the text, as many rows as it needs. */
function rowsOf(state: State, line: number, width: number, margin: number): readonly string[] {
  const text = state.buffer.line(line);
  const marked = markedOf(state, line, text);
  const rows: string[] = [];
  let row = '';
  let used = 0;
  let index = 0;
  for (const { text: cell } of cellsOf(state.options.list ? `${text.replaceAll('\t', '\u0009')}$` : text)) {
    for (const character of cell) {
      if (used === width) {
        rows.push(row);
        row = '';
        used = 0;
      }
      row += marked(index) ? `${REVERSE}${character}${PLAIN}` : character;
      used += 1;
    }
    index += 1;
  }
  rows.push(text === '' && marked(0) ? `${REVERSE} ${PLAIN}` : row);
  if (margin === 0) return rows;
  return rows.map(
    (each, part) =>
      `${part === 0 ? `\u001b[33m${String(line + 1).padStart(margin - 1)} ${PLAIN}` : ' '.repeat(margin)}${each}`,
  );
}

/** Whether a character is selected, or found. */
function markedOf(state: State, line: number, text: string): (index: number) => boolean {
  if (state.mode === 'visual' || state.mode === 'visual-line') {
    const { from, to, isLinewise } = selected(state);
    if (line < from.line || line > to.line) return () => false;
    const begin = isLinewise || line > from.line ? 0 : from.column;
    const end = isLinewise || line < to.line ? Number.POSITIVE_INFINITY : to.column;
    return (index) => index >= begin && index < end;
  }
  if (!state.options.hlsearch || !state.search) return () => false;
  const found: Place[] = [];
  try {
    for (const match of text.matchAll(patternOf(state.search.pattern, state.options.ignorecase)))
      found.push({ line: match.index, column: match.index + match[0].length });
  } catch {
    // What cannot be read is told where it is searched for.
  }
  return (index) => found.some(({ line: begin, column: end }) => index >= begin && index < end);
}

function lastRow(state: State, columns: number): string {
  if (state.prompt !== undefined) return state.prompt.slice(-(columns - 1));
  const mode = MODES[state.mode];
  const text = (mode === '' ? state.message : mode).replaceAll('\n', ' ');
  const { place: at, buffer, top, height } = state;
  const shown = text.length > columns - RULER - 1 ? text.slice(0, Math.max(0, columns - 1)) : text;
  const colour = state.isError && mode === '' && text !== '' ? `${RED}${shown}${PLAIN}` : shown;
  if (text.length > columns - RULER - 1 || columns < 2 * RULER) return colour;
  const column = columnOf(buffer.line(at.line), at.column) + 1;
  const own =
    buffer.line(at.line) === '' ? '0-1' : at.column + 1 === column ? String(column) : `${at.column + 1}-${column}`;
  const rest = buffer.count - height;
  const part = rest <= 0 ? 'All' : top === 0 ? 'Top' : top >= rest ? 'Bot' : `${Math.floor((top * 100) / rest)}%`;
  const ruler = `${`${at.line + 1},${own}`.padEnd(14)}${part}`;
  return colour + ' '.repeat(columns - RULER - shown.length) + ruler;
}
