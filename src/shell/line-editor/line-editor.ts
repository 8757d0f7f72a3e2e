import type { Routine } from '#kernel/coroutine.ts';
import type { Terminal } from '#machine/terminal.ts';
import { orWake } from '../or-wake.ts';
import type { Shell } from '../shell.ts';
import { commonStart, complete, inColumns } from './completion.ts';
import type { History } from './history.ts';
import { type Key, KeyReader } from './keys.ts';
import { LineBuffer } from './line-buffer.ts';
import { LineView } from './line-view.ts';

/** What became of a line: it was entered, given up by Ctrl+C, or there is no more (Ctrl+D). */
export type Edited =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'end' };

const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l\r';
const BELL = '\u0007';
/** From so many candidates on it is asked before they are listed. */
const MANY = 100;

type Action = (editor: LineEditor) => void;

const MOVES: Readonly<Record<string, (buffer: LineBuffer) => void>> = {
  'Ctrl+A': (buffer) => buffer.moveTo(0),
  Home: (buffer) => buffer.moveTo(0),
  'Ctrl+E': (buffer) => buffer.moveTo(buffer.text.length),
  End: (buffer) => buffer.moveTo(buffer.text.length),
  'Ctrl+B': (buffer) => buffer.left(),
  Left: (buffer) => buffer.left(),
  'Ctrl+F': (buffer) => buffer.right(),
  Right: (buffer) => buffer.right(),
  'Alt+b': (buffer) => buffer.wordLeft(),
  'Ctrl+Left': (buffer) => buffer.wordLeft(),
  'Alt+Left': (buffer) => buffer.wordLeft(),
  'Alt+f': (buffer) => buffer.wordRight(),
  'Ctrl+Right': (buffer) => buffer.wordRight(),
  'Alt+Right': (buffer) => buffer.wordRight(),
  Backspace: (buffer) => buffer.eraseLeft(),
  'Ctrl+H': (buffer) => buffer.eraseLeft(),
  Delete: (buffer) => buffer.eraseRight(),
  'Ctrl+K': (buffer) => buffer.cutToEnd(),
  'Ctrl+U': (buffer) => buffer.cutToStart(),
  'Ctrl+W': (buffer) => buffer.cutFieldLeft(),
  'Alt+d': (buffer) => buffer.cutWordRight(),
  'Ctrl+Delete': (buffer) => buffer.cutWordRight(),
  'Alt+Backspace': (buffer) => buffer.cutWordLeft(),
  'Ctrl+Y': (buffer) => buffer.yank(),
  'Ctrl+T': (buffer) => buffer.transpose(),
  'Ctrl+_': (buffer) => buffer.undo(),
};

const ACTIONS: Readonly<Record<string, Action>> = {
  Up: (editor) => editor.older(),
  'Ctrl+P': (editor) => editor.older(),
  Down: (editor) => editor.newer(),
  'Ctrl+N': (editor) => editor.newer(),
  'Alt+<': (editor) => editor.oldest(),
  'Alt+>': (editor) => editor.newest(),
  'Alt+.': (editor) => editor.lastWord(),
  'Ctrl+L': (editor) => editor.clearScreen(),
};

/** Reads lines that are typed at a terminal, as readline does for bash: editing, history, search, completion. */
export class LineEditor {
  readonly #shell: Shell;
  readonly #terminal: Terminal;
  readonly #history: History;
  readonly #keys = new KeyReader();
  /** A key that ended something, and is to be done to the line. */
  #again: Key | undefined;
  #buffer = new LineBuffer();
  #view: LineView;
  /** Which line of the history is shown; its length for the one that is being typed. */
  #at = 0;
  #typed = '';
  #hasAskedTab = false;
  #lastWordAt: { readonly from: number; back: number } | undefined;

  constructor(shell: Shell, terminal: Terminal, history: History) {
    this.#shell = shell;
    this.#terminal = terminal;
    this.#history = history;
    this.#view = new LineView(terminal);
  }

