import type { Signal } from '#machine/program.ts';
import { PseudoTerminal } from '#machine/pseudo-terminal.ts';
import type { Input } from './terminal-line.ts';

/** A terminal for one client, which waits for its own connection. */
export function terminalOf(show: (text: string) => void, onSignal: (signal: Signal) => void): PseudoTerminal {
  const terminal: PseudoTerminal = new PseudoTerminal({
    size: { columns: 80, rows: 24 },
    onOutput: (text) => {
      show(text);
      terminal.shown(text.length);
    },
    onSignal,
  });
  return terminal;
}

/** The client's end of a terminal; when nothing more comes it is as if Ctrl+D were pressed. */
export function inputOf(terminal: PseudoTerminal): Input {
  return {
    read: () => terminal.streams.read(),
    write: (text) => terminal.input(text),
    end: () => terminal.input('\u0004'),
  };
}
