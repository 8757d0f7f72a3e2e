import type { Routine } from '#kernel/coroutine.ts';

/** Columns and rows of a terminal. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * How a terminal treats keys (termios(3)): `lines` edits a line, shows it, and makes signals of Ctrl+C; `keys` hands on each key as it
 * comes, unseen, for editors, pagers and shells that edit by themselves. `hidden` is `lines` without showing them, for passwords.
 */
export type TerminalMode = 'lines' | 'hidden' | 'keys';

/** The terminal of a process, as it has it by opening /dev/tty. */
export interface Terminal {
  /** It changes; the signal WINCH tells of it. */
  readonly size: WindowSize;
  readonly mode: TerminalMode;
  setMode(mode: TerminalMode): void;
  /** Waits for keys: a line in mode `lines`; undefined at the end (Ctrl+D, or it was hung up). */
  read(): Routine<string | undefined>;
  /** What was read too much is read next. */
  unread(text: string): void;
  out(text: string): void;
}
