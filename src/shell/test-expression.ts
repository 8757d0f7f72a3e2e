import { type FileSystem, FsError, type Stats } from '#machine/file-system.ts';

/** What `test` cannot make sense of. */
export class TestError extends Error {
  override readonly name = 'TestError';
}

/** What an expression asks about beside texts and files. */
export interface TestWorld {
  readonly files: FileSystem;
  isTerminal(descriptor: number): boolean;
  isVariableSet(name: string): boolean;
  isOptionSet(name: string): boolean;
}

function isUnary(word: string): boolean {
  return /^-[a-hknoprstuvwxzGLNORS]$/.test(word);
}

const BINARY: ReadonlySet<string> = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

/** A question about one text: `-f path`, `-z text`. */
export function testUnary(operator: string, operand: string, world: TestWorld): boolean {
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-t':
      return world.isTerminal(integer(operand));
    case '-v':
      return world.isVariableSet(operand);
    case '-o':
      return world.isOptionSet(operand);
    case '-r':
    case '-w':
    case '-x':
      return succeeds(() => world.files.access(operand, operator.slice(1)));
    case '-h':
    case '-L':
      return statOf(() => world.files.lstat(operand))?.kind === 'symlink';
    default:
      return testStats(
        operator,
        statOf(() => world.files.stat(operand)),
        world,
      );
  }
}

function testStats(operator: string, stats: Stats | undefined, { files }: TestWorld): boolean {
  if (!stats) return false;
  switch (operator) {
    case '-a':
    case '-e':
      return true;
    case '-f':
      return stats.kind === 'file';
    case '-d':
      return stats.kind === 'directory';
    case '-s':
      return stats.size > 0;
    case '-S':
      return stats.kind === 'socket';
    case '-p':
      return stats.kind === 'fifo';
    case '-c':
      return stats.kind === 'character';
    case '-u':
      return (stats.mode & 0o4000) !== 0;
    case '-g':
      return (stats.mode & 0o2000) !== 0;
    case '-k':
      return (stats.mode & 0o1000) !== 0;
    case '-O':
      return stats.uid === files.credentials.uid;
    case '-G':
      return stats.gid === files.credentials.gid;
    case '-N':
      return stats.mtime > stats.ctime;
    default:
      return false;
  }
}

/** A question about two: texts, numbers, ages of files. @throws TestError */
export function testBinary(left: string, operator: string, right: string, { files }: TestWorld): boolean {
  const [one, other] = [statOf(() => files.stat(left)), statOf(() => files.stat(right))];
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
      return one !== undefined && (other === undefined || one.mtime > other.mtime);
    case '-ot':
      return other !== undefined && (one === undefined || one.mtime < other.mtime);
    case '-ef':
      return one !== undefined && one.inode === other?.inode && one.device === other.device;
    default:
      return compareNumbers(integer(left), operator, integer(right));
  }
}

export function compareNumbers(left: number | bigint, operator: string, right: number | bigint): boolean {
  switch (operator) {
    case '-eq':
      return left === right;
    case '-ne':
      return left !== right;
    case '-lt':
      return left < right;
    case '-le':
      return left <= right;
    case '-gt':
      return left > right;
    default:
      return left >= right;
  }
}

function integer(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  return Number(text);
}

/**
 * `test` with its words: with up to four their number decides what they mean (POSIX), beyond that precedence does.
 *
 * @throws TestError with bash's words
 */
export function testWords(words: readonly string[], world: TestWorld): boolean {
  const [first = '', second = '', third = '', fourth = ''] = words;
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return first !== '';
    case 2:
      if (first === '!') return second === '';
      if (isUnary(first)) return testUnary(first, second, world);
      throw new TestError(`${first}: unary operator expected`);
    case 3:
      if (BINARY.has(second)) return testBinary(first, second, third, world);
      if (second === '-a') return first !== '' && third !== '';
      if (second === '-o') return first !== '' || third !== '';
      if (first === '!') return !testWords(words.slice(1), world);
      if (first === '(' && third === ')') return second !== '';
      throw new TestError(`${second}: binary operator expected`);
    case 4:
      if (first === '!') return !testWords(words.slice(1), world);
      if (first === '(' && fourth === ')') return testWords(words.slice(1, -1), world);
  }
  const parser = new Parser(words, world);
  const value = parser.or();
  if (!parser.isAtEnd) throw new TestError('too many arguments');
  return value;
}

class Parser {
  readonly #words: readonly string[];
  readonly #world: TestWorld;
  #next = 0;

  constructor(words: readonly string[], world: TestWorld) {
    this.#words = words;
    this.#world = world;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#words.length;
  }

  #take(): string {
    const word = this.#words[this.#next];
    if (word === undefined) throw new TestError('argument expected');
    this.#next += 1;
    return word;
  }

  or(): boolean {
    let value = this.#and();
    while (this.#words[this.#next] === '-o') {
      this.#next += 1;
      value = this.#and() || value;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#term();
    while (this.#words[this.#next] === '-a') {
      this.#next += 1;
      value = this.#term() && value;
    }
    return value;
  }

  #term(): boolean {
    const word = this.#take();
    const following = this.#words[this.#next];
    if (following !== undefined && BINARY.has(following) && this.#next + 1 < this.#words.length) {
      this.#next += 1;
      return testBinary(word, following, this.#take(), this.#world);
    }
    if (word === '!') return !this.#term();
    if (word === '(') {
      const value = this.or();
      if (this.#take() !== ')') throw new TestError("`)' expected");
      return value;
    }
    if (isUnary(word) && !this.isAtEnd) return testUnary(word, this.#take(), this.#world);
    return word !== '';
  }
}

function statOf(read: () => Stats): Stats | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}
