import {
  findCharacter,
  firstNonBlank,
  type Motion,
  matchingBracket,
  nextWord,
  paragraph,
  previousWord,
  wordEnd,
} from './motions.ts';
import { searchFrom } from './search.ts';
import type { Keys, State } from './state.ts';

function times<T>(count: number, first: T, step: (from: T) => T): T {
  let value = first;
  for (let left = count; left > 0; left -= 1) value = step(value);
  return value;
}

/**
 * A motion that begins with a key.
 *
 * @param count 0: none was typed
 * @returns undefined for a key that begins none; `failed` for one that leads nowhere
 */
export function* readMotion(state: State, key: string, count: number): Keys<Motion | 'failed' | undefined> {
  const simple = simpleMotion(state, key, count);
  if (simple) return simple;
  const { buffer, place } = state;
  const many = Math.max(1, count);
  switch (key) {
    case 'g': {
      const next = yield;
      if (next === 'g') return { to: lineStart(state, count === 0 ? 0 : count - 1), isLinewise: true };
      if (next === '_') return { to: { line: place.line, column: state.line.trimEnd().length - 1 }, isInclusive: true };
      return undefined;
    }
    case 'f':
    case 'F':
    case 't':
    case 'T': {
      const character = yield;
      state.find = { how: key, character };
      return found(state, key, character, many);
    }
    case ';':
    case ',': {
      if (!state.find) return 'failed';
      const { how, character } = state.find;
      const reversed = how === how.toLowerCase() ? how.toUpperCase() : how.toLowerCase();
      return found(state, key === ';' ? how : reversed, character, many);
    }
    case '%': {
      const to = matchingBracket(buffer, place);
      return to ? { to, isInclusive: true } : 'failed';
    }
    case "'":
    case '`': {
      const mark = state.marks.get(yield);
      if (!mark) {
        state.fail('E20: Mark not set');
        return 'failed';
      }
      return key === "'" ? { to: lineStart(state, mark.line), isLinewise: true } : { to: mark };
    }
    case 'n':
    case 'N': {
      if (!state.search) {
        state.fail('E35: No previous regular expression');
        return 'failed';
      }
      const to = searchFrom(state, place, state.search.pattern, state.search.isForward === (key === 'n'));
      return to ? { to } : 'failed';
    }
    case '*':
    case '#': {
      const word = /\w+/.exec(state.line.slice(wordStart(state)))?.[0];
      if (word === undefined) return 'failed';
      state.search = { pattern: `\\<${word}\\>`, isForward: key === '*' };
      const to = searchFrom(state, place, state.search.pattern, key === '*');
      return to ? { to } : 'failed';
    }
    default:
      return undefined;
  }
}

function wordStart({ line, place }: State): number {
  let at = place.column;
  while (at > 0 && /\w/.test(line[at - 1] ?? '') && /\w/.test(line[at] ?? '')) at -= 1;
  return at;
}

function lineStart({ buffer }: State, line: number) {
  const at = Math.max(0, Math.min(buffer.count - 1, line));
  return { line: at, column: firstNonBlank(buffer.line(at)) };
}

function found(state: State, how: string, character: string, count: number): Motion | 'failed' {
  const column = findCharacter(state.line, state.place.column, how, character, count);
  if (column === undefined) return 'failed';
  return { to: { line: state.place.line, column }, isInclusive: how === 'f' || how === 't' };
}

/** Those of a single key. */
function simpleMotion(state: State, key: string, count: number): Motion | 'failed' | undefined {
  const { buffer, place } = state;
  const { line, column } = place;
  const many = Math.max(1, count);
  const vertical = (to: number): Motion | 'failed' =>
    to < 0 || to >= buffer.count
      ? 'failed'
      : { to: { line: to, column: state.wanted }, isLinewise: true, keepsColumn: true };
  switch (key) {
    case 'h':
    case '<Left>':
    case '<Backspace>':
      return column === 0 ? 'failed' : { to: { line, column: Math.max(0, column - many) } };
    case 'l':
    case ' ':
    case '<Right>':
      return { to: { line, column: Math.min(buffer.line(line).length, column + many) } };
    case 'j':
    case '<Down>':
    case '<Ctrl+N>':
      return vertical(line + many);
    case 'k':
    case '<Up>':
    case '<Ctrl+P>':
      return vertical(line - many);
    case '+':
    case '<Enter>':
      return line + many < buffer.count ? { to: lineStart(state, line + many), isLinewise: true } : 'failed';
    case '-':
      return line - many >= 0 ? { to: lineStart(state, line - many), isLinewise: true } : 'failed';
    case '0':
    case '<Home>':
      return { to: { line, column: 0 } };
    case '^':
      return { to: { line, column: firstNonBlank(state.line) } };
    case '_':
      return { to: lineStart(state, line + many - 1), isLinewise: true };
    case '$':
    case '<End>': {
      const at = Math.min(buffer.count - 1, line + many - 1);
      return { to: { line: at, column: Math.max(0, buffer.line(at).length - 1) }, isInclusive: true };
    }
    case '|':
      return { to: { line, column: many - 1 } };
    case 'w':
    case 'W':
      return { to: times(many, place, (from) => nextWord(buffer, from, key === 'W')) };
    case 'b':
    case 'B':
      return { to: times(many, place, (from) => previousWord(buffer, from, key === 'B')) };
    case 'e':
    case 'E':
      return { to: times(many, place, (from) => wordEnd(buffer, from, key === 'E')), isInclusive: true };
    case 'G':
      return { to: lineStart(state, count === 0 ? buffer.count - 1 : count - 1), isLinewise: true };
    case '{':
    case '}':
      return { to: times(many, place, (from) => paragraph(buffer, from.line, key === '}' ? 1 : -1)) };
    case 'H':
      return { to: lineStart(state, state.top + many - 1), isLinewise: true };
    case 'M':
      return {
        to: lineStart(state, state.top + Math.floor(Math.min(state.height, buffer.count - state.top) / 2)),
        isLinewise: true,
      };
    case 'L':
      return { to: lineStart(state, Math.min(buffer.count, state.top + state.height) - many), isLinewise: true };
    default:
      return undefined;
  }
}
