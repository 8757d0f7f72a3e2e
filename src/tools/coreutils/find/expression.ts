import type { Routine } from '#kernel/coroutine.ts';
import { type FileKind, FsError } from '#machine/file-system.ts';
import { groupsOf, usersOf } from '#machine/users.ts';
import { readMode } from '../mode.ts';
import { start } from '../run-command.ts';
import type { Invocation } from '../tool.ts';
import {
  always,
  both,
  ExpressionError,
  either,
  matches,
  numberTest,
  type Predicate,
  sizeTest,
  test,
  type Visit,
} from './predicate.ts';

const KINDS: Readonly<Record<string, FileKind>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  s: 'socket',
  p: 'fifo',
  c: 'character',
};

/** The expression of a command line. */
export class Expression {
  readonly holds: Predicate;
  readonly maximum: number;
  readonly minimum: number;
  readonly isDepthFirst: boolean;
  /** What `-exec … +` collected runs at the end. */
  readonly atEnd: (() => Routine<boolean>)[] = [];
  readonly #invocation: Invocation;
  readonly #words: readonly string[];
  #next = 0;
  #acts = false;

  constructor(invocation: Invocation, words: readonly string[]) {
    this.#invocation = invocation;
    this.#words = words;
    const numberAfter = (option: string) => {
      const index = words.indexOf(option);
      return index < 0 ? undefined : Number(words[index + 1]);
    };
    this.maximum = numberAfter('-maxdepth') ?? Number.POSITIVE_INFINITY;
    this.minimum = numberAfter('-mindepth') ?? 0;
    this.isDepthFirst = words.includes('-depth') || words.includes('-delete');
    const predicate = words.length === 0 ? always : this.#or();
    if (this.#next < words.length) throw new ExpressionError(`unexpected ${words[this.#next]}`);
    const print = this.#print('\n');
    this.holds = this.#acts ? predicate : both(predicate, print);
  }

  #take(option: string): string {
    const word = this.#words[this.#next];
    if (word === undefined) throw new ExpressionError(`missing argument to \`${option}'`);
    this.#next += 1;
    return word;
  }

  #or(): Predicate {
    let left = this.#and();
    while (this.#words[this.#next] === '-o' || this.#words[this.#next] === '-or') {
      this.#next += 1;
      left = either(left, this.#and());
    }
    return left;
  }

  #and(): Predicate {
    let left = this.#not();
    for (;;) {
      const word = this.#words[this.#next];
      if (word === undefined || word === ')' || word === '-o' || word === '-or') return left;
      if (word === '-a' || word === '-and') this.#next += 1;
      left = both(left, this.#not());
    }
  }

  #not(): Predicate {
    const word = this.#take('expression');
    if (word === '!' || word === '-not') {
      const inner = this.#not();
      return function* (visit, walk) {
        return !(yield* inner(visit, walk));
      };
    }
    if (word !== '(') return this.#primary(word);
    const inner = this.#or();
    if (this.#words[this.#next] !== ')') throw new ExpressionError("invalid expression; expected to find a ')'");
    this.#next += 1;
    return inner;
  }

