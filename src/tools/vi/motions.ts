import type { Place, TextBuffer } from '../screen/text-buffer.ts';

/** Where a motion leads. */
export interface Motion {
  readonly to: Place;
  readonly isLinewise?: boolean;
  /** An operator takes the character there, too. */
  readonly isInclusive?: boolean;
  /** The column of `$`, or of where `j` and `k` began, is kept. */
  readonly keepsColumn?: boolean;
}

export function firstNonBlank(line: string): number {
  return Math.max(0, /\S/.exec(line)?.index ?? line.length - 1);
}

/** 0: blank, 1: of a word, 2: another. Without words in the small sense all that is not blank is alike. */
function classOf(character: string | undefined, isBig: boolean): number {
  if (character === undefined || /\s/.test(character)) return 0;
  return isBig || /[\w\u0080-\uffff]/.test(character) ? 1 : 2;
}

/** The beginning of the next word; past the last line: the end of it. */
export function nextWord(buffer: TextBuffer, { line, column }: Place, isBig: boolean): Place {
  let [at, index] = [line, column];
  const start = classOf(buffer.line(at)[index], isBig);
  while (start !== 0 && classOf(buffer.line(at)[index], isBig) === start) index += 1;
  for (;;) {
    const text = buffer.line(at);
    while (index < text.length && classOf(text[index], isBig) === 0) index += 1;
    if (index < text.length) return { line: at, column: index };
    if (at >= buffer.count - 1) return { line: at, column: text.length };
    at += 1;
    index = 0;
    if (buffer.line(at) === '') return { line: at, column: 0 };
  }
}

export function previousWord(buffer: TextBuffer, { line, column }: Place, isBig: boolean): Place {
  let [at, index] = [line, column - 1];
  for (;;) {
    const text = buffer.line(at);
    while (index >= 0 && classOf(text[index], isBig) === 0) index -= 1;
    if (index >= 0) {
      const kind = classOf(text[index], isBig);
      while (index > 0 && classOf(text[index - 1], isBig) === kind) index -= 1;
      return { line: at, column: index };
    }
    if (at === 0) return { line: 0, column: 0 };
    at -= 1;
    index = buffer.line(at).length - 1;
    if (index < 0) return { line: at, column: 0 };
  }
}

export function wordEnd(buffer: TextBuffer, { line, column }: Place, isBig: boolean): Place {
  let [at, index] = [line, column + 1];
  for (;;) {
    const text = buffer.line(at);
    while (index < text.length && classOf(text[index], isBig) === 0) index += 1;
    if (index < text.length) {
      const kind = classOf(text[index], isBig);
      while (index + 1 < text.length && classOf(text[index + 1], isBig) === kind) index += 1;
      return { line: at, column: index };
    }
    if (at >= buffer.count - 1) return { line: at, column: Math.max(0, text.length - 1) };
    at += 1;
    index = 0;
  }
}

/** f, t, F, T on a line; undefined: it is not there. */
export function findCharacter(
  line: string,
  column: number,
  how: string,
  character: string,
  count: number,
): number | undefined {
  let at = column;
  const forward = how === 'f' || how === 't';
  for (let left = count; left > 0; left -= 1) {
    at = forward ? line.indexOf(character, at + 1) : at === 0 ? -1 : line.lastIndexOf(character, at - 1);
    if (at < 0) return undefined;
  }
  return how === 't' ? at - 1 : how === 'T' ? at + 1 : at;
}

const PAIRS = '()[]{}';

/** %: the bracket that belongs to the one under or behind the cursor. */
export function matchingBracket(buffer: TextBuffer, { line, column }: Place): Place | undefined {
  const text = buffer.line(line);
  const start = [...text.slice(column)].findIndex((each) => PAIRS.includes(each));
  if (start < 0) return undefined;
  const own = text[column + start] ?? '';
  const kind = PAIRS.indexOf(own);
  const other = PAIRS[kind % 2 === 0 ? kind + 1 : kind - 1] ?? '';
  const step = kind % 2 === 0 ? 1 : -1;
  let depth = 0;
  let [at, index] = [line, column + start];
  while (at >= 0 && at < buffer.count) {
    const row = buffer.line(at);
    for (; index >= 0 && index < row.length; index += step) {
      if (row[index] === own) depth += 1;
      else if (row[index] === other) depth -= 1;
      if (depth === 0) return { line: at, column: index };
    }
    at += step;
    index = step > 0 ? 0 : buffer.line(at).length - 1;
  }
  return undefined;
}

/** { and }: the next empty line. */
export function paragraph(buffer: TextBuffer, line: number, step: 1 | -1): Place {
  let at = line + step;
  while (at > 0 && at < buffer.count - 1 && buffer.line(at) !== '') at += step;
  at = Math.max(0, Math.min(buffer.count - 1, at));
  return { line: at, column: buffer.line(at) === '' || step < 0 ? 0 : buffer.line(at).length };
}

/** iw, aw, i" and the like: from where, and up to where not. */
export function textObject(
  buffer: TextBuffer,
  place: Place,
  around: boolean,
  what: string,
): readonly [Place, Place] | undefined {
  const text = buffer.line(place.line);
  const at = (column: number): Place => ({ line: place.line, column });
  if (what === 'w' || what === 'W') {
    const kind = classOf(text[place.column], what === 'W');
    let [from, to] = [place.column, place.column + 1];
    while (from > 0 && classOf(text[from - 1], what === 'W') === kind) from -= 1;
    while (to < text.length && classOf(text[to], what === 'W') === kind) to += 1;
    while (around && to < text.length && classOf(text[to], false) === 0) to += 1;
    return [at(from), at(to)];
  }
  if (what === '"' || what === "'" || what === '`') {
    let from = text.lastIndexOf(what, place.column);
    if (from < 0) from = text.indexOf(what, place.column);
    const to = text.indexOf(what, from + 1);
    if (from < 0 || to < 0) return undefined;
    return around ? [at(from), at(to + 1)] : [at(from + 1), at(to)];
  }
  const kind = '()b'.includes(what) ? '()' : '{}B'.includes(what) ? '{}' : '[]'.includes(what) ? '[]' : '';
  if (kind === '') return undefined;
  const opening = openingBracket(buffer, place, kind);
  const closing = opening && matchingBracket(buffer, opening);
  if (!opening || !closing) return undefined;
  return around
    ? [opening, { ...closing, column: closing.column + 1 }]
    : [{ ...opening, column: opening.column + 1 }, closing];
}

function openingBracket(buffer: TextBuffer, { line, column }: Place, kind: string): Place | undefined {
  const [open = '', close = ''] = kind;
  let depth = buffer.line(line)[column] === close ? 0 : 1;
  let [at, index] = [line, column];
  if (buffer.line(line)[column] === open) return { line, column };
  while (at >= 0) {
    const text = buffer.line(at);
    for (; index >= 0; index -= 1) {
      if (text[index] === close) depth += 1;
      else if (text[index] === open) {
        depth -= 1;
        if (depth === 0) return { line: at, column: index };
      }
    }
    at -= 1;
    index = buffer.line(at).length - 1;
  }
  return undefined;
}
