import type { Size } from '../protocol.ts';

/** A login shell on a terminal of its own, on a machine of the lab. */
export interface Session {
  /** Keys as xterm sends them, or a pasted text. */
  type(text: string): void;
  resize(size: Size): void;
  /** So much of its output was shown. */
  shown(count: number): void;
  /** As when the window of a terminal is closed. */
  hangUp(): void;
}

export interface SessionOptions {
  readonly size: Size;
  readonly onOutput: (text: string) => void;
  readonly onEnd: (status: number) => void;
}
