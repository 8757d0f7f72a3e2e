import { insertMode } from './insert.ts';
import { readMotion } from './motion-keys.ts';
import { firstNonBlank, type Motion, textObject } from './motions.ts';
import { changeCase, join, linesSpan, put, remove, type Span, shift, spanOf, toggleCase, yank } from './operators.ts';
import { type Ask, commandLine } from './prompt.ts';
import type { Keys, State } from './state.ts';
import { visualMode } from './visual.ts';

const OPERATORS = ['d', 'c', 'y', '>', '<'];

/** Commands of normal mode, until the editor is left. */
export function* normalMode(state: State, ask: Ask): Keys<void> {
  while (!state.isDone) {
    const keys: string[] = [];
    const hasChanged = yield* recorded(command(state, ask), keys);
    if (hasChanged) state.lastChange = keys;
  }
}

/** Does what keys say, and remembers them. */
function* recorded<T>(commands: Keys<T>, keys: string[]): Keys<T> {
  let step = commands.next();
  while (!step.done) {
    const key = yield;
    keys.push(key);
    step = commands.next(key);
  }
  return step.value;
}

/** @returns whether `.` does it again */
function* command(state: State, ask: Ask): Keys<boolean> {
  let key = yield;
  state.message = '';
  let register: string | undefined;
  if (key === '"') {
    register = yield;
    key = yield;
  }
  let count = '';
  while (/^\d$/.test(key) && (key !== '0' || count !== '')) {
    count += key;
    key = yield;
  }
  const number = Number(count);
  if (OPERATORS.includes(key)) return yield* operator(state, key, number, register, ask);
  if (key === '.') {
    repeat(state, ask);
    return false;
  }
  const motion = yield* readMotion(state, key, number);
  if (motion === 'failed') return false;
  if (motion) {
    state.moveTo(motion.to, motion.keepsColumn);
    if (key === '$' || key === '<End>') state.wanted = Number.POSITIVE_INFINITY;
    return false;
  }
  if (yield* other(state, key, number, ask)) return false;
  return yield* change(state, key, Math.max(1, number), register);
}

/** `.` */
function repeat(state: State, ask: Ask): void {
  const again = command(state, ask);
  again.next();
  for (const key of state.lastChange) again.next(key);
}

function* operator(state: State, key: string, count: number, register: string | undefined, ask: Ask): Keys<boolean> {
  let next = yield;
  let inner = '';
  while (/^\d$/.test(next) && (next !== '0' || inner !== '')) {
    inner += next;
    next = yield;
  }
  const number = inner === '' ? count : Math.max(1, count) * Number(inner);
  if (next === '<Escape>') return false;
  const span = yield* operatedOn(state, key, next, number, ask);
  if (!span) return false;
  return yield* operate(state, key, span, register);
}

function* operatedOn(state: State, key: string, next: string, count: number, ask: Ask): Keys<Span | undefined> {
  if (next === key) return linesSpan(state, state.place.line, Math.max(1, count));
  if (next === 'i' || next === 'a') {
    const found = textObject(state.buffer, state.place, next === 'a', yield);
    return found && { from: found[0], to: found[1], isLinewise: false };
  }
  if (next === '/' || next === '?') {
    const { place } = state;
    yield* commandLine(state, next, ask);
    const to = state.place;
    state.place = place;
    return to === place ? undefined : spanOf(state, { to });
  }
  // cw ends where the word does.
  const onWord = key === 'c' && (next === 'w' || next === 'W') && /\S/.test(state.line[state.place.column] ?? '');
  const motion = onWord ? wordMotion(state, next, Math.max(1, count)) : yield* readMotion(state, next, count);
  if (motion === undefined || motion === 'failed') return undefined;
  return spanOf(state, key === 'd' && /^[wW]$/.test(next) ? onSameLine(state, motion) : motion);
}

