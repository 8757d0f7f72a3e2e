import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { keysOf } from '../screen/keys.ts';
import { Screen } from '../screen/screen.ts';
import { runEx } from './ex.ts';
import { openFile } from './files.ts';
import { normalMode } from './normal.ts';
import { searchFrom } from './search.ts';
import { State } from './state.ts';
import { show } from './view.ts';

/** vi: a modal editor, as a small vim. */
export const vi: Program = function* vi(process: ProcessContext): Routine<number> {
  const { streams, files, argv } = process;
  const terminal = streams.controllingTerminal;
  if (!terminal || !streams.terminal.out) {
    streams.error('Vim: Warning: Output is not to a terminal\nvi: without a terminal it is not simulated here\n');
    return 1;
  }
  const state = new State();
  const paths: string[] = [];
  const commands: string[] = [];
  for (const word of argv.slice(1)) {
    if (word.startsWith('+')) commands.push(word.slice(1));
    else if (word === '-R') commands.push('-R');
    else if (word.startsWith('-') && word !== '-') {
      streams.error(`vi: ${word} is not simulated here\n`);
      return 1;
    } else paths.push(word);
  }
  const [path] = paths;
  if (path !== undefined) openFile(state, files, path);
  if (paths.length > 1) state.fail('more than one file is not simulated here: only the first is open');
  for (const command of commands) begin(state, (text) => runEx(state, files, text), command);
  const screen = new Screen(terminal);
  process.onSignal('WINCH', () => show(state, screen));
  process.onExit(() => screen.close());
  const editor = normalMode(state, (text) => runEx(state, files, text));
  editor.next();
  while (!state.isDone) {
    show(state, screen);
    const text = yield* terminal.read();
    if (text === undefined) {
      state.status = 1;
      break;
    }
    const keys = keysOf(text);
    for (const [index, key] of keys.entries()) {
      editor.next(key);
      if (!state.isDone) continue;
      terminal.unread(
        keys
          .slice(index + 1)
          .filter((each) => each.length === 1)
          .join(''),
      );
      break;
    }
  }
  return state.status;
};

/** What stands behind a plus on the command line. */
function begin(state: State, ask: (command: string) => void, command: string): void {
  if (command === '-R') state.isReadonly = true;
  else if (command === '') state.moveTo({ line: state.buffer.count - 1, column: 0 });
  else if (command.startsWith('/')) {
    state.search = { pattern: command.slice(1), isForward: true };
    const to = searchFrom(state, { line: 0, column: -1 }, command.slice(1), true);
    if (to) state.moveTo(to);
  } else ask(command);
}
