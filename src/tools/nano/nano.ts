import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { keysOf } from '../screen/keys.ts';
import { Screen } from '../screen/screen.ts';
import { Editor } from './editor.ts';
import { show } from './view.ts';

/** nano: an editor whose keys stand on the screen. */
export const nano: Program = function* nano(process: ProcessContext): Routine<number> {
  const { streams, files, argv } = process;
  const words = argv.slice(1);
  const option = words.find((word) => /^-./.test(word));
  if (option !== undefined) {
    streams.error(`nano: ${option} is not simulated here\n`);
    return 1;
  }
  const terminal = streams.controllingTerminal;
  if (!terminal || !streams.terminal.out) {
    streams.error('Standard output is not a terminal\n');
    return 1;
  }
  const [path = '', ...others] = words;
  const editor = new Editor(files, path);
  if (others.length > 0) editor.message = 'More than one file is not simulated here';
  const screen = new Screen(terminal);
  process.onExit(() => screen.close());
  process.onSignal('WINCH', () => show(editor, screen));
  const keys = editor.keys();
  keys.next();
  while (!editor.isDone) {
    show(editor, screen);
    const text = yield* terminal.read();
    if (text === undefined) return 1;
    for (const key of keysOf(text)) if (!editor.isDone) keys.next(key);
  }
  return 0;
};
