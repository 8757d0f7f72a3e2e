import type { SyntaxProblem } from '#grammar/syntax.ts';

/** Ways of a script out of where it is: thrown by the one who says so, caught by the one concerned. */

/** `break` and `continue`, through so many loops. */
export class LoopExit extends Error {
  override readonly name = 'LoopExit';
  readonly isContinue: boolean;
  readonly levels: number;

  constructor(isContinue: boolean, levels: number) {
    super('not in a loop');
    this.isContinue = isContinue;
    this.levels = levels;
  }
}

/** `return`, from a function or a sourced file. */
export class Return extends Error {
  override readonly name = 'Return';
  readonly status: number;

  constructor(status: number) {
    super('not in a function');
    this.status = status;
  }
}

/** The shell ends. */
export class ShellExit extends Error {
  override readonly name = 'ShellExit';
  readonly status: number;

  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

/** Ctrl+C: what was typed is given up. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What other shells have a sentence of their own for; `unset` ends a shell that nobody types into. */
export type ExpansionProblem = 'unset' | 'arithmetic' | 'division' | 'substitution' | 'other';

/** What is wrong with a command while its words are expanded; it is not executed. The message is a sentence of bash. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
  readonly kind: ExpansionProblem;

  constructor(message: string, kind: ExpansionProblem = 'other') {
    super(message);
    this.kind = kind;
  }
}

/** The text of a script was no script; what stands before the mistake was executed. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly problem: SyntaxProblem;

  constructor(problem: SyntaxProblem) {
    super('syntax error');
    this.problem = problem;
  }
}
