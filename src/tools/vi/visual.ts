import { readMotion } from './motion-keys.ts';
import { textObject } from './motions.ts';
import { changeCase, join, put, type Span, toggleCase } from './operators.ts';
import { type Ask, commandLine } from './prompt.ts';
import type { Keys, State } from './state.ts';

type Operate = (state: State, key: string, span: Span, register?: string) => Keys<boolean>;

/** Visual mode, of characters or of lines. */
export function* visualMode(state: State, isOfLines: boolean, operate: Operate, ask: Ask): Keys<void> {
  state.anchor = state.place;
  state.mode = isOfLines ? 'visual-line' : 'visual';
  while (state.mode === 'visual' || state.mode === 'visual-line') {
    let key = yield;
    let count = '';
    while (/^\d$/.test(key) && (key !== '0' || count !== '')) {
      count += key;
      key = yield;
    }
    yield* step(state, key, Number(count), operate, ask);
  }
}

function* step(state: State, key: string, count: number, operate: Operate, ask: Ask): Keys<void> {
  switch (key) {
    case '<Escape>':
    case '<Ctrl+C>':
      leave(state);
      return;
    case 'v':
    case 'V': {
      const wanted = key === 'v' ? 'visual' : 'visual-line';
      if (state.mode === wanted) leave(state);
      else state.mode = wanted;
      return;
    }
    case 'o': {
      const { anchor } = state;
      state.anchor = state.place;
      state.place = anchor;
      return;
    }
    case ':': {
      const { from, to } = selected(state);
      state.marks.set('<', from);
      state.marks.set('>', to);
      leave(state);
      yield* commandLine(state, ':', ask, "'<,'>");
      return;
    }
    case '/':
    case '?':
      yield* commandLine(state, key, ask);
      return;
    case 'i':
    case 'a': {
      const found = textObject(state.buffer, state.place, key === 'a', yield);
      if (found) {
        [state.anchor] = found;
        state.place = { line: found[1].line, column: found[1].column - 1 };
      }
      return;
    }
    default: {
      if (yield* change(state, key, Math.max(1, count), operate)) return;
      const motion = yield* readMotion(state, key, count);
      if (motion && motion !== 'failed') state.moveTo(motion.to, motion.keepsColumn);
    }
  }
}

const SAME: Readonly<Record<string, string>> = { x: 'd', X: 'd', D: 'd', s: 'c', S: 'c', R: 'c', Y: 'y' };

function* change(state: State, key: string, count: number, operate: Operate): Keys<boolean> {
  const name = SAME[key] ?? key;
  const span = selected(state);
  const { buffer } = state;
  switch (name) {
    case 'd':
    case 'c':
    case 'y':
    case '>':
    case '<':
      leave(state);
      state.moveTo(span.from);
      yield* operate(state, name, span);
      return true;
    case '~':
    case 'u':
    case 'U':
      leave(state);
      buffer.begin(span.from);
      changeCase(
        state,
        span,
        name === '~' ? toggleCase : (text) => (name === 'u' ? text.toLowerCase() : text.toUpperCase()),
      );
      return true;
    case 'J':
      leave(state);
      buffer.begin(span.from);
      join(state, span.from.line, span.to.line - span.from.line + 1);
      return true;
    case 'p': {
      const kept = state.registers.get('"');
      leave(state);
      state.moveTo(span.from);
      yield* operate(state, 'd', span);
      const removed = state.registers.get('"');
      if (kept) state.registers.set('"', kept);
      put(state, true, count);
      if (removed) state.registers.set('"', removed);
      return true;
    }
    default:
      return false;
  }
}

/** What is selected: its last character is in it. */
export function selected({ anchor, place, mode }: State): Span {
  const isFirst = anchor.line < place.line || (anchor.line === place.line && anchor.column <= place.column);
  const [from, to] = isFirst ? [anchor, place] : [place, anchor];
  if (mode === 'visual-line') return { from: { line: from.line, column: 0 }, to, isLinewise: true };
  return { from, to: { line: to.line, column: to.column + 1 }, isLinewise: false };
}

function leave(state: State): void {
  state.mode = 'normal';
  state.moveTo(state.place);
}
