import type { Routine } from '#kernel/coroutine.ts';
import type { Terminal } from '#machine/terminal.ts';
import { orWake } from '../or-wake.ts';
import type { Shell } from '../shell.ts';
import { EDITS } from './bindings.ts';
import { complete, inColumns, replacementOf } from './completion.ts';
import type { History } from './history.ts';
import { type Key, KeyReader } from './keys.ts';
import { KillRing } from './kill-ring.ts';
import { LineBuffer } from './line-buffer.ts';
import { LineView } from './line-view.ts';
import { Search } from './search.ts';
import { ShownHistory } from './shown-history.ts';

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
const MORE = '--More--';

type Action = (editor: LineEditor) => Edited | undefined;

const ACTIONS: Readonly<Record<string, Action>> = {
  Up: (editor) => editor.goBack(1),
  'Ctrl+P': (editor) => editor.goBack(1),
  Down: (editor) => editor.goBack(-1),
  'Ctrl+N': (editor) => editor.goBack(-1),
  'Alt+<': (editor) => editor.goBack(Number.POSITIVE_INFINITY),
  'Alt+>': (editor) => editor.goBack(Number.NEGATIVE_INFINITY),
  'Alt+.': (editor) => editor.lastWord(),
  'Alt+_': (editor) => editor.lastWord(),
  'Ctrl+L': (editor) => editor.clearScreen(),
  'Alt+#': (editor) => editor.enterAsComment(),
  'Ctrl+O': (editor) => editor.enterAndGoOn(),
  Enter: (editor) => editor.enter(),
};

/** Reads lines that are typed at a terminal, as readline does it for bash: editing, history, search, completion. */
export class LineEditor {
  readonly #shell: Shell;
  readonly #terminal: Terminal;
  readonly #history: ShownHistory;
  readonly #killed = new KillRing();
  readonly #keys = new KeyReader();
  /** A key that ended something, and is to be done to the line. */
  #again: Key | undefined;
  #buffer: LineBuffer;
  #view: LineView;
  #prompt = '';
  #isSilent = false;
  #hasAskedTab = false;
  #lastWordAt: { readonly from: number; readonly back: number } | undefined;
  #lastSearch = '';
  /** Ctrl+O: the line of the history to begin with next time. */
  #beginsAt: number | undefined;

  constructor(shell: Shell, terminal: Terminal, history: History) {
    this.#shell = shell;
    this.#terminal = terminal;
    this.#history = new ShownHistory(history);
    this.#buffer = new LineBuffer(this.#killed);
    this.#view = new LineView(terminal, false);
  }

  /** @param prompt as it is shown */
  *read(prompt: string): Routine<Edited> {
    const mode = this.#terminal.mode === 'hidden' ? 'hidden' : 'lines';
    this.#isSilent = mode === 'hidden';
    this.#prompt = prompt;
    this.#buffer = new LineBuffer(this.#killed);
    this.#history.begin();
    this.#terminal.setMode('keys');
    this.#out(PASTE_ON);
    this.#beginView();
    this.#takeUp();
    try {
      for (;;) {
        const key = yield* this.#nextKey();
        const edited: Edited | undefined = key ? yield* this.#do(key) : { kind: 'end' };
        if (edited) return this.#leave(edited);
        this.#view.show(this.#buffer);
      }
    } finally {
      // What came behind the line is for whoever reads next.
      this.#terminal.unread(this.#keys.takeRest());
      this.#terminal.setMode(mode);
    }
  }

