import type { ChildProcess, Signal, StandardStreams } from './program.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';
import type { WindowSize } from './terminal.ts';

/** Keys that reach the process alone: a shell hands them on to what it has in the foreground. */
const KEYS: ReadonlySet<Signal> = new Set<Signal>(['INT', 'QUIT', 'TSTP']);

/** A terminal, and the process that leads its session. */
export interface OpenTerminal {
  readonly terminal: PseudoTerminal;
  readonly leader: ChildProcess;
}

/**
 * Starts a process on a new terminal.
 *
 * @param onOutput what is to be shown, together with the terminal, which wants to hear when it was
 * @param start the process, with the terminal's streams
 */
export function openTerminal(
  size: WindowSize,
  onOutput: (text: string, terminal: PseudoTerminal) => void,
  start: (streams: StandardStreams) => ChildProcess,
): OpenTerminal {
  const terminal: PseudoTerminal = new PseudoTerminal({
    size,
    onOutput: (text) => onOutput(text, terminal),
    onSignal: (signal) => {
      if (KEYS.has(signal)) leader.kill(signal);
      else leader.killAll(signal);
      // What is stopped would not hear that the terminal is gone.
      if (signal === 'HUP') leader.killAll('CONT');
    },
  });
  const leader = start(terminal.streams);
  return { terminal, leader };
}
