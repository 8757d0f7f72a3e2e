import type { Place } from '../screen/text-buffer.ts';
import { firstNonBlank, type Motion } from './motions.ts';
import type { State } from './state.ts';

/** What an operator works on: whole lines, or from a place up to another one, which is not in it. */
export interface Span {
  readonly from: Place;
  readonly to: Place;
  readonly isLinewise: boolean;
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** From the cursor to where a motion leads. */
export function spanOf({ place, buffer }: State, { to, isLinewise = false, isInclusive = false }: Motion): Span {
  const [from, end] = isBefore(to, place) ? [to, place] : [place, to];
  if (isLinewise) return { from, to: end, isLinewise };
  if (isInclusive) return { from, to: { line: end.line, column: end.column + 1 }, isLinewise };
  // What ends before the first character of a line ends with the line before.
  if (end.line > from.line && end.column === 0)
    return { from, to: { line: end.line - 1, column: buffer.line(end.line - 1).length }, isLinewise };
  return { from, to: end, isLinewise };
}

/** Lines from one on. */
export function linesSpan(state: State, from: number, count: number): Span {
  const last = Math.min(state.buffer.count - 1, from + count - 1);
  return { from: { line: from, column: 0 }, to: { line: last, column: 0 }, isLinewise: true };
}

export function yank(state: State, { from, to, isLinewise }: Span, register?: string): void {
  const { buffer } = state;
  const text = isLinewise ? buffer.lines.slice(from.line, to.line + 1).join('\n') : buffer.between(from, to);
  state.keep(text, isLinewise, register);
}

/** d: takes it away; the cursor stands where it was. */
export function remove(state: State, span: Span, register?: string): void {
  const { from, to, isLinewise } = span;
  yank(state, span, register);
  const count = to.line - from.line + 1;
  if (!isLinewise) {
    state.buffer.remove(from, to);
    state.moveTo(from);
    return;
  }
  state.buffer.replace(from.line, count, []);
  tellLines(state, -count);
  const line = Math.min(from.line, state.buffer.count - 1);
  state.moveTo({ line, column: firstNonBlank(state.buffer.line(line)) });
}

/** vim tells of more than two. */
function tellLines(state: State, change: number): void {
  const count = Math.abs(change);
  if (count > 2) state.tell(change < 0 ? `${count} fewer lines` : `${count} more lines`);
}

/** > and <: by `shiftwidth`. */
export function shift(state: State, { from, to }: Span, isRight: boolean, times = 1): void {
  const { shiftwidth, expandtab } = state.options;
  for (let line = from.line; line <= to.line; line += 1) {
    const text = state.buffer.line(line);
    const body = text.trimStart();
    if (body === '') continue;
    const indent = [...text.slice(0, text.length - body.length)].reduce(
      (sum, each) => (each === '\t' ? sum - (sum % 8) + 8 : sum + 1),
      0,
    );
    const wanted = Math.max(0, indent + (isRight ? shiftwidth : -shiftwidth) * times);
    const written = expandtab ? ' '.repeat(wanted) : '\t'.repeat(Math.floor(wanted / 8)) + ' '.repeat(wanted % 8);
    state.buffer.setLine(line, written + body);
  }
  const lines = to.line - from.line + 1;
  if (lines > 2) state.tell(`${lines} lines ${isRight ? '>' : '<'}ed 1 time`);
  state.moveTo({ line: from.line, column: firstNonBlank(state.buffer.line(from.line)) });
}

/** ~ and its like. */
export function changeCase(state: State, { from, to, isLinewise }: Span, how: (text: string) => string): void {
  const end = isLinewise ? { line: to.line, column: state.buffer.line(to.line).length } : to;
  const begin = isLinewise ? { line: from.line, column: 0 } : from;
  state.buffer.insert(begin, how(state.buffer.remove(begin, end)));
  state.moveTo(begin);
}

export function toggleCase(text: string): string {
  return [...text].map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase())).join('');
}

/** p and P. */
export function put(state: State, isBefore: boolean, count: number, register = '"'): void {
  const kept = state.registers.get(register);
  if (!kept) {
    state.fail(`E353: Nothing in register ${register}`);
    return;
  }
  const { buffer, place } = state;
  if (kept.isLinewise) {
    const lines = Array.from({ length: count }, () => kept.text.split('\n')).flat();
    const at = place.line + (isBefore ? 0 : 1);
    buffer.replace(at, 0, lines);
    tellLines(state, lines.length);
    state.moveTo({ line: at, column: firstNonBlank(buffer.line(at)) });
    return;
  }
  const column = isBefore || state.line === '' ? place.column : place.column + 1;
  const end = buffer.insert({ line: place.line, column }, kept.text.repeat(count));
  state.moveTo(kept.text.includes('\n') ? { line: place.line, column } : { line: end.line, column: end.column - 1 });
}

/** J: joins lines by a blank. */
export function join(state: State, line: number, count: number): void {
  for (let left = Math.max(1, count - 1); left > 0 && line < state.buffer.count - 1; left -= 1) {
    const own = state.buffer.line(line);
    const next = state.buffer.line(line + 1).trimStart();
    const gap = own === '' || next === '' || next.startsWith(')') || /\s$/.test(own) ? '' : ' ';
    state.buffer.replace(line, 2, [own + gap + next]);
    state.moveTo({ line, column: gap === '' ? Math.max(0, own.length - 1) : own.length });
  }
}
