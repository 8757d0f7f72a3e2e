import type { Place, TerminalId } from '../protocol.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Ran, ShellState } from './shell-state.ts';

const LINE_START_AND_CLEAR = '\u0005\u0015';
const ENTER = '\r';
const INTERRUPT = '\u0003';

/** The tab's shell ended, or the lab began anew, while something waited for it. */
export class TabClosed extends Error {
  override readonly name = 'TabClosed';
}

export interface TabOptions {
  readonly id: TerminalId;
  readonly place: Place;
  readonly number: number;
  readonly screen: Screen;
  /** Keys to the shell, past the screen. */
  readonly type: (text: string) => void;
}

/** A terminal at a place of the cluster, its screen, and what its shell does. */
export class Tab {
  readonly id: TerminalId;
  readonly place: Place;
  readonly number: number;
  readonly screen: Screen;
  readonly #type: (text: string) => void;
  readonly #closing = new AbortController();
  #shell = new ShellState();

  constructor({ id, place, number, screen, type }: TabOptions) {
    this.id = id;
    this.place = place;
    this.number = number;
    this.screen = screen;
    this.#type = type;
  }

  get shell(): ShellState {
    return this.#shell;
  }

  /** What came of the machine. */
  write(text: string): void {
    this.screen.write(this.#shell.feed(text));
  }

  /** A line of the page's own, between what shells print. */
  note(text: string): void {
    this.screen.write(`\r\n\u001b[2m── ${text} ──\u001b[0m\r\n`);
  }

  /** The shell is a new one. */
  restart(): void {
    this.#shell = new ShellState();
  }

  /** Waits until its own shell is at its prompt. @throws TabClosed; the signal's reason */
  async free(signal: AbortSignal): Promise<void> {
    await this.#shell.until(() => this.#shell.isFree, AbortSignal.any([signal, this.#closing.signal]));
  }

  /** Types a command at the prompt, and waits until it runs. What stood there is cleared away. */
  async start(text: string, signal: AbortSignal): Promise<void> {
    const { commands } = this.#shell;
    this.#type(LINE_START_AND_CLEAR);
    this.screen.insert(text);
    this.#type(ENTER);
    await this.#shell.until(() => this.#shell.commands > commands, AbortSignal.any([signal, this.#closing.signal]));
  }

  /** Waits until the command has ended. */
  async ended(signal: AbortSignal): Promise<Ran> {
    await this.free(signal);
    return this.#shell.ran;
  }

  interrupt(): void {
    this.#type(INTERRUPT);
  }

  /** Nobody waits for it any more. */
  close(): void {
    this.#closing.abort(new TabClosed('its terminal was closed'));
    this.screen.dispose();
  }
}
