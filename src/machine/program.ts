import type { Routine } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Sockets } from './sockets.ts';

export type Signal = 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM' | 'CHLD' | 'CONT' | 'STOP' | 'WINCH';

/** Numbers of Linux, of which an exit status of 128 and more is made. */
export const SIGNALS: Readonly<Record<Signal, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  WINCH: 28,
};

/** What a program reads and writes, in UTF-8 text. */
export interface StandardStreams {
  /** Waits for what comes next; undefined at the end. */
  read(): Routine<string | undefined>;
  out(text: string): void;
  error(text: string): void;
}

/** Files as a program sees them: those of its container, with what is mounted into it. */
export interface ProgramFiles {
  /** Undefined for what is no file that it may read. */
  read(path: string): string | undefined;
  /** @throws Error with the C library's words */
  write(path: string, text: string): void;
}

/** What a running program has. */
export interface ProcessContext {
  readonly kernel: Kernel;
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly hostname: string;
  readonly streams: StandardStreams;
  readonly files: ProgramFiles;
  readonly sockets: Sockets;
  /** Handles a signal in place of its default action. */
  onSignal(signal: Signal, handler: () => void): void;
  /** Runs when the process ends, however it ends. */
  onExit(handler: () => void): void;
}

/** A program: what it gives back is its exit status. Its default actions for signals are the kernel's of Linux. */
export type Program = (process: ProcessContext) => Routine<number>;