  /** @param prompt as it is shown */
  *read(prompt: string): Routine<Edited> {
    this.#buffer = new LineBuffer();
    this.#view = new LineView(this.#terminal);
    this.#at = this.#history.lines.length;
    this.#typed = '';
    this.#terminal.setMode('keys');
    this.#terminal.out(PASTE_ON);
    this.#view.begin(prompt);
    try {
      for (;;) {
        const key = yield* this.#nextKey();
        if (!key) return this.#leave({ kind: 'end' });
        const edited = yield* this.#do(key, prompt);
        if (edited) return this.#leave(edited);
      }
    } finally {
      // What came behind the line is for whoever reads next.
      this.#terminal.unread(this.#keys.takeRest());
      this.#terminal.setMode('lines');
    }
  }

  #leave(edited: Edited): Edited {
    this.#buffer.moveTo(this.#buffer.text.length);
    if (edited.kind === 'interrupted') this.#terminal.out('^C');
    if (edited.kind !== 'end') this.#view.finish();
    this.#terminal.out(PASTE_OFF);
    return edited;
  }

  older(): void {
    if (this.#at === 0) return;
    if (this.#at === this.#history.lines.length) this.#typed = this.#buffer.text;
    this.#showHistory(this.#at - 1);
  }

  newer(): void {
    if (this.#at < this.#history.lines.length) this.#showHistory(this.#at + 1);
  }

  oldest(): void {
    if (this.#at === this.#history.lines.length) this.#typed = this.#buffer.text;
    this.#showHistory(0);
  }

  newest(): void {
    this.#showHistory(this.#history.lines.length);
  }

  /** The last word of the command before; again: of the one before that. */
  lastWord(): void {
    const again = this.#lastWordAt;
    const back = (again?.back ?? 0) + 1;
    const word = this.#history.lines.at(-back)?.trim().split(/\s+/).at(-1);
    if (word === undefined) return;
    const from = again?.from ?? this.#buffer.cursor;
    this.#buffer.replaceFrom(from, word);
    this.#lastWordAt = { from, back };
  }

  clearScreen(): void {
    this.#view.clearScreen(this.#buffer);
  }

  #showHistory(at: number): void {
    this.#at = at;
    this.#buffer.set(this.#history.lines[at] ?? this.#typed);
  }

  /** Waits for a key; a new size draws the line anew. */
  *#nextKey(): Routine<Key | undefined> {
    for (;;) {
      const known = this.#again ?? this.#keys.next();
      this.#again = undefined;
      if (known) return known;
      const read = yield* orWake(this.#shell.process.kernel, this.#terminal.read(), (wake) => this.#shell.onWake(wake));
      if (!read) {
        if (this.#shell.isInterrupted) {
          this.#shell.isInterrupted = false;
          return { kind: 'key', name: 'Ctrl+C' };
        }
        this.#view.refresh(this.#buffer);
        continue;
      }
      if (read.value === undefined) return undefined;
      this.#keys.feed(read.value);
    }
  }

  /** @returns undefined while the line goes on */
  *#do(key: Key, prompt: string): Routine<Edited | undefined> {
    const wasLastWord = this.#lastWordAt;
    const askedTab = this.#hasAskedTab;
    this.#lastWordAt = undefined;
    this.#hasAskedTab = false;
    if (key.kind !== 'key') {
      this.#buffer.insert(key.kind === 'paste' ? key.text.replaceAll(/\r\n?/g, '\n') : key.text);
      this.#view.show(this.#buffer);
      return undefined;
    }
    switch (key.name) {
      case 'Enter':
        return { kind: 'line', text: this.#buffer.text };
      case 'Ctrl+C':
        return { kind: 'interrupted' };
      case 'Ctrl+D':
        if (this.#buffer.text === '') return { kind: 'end' };
        this.#buffer.eraseRight();
        break;
      case 'Tab':
        yield* this.#complete(askedTab, prompt);
        break;
      case 'Ctrl+R':
      case 'Ctrl+S': {
        const edited = yield* this.#search(prompt);
        if (edited) return edited;
        break;
      }
      default: {
        if (key.name === 'Alt+.') this.#lastWordAt = wasLastWord;
        const move = MOVES[key.name];
        const action = ACTIONS[key.name];
        if (move) move(this.#buffer);
        else if (action) action(this);
        else if (key.name !== 'Unknown' && key.name !== 'Escape') this.#terminal.out(BELL);
      }
    }
    this.#view.show(this.#buffer);
    return undefined;
  }

  *#complete(isAgain: boolean, prompt: string): Routine<void> {
    const { from, typed, candidates } = yield* complete(this.#shell, this.#buffer.before);
    const [first] = candidates;
    if (!first) {
      this.#terminal.out(BELL);
      return;
    }
    if (candidates.length === 1) {
      this.#buffer.replaceFrom(from, first.text + (first.isWhole ? ' ' : ''));
      return;
    }
    const common = commonStart(candidates.map(({ text }) => text));
    if (common.length > typed.length) this.#buffer.replaceFrom(from, common);
    else if (!isAgain) {
      this.#hasAskedTab = true;
      this.#terminal.out(BELL);
    } else
      yield* this.#list(
        candidates.map(({ shown }) => shown),
        prompt,
      );
  }

  *#list(names: readonly string[], prompt: string): Routine<void> {
    this.#view.show(this.#buffer);
    this.#view.leave();
    let isWanted = true;
    if (names.length >= MANY) {
      this.#terminal.out(`Display all ${names.length} possibilities? (y or n)`);
      const key = yield* this.#nextKey();
      isWanted = key?.kind === 'text' && /^[yY ]/.test(key.text);
      this.#terminal.out('\n');
    }
    if (isWanted) this.#terminal.out(inColumns(names, this.#terminal.size.columns));
    this.#view = new LineView(this.#terminal);
    this.#view.begin(prompt);
  }

  /** Ctrl+R: what is typed is looked for in the history, from the newest line backwards; Ctrl+S goes the other way. */
  *#search(prompt: string): Routine<Edited | undefined> {
    const original = { text: this.#buffer.text, cursor: this.#buffer.cursor };
    let wanted = '';
    let at = this.#history.lines.length;
    let isForward = false;
    let isFailed = false;
    const look = (from: number) => {
      const step = isForward ? 1 : -1;
      for (let index = from; index >= 0 && index < this.#history.lines.length; index += step) {
        const line = this.#history.lines[index] ?? '';
        const place = line.lastIndexOf(wanted);
        if (wanted === '' || place < 0) continue;
        at = index;
        isFailed = false;
        this.#buffer.set(line, place);
        return;
      }
      isFailed = wanted !== '';
    };
    for (;;) {
      const way = isForward ? 'i-search' : 'reverse-i-search';
      this.#view.setPrompt(`(${isFailed ? 'failed ' : ''}${way})\`${wanted}': `);
      this.#view.refresh(this.#buffer);
      const key = yield* this.#nextKey();
      const done = () => {
        this.#view.setPrompt(prompt);
        this.#view.refresh(this.#buffer);
      };
      if (!key) return { kind: 'end' };
      if (key.kind !== 'key') {
        wanted += key.text;
        look(Math.min(at, this.#history.lines.length - 1));
        continue;
      }
      switch (key.name) {
        case 'Ctrl+R':
          isForward = false;
          look(at - 1);
          break;
        case 'Ctrl+S':
          isForward = true;
          look(at + 1);
          break;
        case 'Backspace':
        case 'Ctrl+H':
          wanted = wanted.slice(0, -1);
          at = this.#history.lines.length;
          look(at - 1);
          break;
        case 'Ctrl+G':
          this.#buffer.set(original.text, original.cursor);
          done();
          return undefined;
        case 'Ctrl+C':
          done();
          return { kind: 'interrupted' };
        case 'Enter':
          done();
          return { kind: 'line', text: this.#buffer.text };
        default:
          this.#at = at;
          done();
          // Whatever else it is, it is done to the line that was found.
          if (key.name !== 'Escape') this.#again = key;
          return undefined;
      }
    }
  }
}