/** From within a word its end may be where the cursor is. */
function wordMotion(state: State, key: string, count: number): Motion {
  const rest = state.line.slice(state.place.column);
  const word = key === 'W' ? '\\S+' : '(?:[\\w\\u0080-\\uffff]+|[^\\w\\s]+)';
  const length = new RegExp(`^${word}(?:\\s*${word}){${count - 1}}`).exec(rest)?.[0].length ?? rest.length;
  return { to: { line: state.place.line, column: state.place.column + Math.max(1, length) } };
}

/** dw of a line's last word ends with the line. */
function onSameLine({ place, buffer }: State, motion: Motion): Motion {
  if (motion.to.line <= place.line || buffer.line(motion.to.line).slice(0, motion.to.column).trim() !== '')
    return motion;
  return motion.to.line === place.line + 1
    ? { to: { line: place.line, column: buffer.line(place.line).length } }
    : motion;
}

/** What an operator does with a span. @returns whether something changed */
function* operate(state: State, key: string, span: Span, register?: string): Keys<boolean> {
  const { from, to, isLinewise } = span;
  if (key === 'y') {
    yank(state, span, register);
    const lines = to.line - from.line + 1;
    if (isLinewise && lines > 2) state.tell(`${lines} lines yanked`);
    state.moveTo(isLinewise ? { line: Math.min(from.line, state.place.line), column: state.place.column } : from);
    return false;
  }
  state.buffer.begin(state.place);
  if (key === 'd') remove(state, span, register);
  else if (key === '>' || key === '<') shift(state, span, key === '>');
  else {
    yank(state, span, register);
    if (isLinewise) {
      state.buffer.replace(from.line, to.line - from.line + 1, ['']);
      state.place = { line: from.line, column: 0 };
    } else {
      state.buffer.remove(from, to);
      state.place = from;
    }
    yield* insertMode(state);
  }
  return true;
}

/** What changes nothing. @returns whether the key was one of them */
function* other(state: State, key: string, count: number, ask: Ask): Keys<boolean> {
  const { place } = state;
  const half = Math.max(1, Math.floor(state.height / 2));
  switch (key) {
    case ':':
    case '/':
    case '?':
      yield* commandLine(state, key, ask);
      return true;
    case 'v':
    case 'V':
      yield* visualMode(state, key === 'V', operate, ask);
      return true;
    case '<Ctrl+V>':
      state.fail('CTRL-V is not simulated here');
      return true;
    case '<Ctrl+F>':
    case '<PageDown>':
      scroll(state, state.height - 2);
      return true;
    case '<Ctrl+B>':
    case '<PageUp>':
      scroll(state, 2 - state.height);
      return true;
    case '<Ctrl+D>':
      scroll(state, half);
      return true;
    case '<Ctrl+U>':
      scroll(state, -half);
      return true;
    case '<Ctrl+E>':
      state.top = Math.min(state.buffer.count - 1, state.top + 1);
      if (place.line < state.top) state.moveTo({ line: state.top, column: state.wanted }, true);
      return true;
    case '<Ctrl+Y>':
      state.top = Math.max(0, state.top - 1);
      if (place.line >= state.top + state.height)
        state.moveTo({ line: state.top + state.height - 1, column: state.wanted }, true);
      return true;
    case 'z': {
      const where = yield;
      if (where === 't' || where === '<Enter>') state.top = place.line;
      else if (where === 'z' || where === '.') state.top = Math.max(0, place.line - Math.floor(state.height / 2));
      else if (where === 'b' || where === '-') state.top = Math.max(0, place.line - state.height + 1);
      return true;
    }
    case 'm':
      state.marks.set(yield, place);
      return true;
    case 'u':
    case '<Ctrl+R>':
      undo(state, key === 'u', Math.max(1, count));
      return true;
    case 'Y':
      yank(state, linesSpan(state, place.line, Math.max(1, count)));
      return true;
    case 'Z': {
      const next = yield;
      if (next === 'Z') ask('x');
      else if (next === 'Q') ask('q!');
      return true;
    }
    case '<Ctrl+G>':
      ask('f');
      return true;
    case '<Ctrl+C>':
      state.tell(
        state.buffer.isChanged
          ? 'Type  :qa!  and press <Enter> to abandon all changes and exit Vim'
          : 'Type  :qa  and press <Enter> to exit Vim',
      );
      return true;
    case 'q':
    case '@':
      yield;
      state.fail(`${key} is not simulated here`);
      return true;
    case '<Escape>':
    case '<Ctrl+L>':
      return true;
    default:
      return false;
  }
}