  #beginView(): void {
    this.#view = new LineView(this.#terminal, this.#isSilent);
    this.#view.begin(this.#prompt);
  }

  /** What Ctrl+O asked for. */
  #takeUp(): void {
    const at = this.#beginsAt;
    this.#beginsAt = undefined;
    const text = at === undefined ? undefined : this.#history.goTo(at, '');
    if (text === undefined) return;
    this.#buffer.set(text);
    this.#view.show(this.#buffer);
  }

  #leave(edited: Edited): Edited {
    if (edited.kind === 'interrupted') this.#terminal.out('^C');
    this.#view.finish();
    this.#out(PASTE_OFF);
    return edited;
  }

  goBack(lines: number): undefined {
    const to = Math.max(0, Math.min(this.#history.end, this.#history.at - lines));
    const text = to === this.#history.at ? undefined : this.#history.goTo(to, this.#buffer.text);
    if (text === undefined) this.#ring();
    else this.#buffer.set(text);
  }

  /** The last word of the command before; again: of the one before that. */
  lastWord(): undefined {
    const again = this.#lastWordAt;
    const back = (again?.back ?? 0) + 1;
    const word = this.#history.entered(back)?.trim().split(/\s+/).at(-1);
    if (word === undefined) return;
    const from = again?.from ?? this.#buffer.cursor;
    this.#buffer.replaceFrom(from, word);
    this.#lastWordAt = { from, back };
  }

  clearScreen(): undefined {
    this.#view.clearScreen(this.#buffer);
  }

  enter(): Edited {
    this.#history.enter();
    return { kind: 'line', text: this.#buffer.text };
  }

  enterAsComment(): Edited {
    this.#buffer.moveTo(0);
    this.#buffer.insert('#');
    this.#view.show(this.#buffer);
    return this.enter();
  }

  /** The next line of the history comes up next. */
  enterAndGoOn(): Edited {
    if (this.#history.at < this.#history.end) this.#beginsAt = this.#history.at + 1;
    return this.enter();
  }

  /** Of the shells bash alone asks how pasted texts begin and end. */
  #out(sequence: string): void {
    if (this.#shell.flavor === 'bash') this.#terminal.out(sequence);
  }

  #ring(): void {
    this.#terminal.out(BELL);
  }

  /** Waits for a key; a new size draws the line anew. */
  *#nextKey(): Routine<Key | undefined> {
    for (;;) {
      const known = this.#again ?? this.#keys.next();
      this.#again = undefined;
      if (known) return known;
      const isFed = yield* this.#feed();
      if (isFed === 'interrupted') return { kind: 'key', name: 'Ctrl+C' };
      if (isFed === 'end') return undefined;
    }
  }

  /** Waits until something comes. */
  *#feed(): Routine<'text' | 'interrupted' | 'end'> {
    for (;;) {
      const read = yield* orWake(this.#shell.process.kernel, this.#terminal.read(), (wake) => this.#shell.onWake(wake));
      if (!read) {
        if (this.#shell.isInterrupted) {
          this.#shell.isInterrupted = false;
          return 'interrupted';
        }
        this.#view.refresh(this.#buffer);
        continue;
      }
      if (read.value === undefined) return 'end';
      this.#keys.feed(read.value);
      return 'text';
    }
  }

  *#do(key: Key): Routine<Edited | undefined> {
    const askedTab = this.#hasAskedTab;
    this.#hasAskedTab = false;
    const lastWordAt = this.#lastWordAt;
    this.#lastWordAt = undefined;
    if (key.kind === 'text') this.#buffer.type(key.text);
    else if (key.kind === 'paste') this.#buffer.insert(pasted(key.text));
    else
      switch (key.name) {
        case 'Ctrl+C':
          return { kind: 'interrupted' };
        case 'Ctrl+D':
          if (this.#buffer.text === '') return { kind: 'end' };
          this.#buffer.eraseRight();
          return undefined;
        case 'Tab':
          yield* this.#complete(askedTab);
          return undefined;
        case 'Ctrl+R':
        case 'Ctrl+S':
          return yield* this.#search(key.name === 'Ctrl+S');
        case 'Ctrl+V':
        case 'Ctrl+Q':
          return yield* this.#insertNext();
        case 'Ctrl+X':
          return yield* this.#doBehindPrefix();
        default: {
          if (key.name === 'Alt+.' || key.name === 'Alt+_') this.#lastWordAt = lastWordAt;
          const action = ACTIONS[key.name];
          const edit = EDITS[key.name];
          if (action) return action(this);
          if (edit) edit(this.#buffer);
          else if (key.name !== 'Escape') this.#ring();
        }
      }
    return undefined;
  }

  /** Ctrl+V: whatever comes next stands in the line as it is. */
  *#insertNext(): Routine<Edited | undefined> {
    let character = this.#keys.takeCharacter();
    while (character === undefined) {
      const isFed = yield* this.#feed();
      if (isFed !== 'text') return { kind: isFed };
      character = this.#keys.takeCharacter();
    }
    this.#buffer.insert(character);
    return undefined;
  }

  /** Keys that begin with Ctrl+X. */
  *#doBehindPrefix(): Routine<Edited | undefined> {
    const key = yield* this.#nextKey();
    if (!key) return { kind: 'end' };
    if (key.kind === 'key' && key.name === 'Ctrl+U') this.#buffer.undo();
    else if (key.kind === 'key' && key.name === 'Backspace') this.#buffer.cutToStart();
    else this.#ring();
    return undefined;
  }

  *#complete(isAgain: boolean): Routine<void> {
    const offer = yield* complete(this.#shell, this.#buffer.before);
    const [first] = offer.candidates;
    if (!first) {
      this.#ring();
      return;
    }
    const { text, end } = replacementOf(offer);
    const isLonger = text !== offer.typed;
    if (isLonger) this.#buffer.replaceFrom(offer.from, text);
    if (end !== '') this.#buffer.insert(end);
    if (offer.candidates.length === 1 || isLonger) return;
    if (isAgain) yield* this.#list(offer.candidates.map(({ shown }) => shown));
    else {
      this.#hasAskedTab = true;
      this.#ring();
    }
  }

  *#list(names: readonly string[]): Routine<void> {
    this.#view.show(this.#buffer);
    this.#view.finish();
    if (names.length < MANY || (yield* this.#isListWanted(names.length)))
      yield* this.#showPages(inColumns(names, this.#terminal.size.columns));
    this.#beginView();
    this.#hasAskedTab = true;
  }

  *#isListWanted(count: number): Routine<boolean> {
    this.#terminal.out(`Display all ${count} possibilities? (y or n)`);
    const key = yield* this.#nextKey();
    this.#terminal.out('\n');
    return key?.kind === 'text' && /^[yY ]/.test(key.text);
  }

  /** Page by page: a blank for the next one, Enter for a line, anything else for the end. */
  *#showPages(lines: readonly string[]): Routine<void> {
    let room = Math.max(1, this.#terminal.size.rows - 1);
    for (const line of lines) {
      if (room === 0) {
        this.#terminal.out(MORE);
        const key = yield* this.#nextKey();
        this.#terminal.out(`\r${' '.repeat(MORE.length)}\r`);
        if (key?.kind === 'key' && key.name === 'Enter') room = 1;
        else if (key?.kind === 'text' && /^[ yY]/.test(key.text)) room = Math.max(1, this.#terminal.size.rows - 1);
        else return;
      }
      this.#terminal.out(`${line}\n`);
      room -= 1;
    }
  }

  /** Ctrl+R: what is typed is looked for in the history, from here backwards; Ctrl+S goes the other way. */
  *#search(isForward: boolean): Routine<Edited | undefined> {
    const { text, cursor } = this.#buffer;
    this.#history.keep(text);
    const search = new Search(this.#history.lines, this.#history.at, cursor, isForward);
    for (;;) {
      this.#view.setPrompt(promptOf(search));
      this.#view.refresh(this.#buffer);
      const key = yield* this.#nextKey();
      if (!key) return { kind: 'end' };
      if (key.kind !== 'key') for (const character of key.text) search.type(character);
      else if (key.name === 'Ctrl+R' || key.name === 'Ctrl+S') search.next(key.name === 'Ctrl+S', this.#lastSearch);
      else if (key.name === 'Backspace' || key.name === 'Ctrl+H') search.erase();
      else return this.#endSearch(search, key, { text, cursor });
      if (search.isFailed) this.#ring();
      if (search.found) this.#buffer.set(search.found.text, search.found.cursor);
    }
  }

  #endSearch(
    search: Search,
    key: { readonly kind: 'key'; readonly name: string },
    before: { readonly text: string; readonly cursor: number },
  ): Edited | undefined {
    this.#lastSearch = search.wanted;
    if (key.name === 'Ctrl+C') return { kind: 'interrupted' };
    if (key.name === 'Ctrl+G') this.#buffer.set(before.text, before.cursor);
    else {
      this.#history.goTo(search.foundAt, before.text);
      // Whatever else it is, it is done to the line that was found.
      if (key.name !== 'Escape') this.#again = key;
    }
    this.#view.setPrompt(this.#prompt);
    this.#view.refresh(this.#buffer);
    return undefined;
  }
}

function promptOf(search: Search): string {
  const way = search.isForward ? 'i-search' : 'reverse-i-search';
  return `(${search.isFailed ? 'failed ' : ''}${way})\`${search.wanted}': `;
}

/** A newline at the end does not enter it: whoever pasted it looks first. */
function pasted(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '');
}
