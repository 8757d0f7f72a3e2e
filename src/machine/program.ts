import type { Routine } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { FileSystem } from './file-system.ts';
import type { Sockets } from './sockets.ts';
import type { Terminal, WindowSize } from './terminal.ts';

export type Signal =
  | 'HUP'
  | 'INT'
  | 'QUIT'
  | 'KILL'
  | 'USR1'
  | 'USR2'
  | 'PIPE'
  | 'TERM'
  | 'CHLD'
  | 'CONT'
  | 'STOP'
  | 'TSTP'
  | 'WINCH';

/** Numbers of Linux, of which an exit status of 128 and more is made. */
export const SIGNALS: Readonly<Record<Signal, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  WINCH: 28,
};

/** What a program reads and writes, in UTF-8 text. */
export interface StandardStreams {
  /** Waits for what comes next; undefined at the end. */
  read(): Routine<string | undefined>;
  out(text: string): void;
  error(text: string): void;
  /**
   * Waits until what was written is taken, but for what a pipe holds: a program that writes without end calls it now and then. Where
   * nobody reads any more, the process ends by PIPE.
   */
  drain(): Routine<void>;
  /** Which of the three is a terminal, and of what size: undefined where it is none. */
  readonly terminal: { readonly in?: WindowSize; readonly out?: WindowSize; readonly error?: WindowSize };
  /** /dev/tty, whatever the three are; missing for processes that nobody logged in for. */
  readonly controllingTerminal?: Terminal;
  /**
   * A process that begins with these streams holds them until it ends, however it ends, and calls what it got for it: a pipe tells its
   * other end when nobody holds this one any more. Missing where nobody waits for that.
   */
  hold?(): () => void;
}

/** A program to be started by another. What is missing is as the parent has it. */
export interface SpawnOptions {
  /** The first word is the name that it sees of itself. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly streams?: StandardStreams;
  readonly files?: FileSystem;
  /** What runs, where it is no executable file: a shell's subshell. */
  readonly program?: Program;
}

/** A process that another one started. */
export interface ChildProcess {
  readonly pid: number;
  /** Waits for its end: its exit status, 128 and the signal's number when it was killed. */
  wait(): Routine<number>;
  /** By which signal it ended; undefined while it runs, and when it ended by itself. */
  readonly endedBy: Signal | undefined;
  kill(signal: Signal): void;
  /** Together with all that it started, as the keys of a terminal do. */
  killAll(signal: Signal): void;
  /** By STOP or TSTP, until CONT comes. */
  readonly isStopped: boolean;
  /** Calls back when it stops; returns how to stop listening. */
  onStop(handler: () => void): () => void;
}

/** A row of the process table, as ps shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly argv: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The processes that a process sees. */
export interface ProcessTable {
  rows(): readonly ProcessRow[];
  /** False where there is no such process. */
  kill(pid: number, signal: Signal): boolean;
}

/** What a running program has. */
export interface ProcessContext {
  readonly kernel: Kernel;
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly streams: StandardStreams;
  /** With its working directory and its credentials. */
  readonly files: FileSystem;
  readonly sockets: Sockets;
  readonly processes: ProcessTable;
  /**
   * Starts an executable file.
   *
   * @param path with its directory: looking through PATH is the shell's business
   * @throws FsError ENOENT, EACCES
   */
  spawn(path: string, options: SpawnOptions): ChildProcess;
  /**
   * Goes on as another program, in the same process (execve(2)), once what is given back is waited for: its result is the caller's. Signals
   * have their default actions again.
   *
   * @throws FsError ENOENT, EACCES, ENOEXEC, at once; nothing has changed then
   */
  exec(path: string, options: SpawnOptions): Routine<number>;
  /** Handles a signal in place of its default action; undefined brings that back. */
  onSignal(signal: Signal, handler: (() => void) | undefined): void;
  /** Runs when the process ends, however it ends. */
  onExit(handler: () => void): void;
  /** When the process began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** It ran when its machine was saved, and goes on: what takes time at a start, or is told once, is over. */
  readonly isResumed: boolean;
}

/** A program: what it gives back is its exit status. Its default actions for signals are the kernel's of Linux. */
export interface Program {
  (process: ProcessContext): Routine<number>;
  /**
   * Begun anew it is where it was, since all that it knows is on disks and at the API server: its processes survive when a machine is
   * saved and goes on. Others end then, as by a loss of power.
   */
  readonly resumes?: boolean;
}

/** The program as one that goes on when a saved machine does. */
export function resuming(program: (process: ProcessContext) => Routine<number>): Program {
  return Object.assign((process: ProcessContext) => program(process), { resumes: true });
}
