import { isCharacter } from '../screen/keys.ts';
import { REVERSE, type Screen } from '../screen/screen.ts';
import type { Lines } from './lines.ts';
import { rowsOf } from './rows.ts';

export interface PagerOptions {
  isChopped: boolean;
  readonly isRaw: boolean;
  hasNumbers: boolean;
  readonly ignoresCase: boolean;
}

/** What less shows, and what its keys do. Each `yield` gives the next key. */
export class Pager {
  top = 0;
  isDone = false;
  /** F: the end is shown as it comes, until Ctrl+C. */
  isFollowing = false;
  readonly #lines: Lines;
  readonly #options: PagerOptions;
  readonly #name: string;
  #message: string | undefined;
  #prompt: string | undefined;
  #pattern: RegExp | undefined;
  #isForward = true;
  #height = 20;
  #shift = 0;

  constructor(lines: Lines, options: PagerOptions, name: string) {
    this.#lines = lines;
    this.#options = options;
    this.#name = name;
    if (name !== '') this.#message = name;
  }

  show(screen: Screen): void {
    const { columns } = screen;
    this.#height = screen.rows - 1;
    if (this.isFollowing) this.#toEnd();
    this.#lines.want(this.top + this.#height);
    const rows: string[] = [];
    for (let line = this.top; line < this.#lines.all.length && rows.length < this.#height; line += 1)
      rows.push(...this.#rowsOf(line, columns));
    const isEnd =
      this.#lines.isEnded && this.top + this.#height >= this.#lines.all.length && rows.length <= this.#height;
    rows.length = Math.min(rows.length, this.#height);
    while (rows.length < this.#height) rows.push(this.top > 0 || this.#lines.isEnded ? '~' : '');
    const status = this.#status(isEnd);
    rows.push(status);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what sets colours begins with one
    screen.paint(rows, { row: this.#height, column: status.replaceAll(/\u001b\[[\d;]*m/g, '').length });
  }

  #rowsOf(line: number, columns: number): readonly string[] {
    const { isChopped, isRaw, hasNumbers } = this.#options;
    return rowsOf(this.#lines.all[line] ?? '', {
      columns,
      isChopped,
      isRaw,
      ...(hasNumbers && { number: line + 1 }),
      shift: this.#shift,
      pattern: this.#pattern,
    });
  }

  #status(isEnd: boolean): string {
    if (this.#prompt !== undefined) return this.#prompt;
    if (this.isFollowing) return `${REVERSE}Waiting for data... (interrupt to abort)`;
    if (this.#message !== undefined)
      return `${REVERSE}${this.#message}${isEnd && this.#message === this.#name ? ' (END)' : ''}`;
    return isEnd ? `${REVERSE}(END)` : ':';
  }

  *keys(): Generator<void, void, string> {
    while (!this.isDone) {
      let key = yield;
      this.#message = undefined;
      let count = '';
      while (/^\d$/.test(key)) {
        count += key;
        this.#prompt = `:${count}`;
        key = yield;
      }
      this.#prompt = undefined;
      if (key === '/' || key === '?') yield* this.#search(key);
      else if (key === '-') this.#toggle(yield);
      else if (key === ':') this.#colon(yield);
      else this.#do(key, count === '' ? undefined : Number(count));
    }
  }

  #do(key: string, count: number | undefined): void {
    const page = Math.max(1, this.#height);
    switch (key) {
      case 'q':
      case 'Q':
        this.isDone = true;
        return;
      case 'j':
      case 'e':
      case '<Down>':
      case '<Enter>':
      case '<Ctrl+N>':
        this.#move(count ?? 1);
        return;
      case 'k':
      case 'y':
      case '<Up>':
      case '<Ctrl+P>':
        this.#move(-(count ?? 1));
        return;
      case ' ':
      case 'f':
      case '<Ctrl+F>':
      case '<Ctrl+V>':
      case '<PageDown>':
        this.#move(count ?? page);
        return;
      case 'b':
      case '<Ctrl+B>':
      case '<PageUp>':
        this.#move(-(count ?? page));
        return;
      case 'd':
      case '<Ctrl+D>':
        this.#move(count ?? Math.floor(page / 2));
        return;
      case 'u':
      case '<Ctrl+U>':
        this.#move(-(count ?? Math.floor(page / 2)));
        return;
      case 'g':
      case '<':
      case '<Home>':
        this.#to((count ?? 1) - 1);
        return;
      case 'G':
      case '>':
      case '<End>':
        if (count !== undefined) this.#to(count - 1);
        else this.#toEnd();
        return;
      case 'p':
      case '%':
        this.#to(Math.floor((this.#lines.all.length * (count ?? 0)) / 100));
        return;
      case 'n':
      case 'N':
        this.#next((key === 'n') === this.#isForward);
        return;
      case 'F':
        this.isFollowing = true;
        return;
      case '<Ctrl+C>':
        this.isFollowing = false;
        return;
      case '<Left>':
      case '<Right>':
        this.#options.isChopped = true;
        this.#shift = Math.max(0, this.#shift + (key === '<Right>' ? 40 : -40));
        return;
      case '=':
      case '<Ctrl+G>':
        this.#message =
          `${this.#name} lines ${this.top + 1}-${Math.min(this.#lines.all.length, this.top + this.#height)}/${this.#lines.all.length}`.trim();
        return;
      case 'h':
      case 'H':
        this.#message = 'q quit  space/b pages  j/k lines  g/G begin, end  /text search  n/N next  F follow  -S -N';
        return;
      case 'v':
      case '!':
      case '|':
      case 's':
      case '&':
        this.#message = `${key} is not simulated here`;
        return;
      default:
    }
  }

  #move(lines: number): void {
    this.#to(this.top + lines);
  }

  /** Not past the last screen. */
  #to(line: number): void {
    const last = this.#lines.isEnded ? Math.max(0, this.#lines.all.length - this.#height) : this.#lines.all.length - 1;
    this.#lines.want(line + this.#height);
    this.top = Math.max(0, Math.min(Math.max(last, this.top <= last ? 0 : this.top), line));
  }

  #toEnd(): void {
    this.#lines.want(Number.MAX_SAFE_INTEGER / 2);
    this.top = Math.max(0, this.#lines.all.length - this.#height);
  }

  #toggle(letter: string): void {
    if (letter === 'S') {
      this.#options.isChopped = !this.#options.isChopped;
      this.#shift = 0;
      this.#message = this.#options.isChopped ? 'Chop long lines' : 'Fold long lines';
    } else if (letter === 'N') {
      this.#options.hasNumbers = !this.#options.hasNumbers;
      this.#message = this.#options.hasNumbers ? 'Constantly display line numbers' : "Don't use line numbers";
    } else this.#message = `-${letter} is not simulated here`;
  }

  #colon(letter: string): void {
    if (letter === 'q') this.isDone = true;
    else this.#message = `:${letter} is not simulated here`;
  }

  *#search(sign: string): Generator<void, void, string> {
    let text = '';
    for (;;) {
      this.#prompt = sign + text;
      const key = yield;
      if (key === '<Enter>') break;
      if (key === '<Escape>' || key === '<Ctrl+C>' || (key === '<Backspace>' && text === '')) {
        this.#prompt = undefined;
        return;
      }
      if (key === '<Backspace>') text = text.slice(0, -1);
      else if (key === '<Ctrl+U>') text = '';
      else if (isCharacter(key)) text += key;
    }
    this.#prompt = undefined;
    this.#isForward = sign === '/';
    if (text !== '') {
      try {
        this.#pattern = new RegExp(text, this.#options.ignoresCase && text === text.toLowerCase() ? 'gi' : 'g');
      } catch {
        this.#message = 'Invalid pattern  (press RETURN)';
        return;
      }
    }
    this.#next(this.#isForward, text === '' ? 1 : 0);
  }

  /** @param step how far the first line is that is looked at */
  #next(isForward: boolean, step = 1): void {
    const pattern = this.#pattern;
    if (!pattern) {
      this.#message = 'No previous regular expression  (press RETURN)';
      return;
    }
    const { all } = this.#lines;
    const way = isForward ? 1 : -1;
    for (let line = this.top + way * step; line >= 0 && line < all.length; line += way) {
      if ((all[line] ?? '').search(pattern) < 0) continue;
      this.top = line;
      return;
    }
    this.#message = 'Pattern not found  (press RETURN)';
  }
}
