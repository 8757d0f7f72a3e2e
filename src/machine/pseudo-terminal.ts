import { type Routine, wait } from '#kernel/coroutine.ts';
import { Fifo } from '#kernel/fifo.ts';
import type { Signal, StandardStreams } from './program.ts';
import type { Terminal, TerminalMode, WindowSize } from './terminal.ts';

export interface PseudoTerminalOptions {
  readonly size: WindowSize;
  /** What programs printed, as a screen takes it. */
  readonly onOutput: (text: string) => void;
  /** Ctrl+C, Ctrl+\, a new size, and the end of the screen: for the process in the foreground. */
  readonly onSignal: (signal: Signal) => void;
}

/** So many characters may be on their way to the screen before those who write wait, and before those who do not wait lose some. */
const AHEAD = 65_536;
const MOST = 4_000_000;
/** The longest line that is kept until Enter comes (n_tty(4)). */
const LINE = 4_095;

const ERASE = '\b \b';

/** A pseudo-terminal (pty(7)): a screen and its keys on one side, processes on the other, between them the line discipline of Linux. */
export class PseudoTerminal {
  readonly streams: StandardStreams;
  readonly #options: PseudoTerminalOptions;
  #size: WindowSize;
  #mode: TerminalMode = 'lines';
  /** What is being typed, until Enter. */
  #line = '';
  /** What of the keys that come in one piece is yet to be shown. */
  #echo: string | undefined;
  /** The next key stands for itself (Ctrl+V). */
  #isQuoting = false;
  readonly #ready = new Fifo<string | undefined>();
  #readers: (() => void)[] = [];
  #writers: (() => void)[] = [];
  #ahead = 0;
  #isHungUp = false;

  constructor(options: PseudoTerminalOptions) {
    this.#options = options;
    this.#size = options.size;
    const terminal = this.#terminal();
    const sized = () => this.#size;
    this.streams = {
      read: () => this.#read(),
      out: (text) => this.#write(text),
      error: (text) => this.#write(text),
      drain: () => this.#drain(),
      get terminal() {
        const size = sized();
        return { in: size, out: size, error: size };
      },
      controllingTerminal: terminal,
    };
  }

  /** Keys, as a screen sends them. */
  input(text: string): void {
    if (this.#isHungUp) return;
    if (this.#mode === 'keys') this.#give(text);
    else this.#editAll(text);
  }

  resize(size: WindowSize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#options.onSignal('WINCH');
  }

  /** So many characters are on the screen now. */
  shown(count: number): void {
    this.#ahead = Math.max(0, this.#ahead - count);
    if (this.#ahead > AHEAD) return;
    const writers = this.#writers;
    this.#writers = [];
    for (const goOn of writers) goOn();
  }

  /** The screen is gone: whoever reads comes to the end. */
  hangUp(): void {
    if (this.#isHungUp) return;
    this.#isHungUp = true;
    this.#give(undefined);
    this.shown(Number.POSITIVE_INFINITY);
    this.#options.onSignal('HUP');
  }

  #terminal(): Terminal {
    const sized = () => this.#size;
    const moded = () => this.#mode;
    return {
      get size() {
        return sized();
      },
      get mode() {
        return moded();
      },
      setMode: (mode) => this.#setMode(mode),
      read: () => this.#read(),
      unread: (text) => {
        if (text !== '') this.#ready.putBack(text);
      },
      out: (text) => this.#write(text),
    };
  }

  #setMode(mode: TerminalMode): void {
    if (mode === this.#mode) return;
    const before = this.#mode;
    this.#mode = mode;
    if (mode === 'keys' && this.#line !== '') {
      const typed = this.#line;
      this.#line = '';
      this.#give(typed);
    } else if (mode !== 'keys' && before === 'keys') {
      // What was typed ahead is a line to be edited from now on.
      const typed = this.#ready.takeAll();
      for (const text of typed)
        if (text === undefined) this.#ready.push(text);
        else for (const key of text) this.#edit(key);
    }
  }

  *#read(): Routine<string | undefined> {
    while (this.#ready.length === 0) {
      if (this.#isHungUp) return undefined;
      yield* this.#until('readers');
    }
    return this.#ready.take();
  }

  *#drain(): Routine<void> {
    while (this.#ahead > AHEAD && !this.#isHungUp) yield* this.#until('writers');
  }

  #until(whose: 'readers' | 'writers'): Routine<void> {
    return wait<void>((resume) => {
      const goOn = () => resume();
      if (whose === 'readers') this.#readers.push(goOn);
      else this.#writers.push(goOn);
      return () => {
        if (whose === 'readers') this.#readers = this.#readers.filter((other) => other !== goOn);
        else this.#writers = this.#writers.filter((other) => other !== goOn);
      };
    });
  }

  #write(text: string): void {
    if (text === '' || this.#isHungUp || this.#ahead > MOST) return;
    const shown = text.replaceAll(/\r?\n/g, '\r\n');
    this.#ahead += shown.length;
    this.#options.onOutput(shown);
  }

  #give(text: string | undefined): void {
    this.#ready.push(text);
    const readers = this.#readers;
    this.#readers = [];
    for (const goOn of readers) goOn();
  }

  /** What was pasted is shown in one piece. */
  #editAll(text: string): void {
    this.#echo = '';
    for (const key of text) this.#edit(key);
    const echo = this.#echo;
    this.#echo = undefined;
    this.#write(echo);
  }

  #edit(key: string): void {
    if (this.#isQuoting) {
      this.#isQuoting = false;
      this.#take(key);
      return;
    }
    switch (key) {
      case '\r':
      case '\n':
        this.#show('\n');
        this.#finish(`${this.#line}\n`);
        return;
      case '\u0003':
        this.#interrupt('^C', 'INT');
        return;
      case '\u001a':
        this.#interrupt('^Z', 'TSTP');
        return;
      case '\u001c':
        this.#interrupt('^\\', 'QUIT');
        return;
      case '\u0004':
        if (this.#line === '') this.#give(undefined);
        else this.#finish(this.#line);
        return;
      case '\u007f':
      case '\b':
        this.#erase(1);
        return;
      case '\u0015':
        this.#erase([...this.#line].length);
        return;
      case '\u0017':
        this.#erase(/\S*\s*$/.exec(this.#line)?.[0].length ?? 0);
        return;
      case '\u0016':
        this.#isQuoting = true;
        return;
      default:
        this.#take(key);
    }
  }

  #take(key: string): void {
    if (this.#line.length >= LINE) return;
    this.#line += key;
    this.#show(isControl(key) ? `^${String.fromCharCode(key.charCodeAt(0) ^ 64)}` : key);
  }

  /** What is typed is shown. */
  #show(text: string): void {
    if (this.#mode === 'hidden') return;
    if (this.#echo === undefined) this.#write(text);
    else this.#echo += text;
  }

  #finish(text: string): void {
    this.#line = '';
    this.#give(text);
  }

  #interrupt(shown: string, signal: Signal): void {
    this.#line = '';
    this.#ready.takeAll();
    this.#show(shown);
    this.#options.onSignal(signal);
  }

  #erase(count: number): void {
    for (let left = count; left > 0 && this.#line !== ''; left -= 1) {
      const last = [...this.#line].at(-1) ?? '';
      this.#line = this.#line.slice(0, -last.length);
      this.#show(isControl(last) ? ERASE + ERASE : ERASE);
    }
  }
}

function isControl(key: string): boolean {
  return (key < ' ' && key !== '\t') || key === '\u007f';
}
