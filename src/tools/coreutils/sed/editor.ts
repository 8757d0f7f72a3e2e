import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { Lines, openInput } from '../input.ts';
import type { Invocation } from '../tool.ts';
import { complainAs } from '../words.ts';
import { replaced } from './replacement.ts';
import type { Address, Command, Substitution } from './script.ts';

/** What a command leads to: another one, the next line, the next without showing this one, the rest of this one again, or the end. */
type Step = number | 'next' | 'drop' | 'again' | 'quit';

/** Carries out a script on each line. */
export class Editor {
  readonly #invocation: Invocation;
  readonly #commands: readonly Command[];
  readonly #out: (text: string) => void;
  readonly #labels: ReadonlyMap<string, number>;
  /** The lines at which ranges end that are open. */
  readonly #open = new Map<Command, number | 'match'>();
  #lines: Lines | undefined;
  #ahead: string | undefined;
  #paths: readonly string[] = [];
  #pattern = '';
  #hold = '';
  #number = 0;
  #hasNewline = true;
  #hasSubstituted = false;
  #appended: string[] = [];
  #expression: RegExp | undefined;
  #status = 0;
  /** Whether `q` shows the line. */
  #prints = true;

  constructor(invocation: Invocation, commands: readonly Command[], out: (text: string) => void) {
    this.#invocation = invocation;
    this.#commands = commands;
    this.#out = out;
    this.#labels = new Map(commands.flatMap(({ name, text = '' }, index) => (name === ':' ? [[text, index]] : [])));
  }

  *run(paths: readonly string[]): Routine<number> {
    this.#paths = paths;
    this.#ahead = yield* this.#read();
    let isAgain = false;
    while (isAgain || (yield* this.#nextLine())) {
      const step = yield* this.#cycle();
      isAgain = step === 'again';
      if (step === 'next' || (step === 'quit' && this.#prints)) this.#autoPrint();
      this.#flush();
      yield* this.#invocation.process.streams.drain();
      if (step === 'quit') break;
    }
    return this.#status;
  }

  /** The next line of all files; one ahead is known, for `$`. */
  *#read(): Routine<string | undefined> {
    for (;;) {
      const line = this.#lines && (yield* this.#lines.next());
      if (line !== undefined) return line;
      const [path, ...rest] = this.#paths;
      if (path === undefined) return undefined;
      this.#paths = rest;
      try {
        this.#lines = new Lines(openInput(this.#invocation.process, path));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        const gnu =
          error.code === 'EISDIR'
            ? `couldn't edit ${path}: not a regular file`
            : `can't read ${path}: ${error.message}`;
        complainAs(this.#invocation, gnu, `${path}: ${error.message}`);
        this.#status = this.#invocation.dialect === 'gnu' ? 2 : 1;
        this.#lines = undefined;
      }
    }
  }

  *#nextLine(): Routine<boolean> {
    if (this.#ahead === undefined) return false;
    this.#hasNewline = this.#ahead.endsWith('\n');
    this.#pattern = this.#ahead.replace(/\n$/, '');
    this.#number += 1;
    this.#ahead = yield* this.#read();
    return true;
  }

  #write(text: string): void {
    this.#out(`${text}${this.#hasNewline || this.#ahead !== undefined ? '\n' : ''}`);
  }

  #autoPrint(): void {
    if (!this.#invocation.has('n')) this.#write(this.#pattern);
  }

  #flush(): void {
    for (const text of this.#appended) this.#out(text);
    this.#appended = [];
  }

  *#cycle(): Routine<Step> {
    this.#hasSubstituted = false;
    this.#prints = true;
    for (let index = 0; index < this.#commands.length; ) {
      const command = this.#commands[index];
      if (!command) break;
      if (!this.#isSelected(command)) {
        index = command.end ?? index + 1;
        continue;
      }
      const step = yield* this.#execute(command, index);
      if (typeof step !== 'number') return step;
      index = step;
    }
    return 'next';
  }

  #isSelected(command: Command): boolean {
    const { from, to, isNegated } = command;
    if (!from) return !isNegated;
    const isIn = to ? this.#isInRange(command, from, to) : this.#matches(from);
    return isIn !== isNegated;
  }

