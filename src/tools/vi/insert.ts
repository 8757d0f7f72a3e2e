import { isCharacter } from '../screen/keys.ts';
import type { Keys, State } from './state.ts';

/** Insert mode, until Escape. */
export function* insertMode(state: State, mode: 'insert' | 'replace' = 'insert'): Keys<void> {
  state.mode = mode;
  state.message = '';
  const begin = state.place;
  for (;;) {
    const key = yield;
    if (key === '<Escape>' || key === '<Ctrl+[>' || key === '<Ctrl+C>') break;
    insertKey(state, key, begin.column);
  }
  state.mode = 'normal';
  state.moveTo({ line: state.place.line, column: state.place.column - 1 });
}

function insertKey(state: State, key: string, begin: number): void {
  const { buffer, place } = state;
  const { line, column } = place;
  switch (key) {
    case '<Enter>':
      state.moveTo(buffer.insert(place, '\n'));
      return;
    case '<Backspace>':
    case '<Ctrl+H>':
      if (state.mode === 'replace') state.moveTo({ line, column: column - 1 });
      else if (column > 0) {
        buffer.setLine(line, state.line.slice(0, column - 1) + state.line.slice(column));
        state.moveTo({ line, column: column - 1 });
      } else if (line > 0) {
        const before = { line: line - 1, column: buffer.line(line - 1).length };
        buffer.remove(before, place);
        state.moveTo(before);
      }
      return;
    case '<Delete>':
      if (column < state.line.length) buffer.setLine(line, state.line.slice(0, column) + state.line.slice(column + 1));
      else if (line < buffer.count - 1) buffer.remove(place, { line: line + 1, column: 0 });
      return;
    case '<Ctrl+W>': {
      const word = /\S+\s*$|\s+$/.exec(state.line.slice(0, column))?.index ?? 0;
      removeBack(state, word);
      return;
    }
    case '<Ctrl+U>':
      removeBack(state, begin < column ? begin : 0);
      return;
    case '<Tab>':
      type(state, state.options.expandtab ? ' '.repeat(state.options.shiftwidth) : '\t');
      return;
    case '<Left>':
      state.moveTo({ line, column: column - 1 });
      return;
    case '<Right>':
      state.moveTo({ line, column: column + 1 });
      return;
    case '<Up>':
      state.moveTo({ line: line - 1, column: state.wanted }, true);
      return;
    case '<Down>':
      state.moveTo({ line: line + 1, column: state.wanted }, true);
      return;
    case '<Home>':
      state.moveTo({ line, column: 0 });
      return;
    case '<End>':
      state.moveTo({ line, column: state.line.length });
      return;
    default:
      if (isCharacter(key)) type(state, key);
  }
}

function removeBack(state: State, to: number): void {
  const { line, column } = state.place;
  state.buffer.setLine(line, state.line.slice(0, to) + state.line.slice(column));
  state.moveTo({ line, column: to });
}

function type(state: State, text: string): void {
  const { place, buffer } = state;
  if (state.mode === 'replace' && place.column < state.line.length)
    buffer.remove(place, { line: place.line, column: place.column + 1 });
  state.moveTo(buffer.insert(place, text));
}
