import { isCharacter } from '../screen/keys.ts';
import { searchFrom } from './search.ts';
import type { Keys, State } from './state.ts';

/** Does a command of the last row (`w`, `q!`). */
export type Ask = (command: string) => void;

/** The last row, behind `:`, `/` or `?`, until Enter. */
export function* commandLine(state: State, sign: string, ask: Ask, begin = ''): Keys<void> {
  let text = begin;
  for (;;) {
    state.prompt = sign + text;
    const key = yield;
    if (key === '<Enter>') break;
    if (key === '<Escape>' || key === '<Ctrl+C>' || (key === '<Backspace>' && text === '')) {
      state.prompt = undefined;
      return;
    }
    if (key === '<Backspace>' || key === '<Ctrl+H>') text = text.slice(0, -1);
    else if (key === '<Ctrl+U>') text = '';
    else if (key === '<Ctrl+W>') text = text.replace(/\S+\s*$|\s+$/, '');
    else if (key === '<Tab>') text += '\t';
    else if (isCharacter(key)) text += key;
  }
  state.prompt = undefined;
  state.message = sign + text;
  state.isError = false;
  if (sign === ':') ask(text);
  else search(state, sign === '/', text);
}

function search(state: State, isForward: boolean, text: string): void {
  const pattern = text === '' ? state.search?.pattern : text;
  if (pattern === undefined) {
    state.fail('E35: No previous regular expression');
    return;
  }
  state.search = { pattern, isForward };
  const to = searchFrom(state, state.place, pattern, isForward);
  if (to) state.moveTo(to);
}
