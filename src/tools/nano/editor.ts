import { type FileSystem, FsError } from '#machine/file-system.ts';
import { isCharacter } from '../screen/keys.ts';
import { type Place, TextBuffer } from '../screen/text-buffer.ts';

type Keys<T> = Generator<void, T, string>;

/** What nano knows, and what its keys do. */
export class Editor {
  buffer = new TextBuffer('');
  place: Place = { line: 0, column: 0 };
  top = 0;
  path: string;
  /** Between brackets above the help. */
  message = '';
  /** What is asked there. */
  question:
    | { readonly text: string; readonly answer: string; readonly help: readonly (readonly [string, string])[] }
    | undefined;
  isDone = false;
  height = 10;
  readonly #files: FileSystem;
  #cut: readonly string[] = [];
  /** Lines that are cut one after the other belong together. */
  #isCutting = false;
  #isTyping = false;
  #sought = '';
  #wanted = 0;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.path = path;
    if (path === '') return;
    if (!files.exists(path)) {
      this.message = 'New File';
      return;
    }
    try {
      if (files.stat(path).kind === 'directory') {
        this.message = `"${path}" is a directory`;
        this.path = '';
        return;
      }
      this.buffer = new TextBuffer(files.readText(path));
      const { count, text } = this.buffer;
      this.message = `Read ${text === '' ? 0 : count} line${count === 1 && text !== '' ? '' : 's'}${this.#mayWrite() ? '' : ' (Warning: No write permission)'}`;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.message = `Error reading ${path}: ${error.message}`;
      this.path = '';
    }
  }

  get line(): string {
    return this.buffer.line(this.place.line);
  }

  #mayWrite(): boolean {
    try {
      this.#files.access(this.path, 'w');
      return true;
    } catch (error) {
      if (error instanceof FsError) return false;
      throw error;
    }
  }

  *keys(): Keys<void> {
    while (!this.isDone) {
      const key = yield;
      this.message = '';
      const wasCutting = this.#isCutting;
      this.#isCutting = false;
      if (isCharacter(key) || key === '<Tab>') {
        this.#type(key === '<Tab>' ? '\t' : key);
        continue;
      }
      this.#isTyping = false;
      if (key === '<Escape>') this.#meta(yield);
      else if (!this.#move(key) && !this.#change(key, wasCutting)) yield* this.#command(key);
    }
  }

  #to(line: number, column: number, keepsColumn = false): void {
    const at = Math.max(0, Math.min(this.buffer.count - 1, line));
    this.place = { line: at, column: Math.max(0, Math.min(this.buffer.line(at).length, column)) };
    if (!keepsColumn) this.#wanted = this.place.column;
  }

  #type(text: string): void {
    if (!this.#isTyping) this.buffer.begin(this.place);
    this.#isTyping = true;
    const { line, column } = this.buffer.insert(this.place, text);
    this.#to(line, column);
  }

  /** @returns whether the key was one that moves */
  #move(key: string): boolean {
    const { line, column } = this.place;
    switch (key) {
      case '<Left>':
      case '<Ctrl+B>':
        if (column > 0) this.#to(line, column - 1);
        else if (line > 0) this.#to(line - 1, Number.POSITIVE_INFINITY);
        return true;
      case '<Right>':
      case '<Ctrl+F>':
        if (column < this.line.length) this.#to(line, column + 1);
        else if (line < this.buffer.count - 1) this.#to(line + 1, 0);
        return true;
      case '<Up>':
      case '<Ctrl+P>':
        this.#to(line - 1, this.#wanted, true);
        return true;
      case '<Down>':
      case '<Ctrl+N>':
        this.#to(line + 1, this.#wanted, true);
        return true;
      case '<Home>':
      case '<Ctrl+A>':
        this.#to(line, 0);
        return true;
      case '<End>':
      case '<Ctrl+E>':
        this.#to(line, Number.POSITIVE_INFINITY);
        return true;
      case '<PageDown>':
      case '<Ctrl+V>':
        this.#to(line + this.height - 2, 0);
        return true;
      case '<PageUp>':
      case '<Ctrl+Y>':
        this.#to(line - this.height + 2, 0);
        return true;
      default:
        return false;
    }
  }

  /** @returns whether the key was one that changes the text */
  #change(key: string, wasCutting: boolean): boolean {
    const { line, column } = this.place;
    const { buffer } = this;
    switch (key) {
      case '<Enter>':
        buffer.begin(this.place);
        buffer.insert(this.place, '\n');
        this.#to(line + 1, 0);
        return true;
      case '<Backspace>': {
        if (line === 0 && column === 0) return true;
        buffer.begin(this.place);
        const from =
          column > 0 ? { line, column: column - 1 } : { line: line - 1, column: buffer.line(line - 1).length };
        buffer.remove(from, this.place);
        this.#to(from.line, from.column);
        return true;
      }
      case '<Delete>':
      case '<Ctrl+D>':
        buffer.begin(this.place);
        if (column < this.line.length) buffer.remove(this.place, { line, column: column + 1 });
        else if (line < buffer.count - 1) buffer.remove(this.place, { line: line + 1, column: 0 });
        return true;
      case '<Ctrl+K>':
        this.#isCutting = true;
        if (line === buffer.count - 1 && this.line === '') {
          this.message = 'Nothing was cut';
          return true;
        }
        buffer.begin(this.place);
        this.#cut = wasCutting ? [...this.#cut, this.line] : [this.line];
        buffer.replace(line, 1, line === buffer.count - 1 ? [''] : []);
        this.#to(line, 0);
        return true;
      case '<Ctrl+U>':
        if (this.#cut.length === 0) {
          this.message = 'Cutbuffer is empty';
          return true;
        }
        buffer.begin(this.place);
        buffer.replace(line, 0, this.#cut);
        this.#to(line + this.#cut.length, 0);
        return true;
      default:
        return false;
    }
  }

  /** Keys with Alt. */
  #meta(key: string): void {
    switch (key.toLowerCase()) {
      case 'u':
      case 'e': {
        const place = key.toLowerCase() === 'u' ? this.buffer.undo(this.place) : this.buffer.redo(this.place);
        if (place) this.#to(place.line, place.column);
        this.message = place
          ? key === 'u'
            ? 'Undid change'
            : 'Redid change'
          : `Nothing to ${key === 'u' ? 'undo' : 'redo'}`;
        return;
      }
      case '6':
        this.#cut = [this.line];
        this.message = 'Copied 1 line';
        this.#to(this.place.line + 1, 0);
        return;
      case 'w':
        this.#search();
        return;
      case '\\':
        this.#to(0, 0);
        return;
      case '/':
        this.#to(this.buffer.count - 1, Number.POSITIVE_INFINITY);
        return;
      case 'g':
        this.message = 'Ctrl+_ goes to a line';
        return;
      default:
        this.message = 'Unknown Command';
    }
  }

  *#command(key: string): Keys<void> {
    switch (key) {
      case '<Ctrl+X>':
        yield* this.#exit();
        return;
      case '<Ctrl+O>':
      case '<Ctrl+S>':
        yield* this.#write(key === '<Ctrl+S>');
        return;
      case '<Ctrl+W>': {
        const text = yield* this.#ask(`Search${this.#sought === '' ? '' : ` [${this.#sought}]`}: `, '');
        if (text === undefined) return;
        if (text !== '') this.#sought = text;
        this.#search();
        return;
      }
      case '<Ctrl+\\>':
        yield* this.#replace();
        return;
      case '<Ctrl+_>':
      case '<Ctrl+/>': {
        const [line = '', column = '1'] = ((yield* this.#ask('Enter line number, column number: ', '')) ?? '').split(
          ',',
        );
        if (line.trim() !== '') this.#to(Number(line) - 1, Number(column) - 1);
        return;
      }
      case '<Ctrl+C>':
        this.message = this.#location();
        return;
      case '<Ctrl+G>':
        this.message = '^O write  ^X leave  ^K cut a line  ^U put it back  ^W search  ^\\ replace  M-U undo  M-E redo';
        return;
      case '<Ctrl+L>':
      case '<Ctrl+Z>':
        return;
      default:
        this.message = `${key.replace('<Ctrl+', '^').replace('>', '')} is not simulated here`;
    }
  }

  #location(): string {
    const { count, text, lines } = this.buffer;
    const { line, column } = this.place;
    const before = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, column);
    const percent = (part: number, all: number) => Math.floor((part * 100) / Math.max(1, all));
    return (
      `line ${line + 1}/${count} (${percent(line + 1, count)}%), col ${column + 1}/${this.line.length + 1} (${percent(column + 1, this.line.length + 1)}%), ` +
      `char ${before}/${text.length} (${percent(before, text.length)}%)`
    );
  }

  *#exit(): Keys<void> {
    if (this.buffer.isChanged) {
      this.question = {
        text: 'Save modified buffer? ',
        answer: '',
        help: [
          ['Y', 'Yes'],
          ['N', 'No'],
          ['^C', 'Cancel'],
        ],
      };
      const key = (yield).toLowerCase();
      this.question = undefined;
      if (key === 'y') {
        if (!(yield* this.#write(false))) return;
      } else if (key !== 'n') {
        this.message = 'Cancelled';
        return;
      }
    }
    this.isDone = true;
  }

  /** @returns whether it is written */
  *#write(isAtOnce: boolean): Keys<boolean> {
    const path = isAtOnce && this.path !== '' ? this.path : yield* this.#ask('File Name to Write: ', this.path);
    if (path === undefined || path === '') {
      this.message = 'Cancelled';
      return false;
    }
    const { text, count } = this.buffer;
    try {
      this.#files.writeText(path, text);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.message = `Error writing ${path}: ${error.message}`;
      return false;
    }
    this.path = path;
    this.buffer.saved();
    this.message = `Wrote ${text === '' ? 0 : count} line${count === 1 && text !== '' ? '' : 's'}`;
    return true;
  }

  /** Undefined when it was left by Ctrl+C. */
  *#ask(text: string, begin: string): Keys<string | undefined> {
    let answer = begin;
    for (;;) {
      this.question = { text, answer, help: [['^C', 'Cancel']] };
      const key = yield;
      if (key === '<Enter>') break;
      if (key === '<Ctrl+C>' || key === '<Escape>') {
        this.question = undefined;
        this.message = 'Cancelled';
        return undefined;
      }
      if (key === '<Backspace>') answer = answer.slice(0, -1);
      else if (key === '<Ctrl+U>' || key === '<Ctrl+K>') answer = '';
      else if (isCharacter(key)) answer += key;
    }
    this.question = undefined;
    return answer;
  }

  /** The next place of what is sought, round the end of the text. */
  #search(): boolean {
    const sought = this.#sought.toLowerCase();
    const { count } = this.buffer;
    const { line, column } = this.place;
    if (sought === '') {
      this.message = 'No current search pattern';
      return false;
    }
    for (let step = 0; step <= count; step += 1) {
      const at = (line + step) % count;
      const found = this.buffer
        .line(at)
        .toLowerCase()
        .indexOf(sought, step === 0 ? column + 1 : 0);
      if (found < 0) continue;
      if (at < line || step === count) this.message = 'Search Wrapped';
      this.#to(at, found);
      return true;
    }
    this.message = `"${this.#sought}" not found`;
    return false;
  }

  *#replace(): Keys<void> {
    const sought = yield* this.#ask('Search (to replace): ', '');
    if (!sought) return;
    this.#sought = sought;
    const by = yield* this.#ask('Replace with: ', '');
    if (by === undefined) return;
    let isAll = false;
    let count = 0;
    let from: Place = { line: 0, column: 0 };
    this.buffer.begin(this.place);
    for (;;) {
      const next = this.#find(sought, from);
      if (!next) break;
      this.#to(next.line, next.column);
      let answer = 'y';
      if (!isAll) {
        this.question = {
          text: 'Replace this instance? ',
          answer: '',
          help: [
            ['Y', 'Yes'],
            ['N', 'No'],
            ['A', 'All'],
            ['^C', 'Cancel'],
          ],
        };
        answer = (yield).toLowerCase();
        this.question = undefined;
      }
      if (answer === 'a') isAll = true;
      if (answer === 'y' || answer === 'a') {
        this.buffer.remove(next, { line: next.line, column: next.column + sought.length });
        from = this.buffer.insert(next, by);
        count += 1;
      } else if (answer === 'n') from = { line: next.line, column: next.column + sought.length };
      else break;
    }
    this.message = count === 0 ? `"${sought}" not found` : `Replaced ${count} occurrence${count === 1 ? '' : 's'}`;
  }

  #find(sought: string, { line, column }: Place): Place | undefined {
    for (let at = line; at < this.buffer.count; at += 1) {
      const found = this.buffer
        .line(at)
        .toLowerCase()
        .indexOf(sought.toLowerCase(), at === line ? column : 0);
      if (found >= 0) return { line: at, column: found };
    }
    return undefined;
  }
}
