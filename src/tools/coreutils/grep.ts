import type { Routine } from '#kernel/coroutine.ts';
import { escapeRegularExpression } from '#machine/c-library/pattern.ts';
import { RegularExpressionError, regularExpression } from '#machine/c-library/regular-expression.ts';
import { FsError } from '#machine/file-system.ts';
import { Lines, openInput } from './input.ts';
import type { Invocation, Tool } from './tool.ts';

const FLAGS = 'EFGivcnoqrRwxlLhHsaz';
/** Its status when something was wrong. */
const TROUBLE = 2;

export const grep: Tool = {
  options: {
    flags: FLAGS,
    values: 'efmABC',
    long: {
      'extended-regexp': 'E',
      'fixed-strings': 'F',
      'basic-regexp': 'G',
      'ignore-case': 'i',
      'invert-match': 'v',
      count: 'c',
      'line-number': 'n',
      'only-matching': 'o',
      quiet: 'q',
      silent: 'q',
      recursive: 'r',
      'word-regexp': 'w',
      'line-regexp': 'x',
      'files-with-matches': 'l',
      'files-without-match': 'L',
      'no-filename': 'h',
      'with-filename': 'H',
      'no-messages': 's',
      text: 'a',
      'regexp=': 'e',
      'file=': 'f',
      'max-count=': 'm',
      'after-context=': 'A',
      'before-context=': 'B',
      'context=': 'C',
      color: 'color',
      'color=': 'color',
      'line-buffered': 'line-buffered',
      'include=': 'include',
      'exclude=': 'exclude',
    },
    number: 'C',
  },
  *run(invocation) {
    const { has, complain } = invocation;
    const missing = ['z', 'include', 'exclude'].find((option) => has(option));
    if (missing !== undefined) {
      complain(`${missing.length > 1 ? '--' : '-'}${missing} is not simulated here`);
      return TROUBLE;
    }
    const search = prepare(invocation);
    return typeof search === 'number' ? search : yield* search.run();
  },
};

/** egrep and fgrep are grep with -E and -F. */
export function grepAs(letter: 'E' | 'F'): Tool {
  return {
    options: grep.options,
    *run(invocation) {
      return yield* grep.run({
        ...invocation,
        given: [[letter, undefined], ...invocation.given],
        has: (option) => option === letter || invocation.has(option),
      });
    },
  };
}

function prepare(invocation: Invocation): Search | number {
  const { given, operands, process, complain, name } = invocation;
  const texts = given.flatMap(([option, value]) => {
    if (option === 'e') return value ?? '';
    return option === 'f'
      ? process.files
          .readText(value ?? '')
          .replace(/\n$/, '')
          .split('\n')
      : [];
  });
  const hasPatterns = given.some(([option]) => option === 'e' || option === 'f');
  const [pattern, ...paths] = hasPatterns ? [texts.join('\n'), ...operands] : operands;
  if (pattern === undefined) {
    process.streams.error(
      `Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`,
    );
    return TROUBLE;
  }
  try {
    return new Search(invocation, matcher(invocation, pattern.split('\n')), paths);
  } catch (error) {
    if (!(error instanceof RegularExpressionError)) throw error;
    complain(error.message);
    return TROUBLE;
  }
}

/** @throws RegularExpressionError */
function matcher({ has }: Invocation, patterns: readonly string[]): RegExp {
  const isExtended = has('E') && !has('F');
  const ignoresCase = has('i');
  const sources = patterns.map((pattern) =>
    has('F') ? escapeRegularExpression(pattern) : regularExpression(pattern, { isExtended, ignoresCase }).source,
  );
  const any = sources.length === 1 ? (sources[0] ?? '') : sources.map((source) => `(?:${source})`).join('|');
  const whole = has('x') ? `^(?:${any})$` : has('w') ? `(?<!\\w)(?:${any})(?!\\w)` : any;
  return new RegExp(whole, `gsu${ignoresCase ? 'i' : ''}`);
}

class Search {
  readonly #invocation: Invocation;
  readonly #expression: RegExp;
  readonly #paths: readonly string[];
  readonly #before: number;
  readonly #after: number;
  #hasMatch = false;
  #hasTrouble = false;
  /** Something was shown: the next group of lines is set off from it. */
  #hasShown = false;

  constructor(invocation: Invocation, expression: RegExp, paths: readonly string[]) {
    const { value } = invocation;
    this.#invocation = invocation;
    this.#expression = expression;
    this.#paths = paths;
    this.#before = Number(value('B') ?? value('C') ?? 0);
    this.#after = Number(value('A') ?? value('C') ?? 0);
  }

