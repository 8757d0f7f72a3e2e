import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Signal } from '#machine/program.ts';

/** Where what a client types goes to: a pipe, or a terminal's line. */
export interface Input {
  read(): Routine<string | undefined>;
  write(text: string): void;
  /** Nothing more comes. */
  end(): void;
}

export interface TerminalLineOptions {
  /** Shows what is typed. */
  readonly echo: (text: string) => void;
  readonly signal: (signal: Signal) => void;
}

const CONTROL: Readonly<Record<string, string>> = { '\x03': '^C', '\x1c': '^\\' };

/** The line discipline of a terminal in its usual mode (termios(3): ICANON, ECHO, ISIG, ICRNL): lines are edited before they are read. */
export class TerminalLine implements Input {
  readonly #options: TerminalLineOptions;
  /** Lines that wait to be read; undefined ends one read. */
  readonly #ready: (string | undefined)[] = [];
  #line = '';
  #isEnded = false;
  #waiting: (() => void)[] = [];

  constructor(options: TerminalLineOptions) {
    this.#options = options;
  }

  *read(): Routine<string | undefined> {
    while (this.#ready.length === 0 && !this.#isEnded) {
      yield* wait<void>((resume) => {
        const told = () => resume();
        this.#waiting.push(told);
        return () => {
          this.#waiting = this.#waiting.filter((other) => other !== told);
        };
      });
    }
    return this.#ready.shift();
  }

  write(text: string): void {
    for (const key of text) this.#press(key);
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #press(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
        this.#options.echo('\r\n');
        this.#give(`${this.#line}\n`);
        break;
      case '\x7f':
      case '\b':
        this.#erase(1);
        break;
      // Ctrl+U takes the line back, Ctrl+W its last word.
      case '\x15':
        this.#erase([...this.#line].length);
        break;
      case '\x17':
        this.#erase([...(/\S*\s*$/.exec(this.#line)?.[0] ?? '')].length);
        break;
      // Ctrl+D gives what there is without a newline; nothing is an end.
      case '\x04':
        this.#give(this.#line === '' ? undefined : this.#line);
        break;
      case '\x03':
      case '\x1c':
        this.#line = '';
        this.#options.echo(CONTROL[key] ?? '');
        this.#options.signal(key === '\x03' ? 'INT' : 'QUIT');
        break;
      default:
        this.#line += key;
        this.#options.echo(key);
    }
  }

  #erase(count: number): void {
    const letters = [...this.#line];
    const erased = Math.min(count, letters.length);
    this.#line = letters.slice(0, letters.length - erased).join('');
    if (erased > 0) this.#options.echo('\b \b'.repeat(erased));
  }

  #give(line: string | undefined): void {
    this.#line = '';
    this.#ready.push(line);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const told of waiting) told();
  }
}

/** What a terminal makes of what is written to it (ONLCR). */
export function onTerminal(text: string): string {
  return text.replaceAll('\n', '\r\n');
}