  #isInRange(command: Command, from: Address, to: Address): boolean {
    const end = this.#open.get(command);
    if (end === undefined) {
      if (!this.#matches(from)) return false;
      const last = to.kind === 'line' ? to.number : to.kind === 'count' ? this.#number + to.count : 'match';
      if (last === 'match' || last > this.#number) this.#open.set(command, last);
      return true;
    }
    const isOver = end === 'match' ? this.#matches(to) : this.#number >= end;
    if (isOver) this.#open.delete(command);
    return end === 'match' || this.#number <= end;
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.#number === address.number;
      case 'last':
        return this.#ahead === undefined;
      case 'step':
        return address.step === 0
          ? this.#number === address.first
          : this.#number >= address.first && (this.#number - address.first) % address.step === 0;
      case 'match': {
        const expression = address.expression ?? this.#expression;
        if (!expression) return false;
        this.#expression = expression;
        expression.lastIndex = 0;
        return expression.test(this.#pattern);
      }
      case 'count':
        return false;
    }
  }

  *#execute(command: Command, index: number): Routine<Step> {
    const { name, text = '' } = command;
    const { process } = this.#invocation;
    const next = index + 1;
    switch (name) {
      case 'p':
        this.#write(this.#pattern);
        return next;
      case 'P':
        this.#write(this.#pattern.split('\n')[0] ?? '');
        return next;
      case '=':
        this.#out(`${this.#number}\n`);
        return next;
      case 'd':
        return 'drop';
      case 'D': {
        const newline = this.#pattern.indexOf('\n');
        if (newline < 0) return 'drop';
        this.#pattern = this.#pattern.slice(newline + 1);
        return 'again';
      }
      case 'g':
        this.#pattern = this.#hold;
        return next;
      case 'G':
        this.#pattern += `\n${this.#hold}`;
        return next;
      case 'h':
        this.#hold = this.#pattern;
        return next;
      case 'H':
        this.#hold += `\n${this.#pattern}`;
        return next;
      case 'x':
        [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
        return next;
      case 'n':
        if (this.#ahead === undefined) return 'quit';
        this.#autoPrint();
        this.#flush();
        yield* this.#nextLine();
        return next;
      case 'N': {
        if (this.#ahead === undefined) return 'quit';
        const before = this.#pattern;
        this.#flush();
        yield* this.#nextLine();
        this.#pattern = `${before}\n${this.#pattern}`;
        return next;
      }
      case 'q':
      case 'Q':
        this.#status = Number(text);
        this.#prints = name === 'q';
        return 'quit';
      case 'a':
        this.#appended.push(`${text}\n`);
        return next;
      case 'i':
        this.#out(`${text}\n`);
        return next;
      case 'c':
        if (!command.to || command.isNegated || !this.#open.has(command)) this.#out(`${text}\n`);
        return 'drop';
      case 'r':
        if (process.files.exists(text)) this.#appended.push(process.files.readText(text));
        return next;
      case 'w':
        process.files.writeText(text, `${this.#pattern}\n`, { append: true });
        return next;
      case 's':
        if (command.substitution) this.#substitute(command.substitution);
        return next;
      case 'y':
        this.#pattern = [...this.#pattern].map((character) => command.map?.get(character) ?? character).join('');
        return next;
      case 'b':
        return this.#target(text);
      case 't':
      case 'T': {
        const jumps = this.#hasSubstituted === (name === 't');
        this.#hasSubstituted = false;
        return jumps ? this.#target(text) : next;
      }
      default:
        return next;
    }
  }

  #target(label: string): number {
    return label === '' ? this.#commands.length : (this.#labels.get(label) ?? this.#commands.length);
  }

  #substitute({ expression = this.#expression, replacement, isGlobal, prints, occurrence }: Substitution): void {
    if (!expression) return;
    this.#expression = expression;
    expression.lastIndex = 0;
    let count = 0;
    let isChanged = false;
    const changed = this.#pattern.replace(expression, (...match: unknown[]) => {
      count += 1;
      if (count < occurrence || (!isGlobal && count > occurrence)) return String(match[0]);
      isChanged = true;
      return replaced(replacement, match);
    });
    if (!isChanged) return;
    this.#pattern = changed;
    this.#hasSubstituted = true;
    if (prints) this.#write(this.#pattern);
  }
}