function scroll(state: State, lines: number): void {
  const last = state.buffer.count - 1;
  state.top = Math.max(0, Math.min(last, state.top + lines));
  state.moveTo({ line: Math.max(0, Math.min(last, state.place.line + lines)), column: state.wanted }, true);
}

function undo(state: State, isUndo: boolean, count: number): void {
  for (let left = count; left > 0; left -= 1) {
    const before = state.buffer.count;
    const place = isUndo ? state.buffer.undo(state.place) : state.buffer.redo(state.place);
    if (!place) {
      state.tell(isUndo ? 'Already at oldest change' : 'Already at newest change');
      return;
    }
    state.moveTo(place);
    const lines = state.buffer.count - before;
    const what =
      lines === 0
        ? '1 change'
        : `${Math.abs(lines)} ${lines > 0 ? 'more' : 'fewer'} ${Math.abs(lines) === 1 ? 'line' : 'lines'}`;
    state.tell(what.replace('1 fewer line', '1 line less'));
  }
}

/** What changes the text with a single key. @returns whether the key was one of them */
function* change(state: State, key: string, count: number, register: string | undefined): Keys<boolean> {
  const { buffer, place } = state;
  const { line, column } = place;
  const here = (length: number): Span => ({
    from: place,
    to: { line, column: Math.min(state.line.length, column + length) },
    isLinewise: false,
  });
  const rest: Span = { from: place, to: { line, column: state.line.length }, isLinewise: false };
  switch (key) {
    case 'i':
    case 'a':
    case 'I':
    case 'A': {
      buffer.begin(place);
      state.mode = 'insert';
      const columns = {
        i: column,
        a: column + 1,
        I: state.line.trim() === '' ? state.line.length : firstNonBlank(state.line),
        A: state.line.length,
      };
      state.moveTo({ line, column: columns[key] });
      yield* insertMode(state);
      return true;
    }
    case 'o':
    case 'O': {
      buffer.begin(place);
      const at = key === 'o' ? line + 1 : line;
      buffer.replace(at, 0, ['']);
      state.place = { line: at, column: 0 };
      yield* insertMode(state);
      return true;
    }
    case 'R':
      buffer.begin(place);
      yield* insertMode(state, 'replace');
      return true;
    case 'r': {
      const character = yield;
      if (character === '<Escape>' || state.line.length < column + count) return false;
      buffer.begin(place);
      const text = character === '<Enter>' ? '\n' : character === '<Tab>' ? '\t' : character.repeat(count);
      buffer.remove(place, here(count).to);
      const end = buffer.insert(place, text);
      state.moveTo({ line: end.line, column: end.column - 1 });
      return true;
    }
    case 'x':
    case '<Delete>':
      return state.line === '' ? false : yield* operate(state, 'd', here(count), register);
    case 'X':
      if (column === 0) return false;
      return yield* operate(
        state,
        'd',
        { from: { line, column: Math.max(0, column - count) }, to: place, isLinewise: false },
        register,
      );
    case 's':
      return yield* operate(state, 'c', here(count), register);
    case 'S':
      return yield* operate(state, 'c', linesSpan(state, line, count), register);
    case 'D':
      return yield* operate(state, 'd', rest, register);
    case 'C':
      return yield* operate(state, 'c', rest, register);
    case 'p':
    case 'P':
      buffer.begin(place);
      put(state, key === 'P', count, register);
      return true;
    case 'J':
      buffer.begin(place);
      join(state, line, count);
      return true;
    case '~':
      buffer.begin(place);
      changeCase(state, here(count), toggleCase);
      state.moveTo({ line, column: column + count });
      return true;
    default:
      return false;
  }
}
