import { searchFrom } from './search.ts';
import type { State } from './state.ts';

/** Lines, both in it. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** The lines that a command begins with: `%`, `3,$`, `.,+5`, `'<,'>`, `/x/`. @returns what is wrong with them, in vim's words */
export function readRange(
  state: State,
  text: string,
): { readonly range: LineRange | undefined; readonly rest: string } | string {
  const { buffer, place } = state;
  if (text.startsWith('%')) return { range: { from: 0, to: buffer.count - 1 }, rest: text.slice(1).trimStart() };
  const first = readAddress(state, text, place.line);
  if (typeof first === 'string') return first;
  let { rest } = first;
  if (!/^[,;]/.test(rest)) {
    if (first.line === undefined) return { range: undefined, rest: rest.trimStart() };
    return checked(state, { from: first.line, to: first.line }, rest);
  }
  const second = readAddress(state, rest.slice(1), place.line);
  if (typeof second === 'string') return second;
  ({ rest } = second);
  return checked(state, { from: first.line ?? place.line, to: second.line ?? place.line }, rest);
}

function checked({ buffer }: State, { from, to }: LineRange, rest: string) {
  if (from > to) return 'E493: Backwards range given';
  // A lone number beyond the end is the last line.
  const last = buffer.count - 1;
  if (rest !== '' && to > last) return 'E16: Invalid range';
  return {
    range: { from: Math.max(0, Math.min(last, from)), to: Math.max(0, Math.min(last, to)) },
    rest: rest.trimStart(),
  };
}

interface Address {
  readonly line: number | undefined;
  readonly rest: string;
}

function readAddress(state: State, text: string, here: number): Address | string {
  const {
    sign,
    number,
    mark,
    pattern,
    offset = '',
    rest = '',
  } = /^\s*(?:(?<sign>[.$])|(?<number>\d+)|'(?<mark>[a-z<>])|\/(?<pattern>[^/]*)\/)?(?<offset>(?:\s*[+-]\d*)*)\s*(?<rest>.*)$/s.exec(
    text,
  )?.groups ?? {};
  let line: number | undefined;
  if (sign !== undefined) line = sign === '.' ? here : state.buffer.count - 1;
  else if (number !== undefined) line = Math.max(0, Number(number) - 1);
  else if (mark !== undefined) {
    line = state.marks.get(mark)?.line;
    if (line === undefined) return 'E20: Mark not set';
  } else if (pattern !== undefined) {
    line = searchFrom(state, state.place, pattern, true)?.line;
    if (line === undefined) return `E486: Pattern not found: ${pattern}`;
  } else if (offset.trim() !== '') line = here;
  for (const [, way, amount] of offset.matchAll(/([+-])(\d*)/g))
    line = (line ?? here) + (way === '+' ? 1 : -1) * Number(amount === '' ? 1 : amount);
  return { line, rest };
}
