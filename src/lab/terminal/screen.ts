import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Size } from '../protocol.ts';
import { colours } from './colours.ts';
import { keyAction } from './keys.ts';
import { adoptStyles, strictDocument } from './strict-document.ts';

export interface ScreenOptions {
  /** Keys and pasted texts, as they go to the program. */
  readonly onType: (text: string) => void;
  readonly onResize: (size: Size) => void;
  /** So much of what was written is shown. */
  readonly onShown: (count: number) => void;
  /** The key was pressed that leaves the terminal for the page. */
  readonly onLeave: () => void;
  readonly fontSize: number;
  readonly forScreenReaders: boolean;
}

/** Programs lay out their tables for this width at least; a narrower window scrolls sideways. */
const LEAST_COLUMNS = 80;
const LEAST_ROWS = 4;
const SCROLLBACK = 5_000;
/** Milliseconds in which a browser pastes after a click of the middle button, if it does. */
const NATIVE_PASTE = 60;

/** One terminal as the reader sees it. */
export class Screen {
  readonly element = document.createElement('div');
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #options: ScreenOptions;
  #isOpen = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.element.className = 'lab-screen';
    this.#terminal = new Terminal({
      documentOverride: strictDocument(),
      scrollback: SCROLLBACK,
      fontSize: options.fontSize,
      screenReaderMode: options.forScreenReaders,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
      cursorBlink: false,
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.onData(options.onType);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
  }

  get size(): Size {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Shows it, once it is in the page and has a size. */
  open(): void {
    if (!this.#isOpen) {
      this.#isOpen = true;
      const style = getComputedStyle(this.element);
      this.#terminal.options.fontFamily = style.fontFamily;
      this.#terminal.options.theme = colours(this.element);
      adoptStyles(() => this.#terminal.open(this.element));
      this.element.addEventListener('mouseup', (event) => {
        if (event.button === 1) this.#pasteByMiddleButton();
      });
    }
    this.fit();
  }

  write(text: string): void {
    this.#terminal.write(text, () => this.#options.onShown(text.length));
  }

  /** As many columns and rows as there is room for. */
  fit(): void {
    if (!this.#isOpen || this.element.clientWidth === 0) return;
    const room = this.#fit.proposeDimensions();
    if (!room || Number.isNaN(room.cols)) return;
    const columns = Math.max(room.cols, LEAST_COLUMNS);
    const rows = Math.max(room.rows, LEAST_ROWS);
    if (columns === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#terminal.resize(columns, rows);
    this.#options.onResize({ columns, rows });
  }

  focus(): void {
    this.#terminal.focus();
  }

  setFontSize(pixels: number): void {
    this.#terminal.options.fontSize = pixels;
    this.fit();
  }

  setForScreenReaders(is: boolean): void {
    this.#terminal.options.screenReaderMode = is;
  }

  /** The theme of the page changed. */
  recolour(): void {
    if (this.#isOpen) this.#terminal.options.theme = colours(this.element);
  }

  async copy(): Promise<boolean> {
    const text = this.#terminal.getSelection();
    if (text === '') return false;
    await navigator.clipboard.writeText(text);
    return true;
  }

  async paste(): Promise<void> {
    this.#terminal.paste(await navigator.clipboard.readText());
  }

  /** Where the system has a selection of its own for that button, the browser pastes it by itself. */
  #pasteByMiddleButton(): void {
    const wait = setTimeout(() => void this.paste(), NATIVE_PASTE);
    this.element.addEventListener('paste', () => clearTimeout(wait), { capture: true, once: true });
  }

  /** A text as if it were pasted: a shell does not act upon its lines before Enter where it knows what a paste is. */
  insert(text: string): void {
    this.#terminal.paste(text);
  }

  /** The last lines, without colours. */
  text(lines: number): string {
    const { active } = this.#terminal.buffer;
    const all: string[] = [];
    for (let index = Math.max(0, active.length - lines); index < active.length; index += 1) {
      const line = active.getLine(index);
      if (line?.isWrapped && all.length > 0) all[all.length - 1] += line.translateToString(true);
      else all.push(line?.translateToString(true) ?? '');
    }
    return all.join('\n').trimEnd();
  }

  dispose(): void {
    this.#terminal.dispose();
    this.element.remove();
  }

  #onKey(event: KeyboardEvent): boolean {
    const action = keyAction(event, this.#terminal.hasSelection());
    if (action === 'program') return true;
    if (action === 'browser') return false;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    if (action === 'copy') void this.copy();
    else if (action === 'paste') void this.paste();
    else this.#options.onLeave();
    return false;
  }
}