  #primary(word: string): Predicate {
    const { files, kernel } = this.#invocation.process;
    switch (word) {
      case '-maxdepth':
      case '-mindepth':
        this.#take(word);
        return always;
      case '-depth':
      case '-true':
        return always;
      case '-name':
      case '-iname': {
        const pattern = this.#take(word);
        return test(({ name }) => matches(pattern, name, word === '-iname'));
      }
      case '-path':
      case '-ipath':
      case '-wholename': {
        const pattern = this.#take(word);
        return test(({ path }) => matches(pattern, path, word === '-ipath'));
      }
      case '-type': {
        const letters = this.#take(word).split(',');
        const unknown = letters.find((letter) => KINDS[letter] === undefined);
        if (unknown !== undefined) throw new ExpressionError(`Unknown argument to -type: ${unknown}`);
        return test(({ stats }) => letters.some((letter) => KINDS[letter] === stats.kind));
      }
      case '-empty':
        return test(({ path, stats }) =>
          stats.kind === 'directory' ? files.readdir(path).length === 0 : stats.kind === 'file' && stats.size === 0,
        );
      case '-size':
        return test(sizeTest(this.#take(word)));
      case '-mtime':
      case '-mmin': {
        const unit = word === '-mtime' ? 86_400_000 : 60_000;
        const compare = numberTest(this.#take(word));
        return test(({ stats }) => compare(Math.floor((kernel.now - stats.mtime) / unit)));
      }
      case '-newer': {
        const { mtime } = files.stat(this.#take(word));
        return test(({ stats }) => stats.mtime > mtime);
      }
      case '-perm':
        return test(this.#permissions(this.#take(word)));
      case '-user': {
        const name = this.#take(word);
        const uid = usersOf(files).find((user) => user.name === name)?.uid ?? Number(name);
        return test(({ stats }) => stats.uid === uid);
      }
      case '-group': {
        const name = this.#take(word);
        const gid = groupsOf(files).find((group) => group.name === name)?.gid ?? Number(name);
        return test(({ stats }) => stats.gid === gid);
      }
      default:
        return this.#action(word);
    }
  }

  #action(word: string): Predicate {
    this.#acts = true;
    const { files } = this.#invocation.process;
    switch (word) {
      case '-print':
        return this.#print('\n');
      case '-print0':
        return this.#print('\0');
      case '-prune':
        this.#acts = this.#words.some((each) => /^-(?:print0?|exec|delete|quit)$/.test(each));
        return test(({ path }, walk) => {
          walk.prune(path);
          return true;
        });
      case '-quit':
        return test((_, walk) => {
          walk.quit();
          return true;
        });
      case '-delete':
        return test(({ path, stats }) => {
          if (path === '.') return true;
          if (stats.kind === 'directory') files.rmdir(path);
          else files.unlink(path);
          return true;
        });
      case '-exec':
        return this.#exec();
      default:
        throw new ExpressionError(`unknown predicate \`${word}'`);
    }
  }

  #print(end: string): Predicate {
    const { out } = this.#invocation;
    return test(({ path }) => {
      out(`${path}${end}`);
      return true;
    });
  }

  #exec(): Predicate {
    const { process, complain } = this.#invocation;
    const end = this.#words.findIndex(
      (word, index) => index >= this.#next && (word === ';' || (word === '+' && this.#words[index - 1] === '{}')),
    );
    if (end < 0) throw new ExpressionError("missing argument to `-exec'");
    const command = this.#words.slice(this.#next, end);
    const isCollecting = this.#words[end] === '+';
    this.#next = end + 1;
    const run = function* (argv: readonly string[]): Routine<boolean> {
      try {
        return (yield* start(process, argv).wait()) === 0;
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        complain(`'${argv[0]}': ${error.message}`);
        return false;
      }
    };
    if (!isCollecting) return ({ path }) => run(command.map((word) => word.replaceAll('{}', path)));
    const collected: string[] = [];
    this.atEnd.push(function* () {
      return collected.length === 0 || (yield* run([...command.slice(0, -1), ...collected]));
    });
    return test(({ path }) => {
      collected.push(path);
      return true;
    });
  }

  /** `644`, `-u+w`, `/222` */
  #permissions(text: string): (visit: Visit) => boolean {
    const kind = /^[-/]/.test(text) ? text.slice(0, 1) : '';
    const read = readMode(text.slice(kind.length), 0);
    if (!read) throw new ExpressionError(`invalid mode '${text}'`);
    return ({ stats }) => {
      const wanted = read({ ...stats, kind: 'file', mode: 0 });
      if (kind === '-') return (stats.mode & wanted) === wanted;
      if (kind === '/') return wanted === 0 || (stats.mode & wanted) !== 0;
      return stats.mode === wanted;
    };
  }
}
