import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { Invocation, Tool } from '../tool.ts';
import { Expression } from './expression.ts';
import { ExpressionError, type WalkControl } from './predicate.ts';

export const find: Tool = {
  options: { operand: /^-/ },
  *run(invocation) {
    const { operands, complain, dialect } = invocation;
    const first = operands.findIndex((word) => /^[-(!]/.test(word));
    const paths = first < 0 ? operands : operands.slice(0, first);
    try {
      const expression = new Expression(invocation, first < 0 ? [] : operands.slice(first));
      return yield* new Walk(invocation, expression).run(paths.length === 0 ? ['.'] : paths);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      complain(
        dialect === 'busybox'
          ? error.message.replace('unknown predicate `', 'unrecognized: ').replace(/'$/, '')
          : error.message,
      );
      return 1;
    }
  },
};

class Walk implements WalkControl {
  readonly #invocation: Invocation;
  readonly #expression: Expression;
  #pruned: string | undefined;
  #isOver = false;
  #status = 0;

  constructor(invocation: Invocation, expression: Expression) {
    this.#invocation = invocation;
    this.#expression = expression;
  }

  prune(path: string): void {
    this.#pruned = path;
  }

  quit(): void {
    this.#isOver = true;
  }

  *run(paths: readonly string[]): Routine<number> {
    for (const path of paths) {
      const name =
        path
          .replace(/(?<=.)\/+$/, '')
          .split('/')
          .at(-1) ?? '';
      yield* this.#visit(path, name === '' ? '/' : name, 0);
    }
    for (const action of this.#expression.atEnd) if (!(yield* action())) this.#status = 1;
    return this.#status;
  }

  *#visit(path: string, name: string, depth: number): Routine<void> {
    const { process, complain, dialect } = this.#invocation;
    const { files, streams } = process;
    const { maximum, minimum, isDepthFirst, holds } = this.#expression;
    if (this.#isOver) return;
    try {
      const visit = { path, name, depth, stats: files.lstat(path) };
      const evaluate = depth >= minimum;
      if (evaluate && !isDepthFirst) yield* holds(visit, this);
      yield* streams.drain();
      const isPruned = this.#pruned === path;
      if (visit.stats.kind === 'directory' && depth < maximum && !isPruned) {
        const prefix = path.endsWith('/') ? path : `${path}/`;
        for (const entry of files.readdir(path)) yield* this.#visit(`${prefix}${entry}`, entry, depth + 1);
      }
      if (evaluate && isDepthFirst && !this.#isOver) yield* holds(visit, this);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(dialect === 'gnu' ? `'${path}': ${error.message}` : `${path}: ${error.message}`);
      this.#status = 1;
    }
  }
}