  get #isColored(): boolean {
    const { has, value, process } = this.#invocation;
    const when = has('color') ? (value('color') ?? 'auto') : 'never';
    return when === 'always' || (when === 'auto' && process.streams.terminal.out !== undefined);
  }

  get #isRecursive(): boolean {
    return this.#invocation.has('r') || this.#invocation.has('R');
  }

  *run(): Routine<number> {
    const { has } = this.#invocation;
    const paths = this.#paths.length > 0 ? this.#paths : this.#isRecursive ? ['.'] : ['-'];
    for (const path of paths) {
      yield* this.#searchPath(path, this.#paths.length === 0 && this.#isRecursive);
      if (this.#hasMatch && has('q')) return 0;
    }
    return this.#hasTrouble ? TROUBLE : this.#hasMatch ? 0 : 1;
  }

  /** @param isImplied the working directory, whose name is not shown */
  *#searchPath(path: string, isImplied: boolean): Routine<void> {
    const { process, has, complain, dialect } = this.#invocation;
    const { files } = process;
    try {
      if (path !== '-' && files.stat(path).kind === 'directory') {
        if (!this.#isRecursive) throw new FsError('EISDIR', path);
        const prefix = isImplied ? '' : path.replace(/(?<=.)\/$/, '/').replace(/[^/]$/, '$&/');
        for (const name of files.readdir(path)) {
          if (files.lstat(`${prefix}${name}`).kind === 'symlink' && !has('R')) continue;
          yield* this.#searchPath(`${prefix}${name}`, false);
        }
        return;
      }
      yield* this.#searchFile(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      // busybox reads nothing from a directory, and says nothing.
      if (error.code === 'EISDIR' && dialect === 'busybox') return;
      if (!has('s')) complain(`${path}: ${error.message}`);
      this.#hasTrouble = true;
    }
  }

  *#searchFile(path: string): Routine<void> {
    const { process, has, value, out } = this.#invocation;
    const lines = new Lines(openInput(process, path));
    const limit = Number(value('m') ?? Number.POSITIVE_INFINITY);
    const label = this.#label(path);
    const isListing = has('l') || has('L');
    const showsLines = !has('c') && !isListing && !has('q');
    let [count, number, lastShown, toShow] = [0, 0, 0, 0];
    let kept: string[] = [];
    for (let line = yield* lines.next(); line !== undefined && count < limit; line = yield* lines.next()) {
      number += 1;
      const text = line.replace(/\n$/, '');
      this.#expression.lastIndex = 0;
      if (this.#expression.test(text) !== has('v')) {
        count += 1;
        this.#hasMatch = true;
        if (has('q') || isListing) break;
        if (showsLines) {
          const first = number - kept.length;
          if (this.#before + this.#after > 0 && this.#hasShown && first > lastShown + 1) out('--\n');
          for (const [index, earlier] of kept.entries()) this.#show(label, first + index, earlier, '-');
          this.#showMatch(label, number, text);
          this.#hasShown = true;
          lastShown = number;
          toShow = this.#after;
          kept = [];
        }
      } else if (showsLines && toShow > 0) {
        this.#show(label, number, text, '-');
        lastShown = number;
        toShow -= 1;
      } else if (this.#before > 0) kept = [...kept, text].slice(-this.#before);
      yield* process.streams.drain();
    }
    if (has('l') ? count > 0 : has('L') && count === 0) out(`${path === '-' ? '(standard input)' : path}\n`);
    else if (has('c') && !isListing && !has('q')) out(`${label === undefined ? '' : `${label}:`}${count}\n`);
  }

  #label(path: string): string | undefined {
    const { has } = this.#invocation;
    if (has('h') || (!has('H') && !this.#isRecursive && this.#paths.length < 2)) return undefined;
    return path === '-' ? '(standard input)' : path;
  }

  #show(label: string | undefined, number: number, text: string, mark: string): void {
    const { has, out } = this.#invocation;
    if (mark === '-' && has('o')) return;
    const paint = (color: string, part: string) => (this.#isColored ? `\x1b[${color}m\x1b[K${part}\x1b[m\x1b[K` : part);
    const separator = paint('36', mark);
    const start = label === undefined ? '' : `${paint('35', label)}${separator}`;
    const isMatch = mark === ':' && !has('v');
    const shown =
      isMatch && this.#isColored ? text.replace(this.#expression, (part) => part && paint('01;31', part)) : text;
    out(`${start}${has('n') ? `${paint('32', String(number))}${separator}` : ''}${shown}\n`);
  }

  #showMatch(label: string | undefined, number: number, text: string): void {
    const { has } = this.#invocation;
    this.#expression.lastIndex = 0;
    if (!has('o')) this.#show(label, number, text, ':');
    else if (!has('v'))
      for (const [match] of text.matchAll(this.#expression)) if (match !== '') this.#show(label, number, match, ':');
  }
}
