/** What a shell reads, as it is executed. Lines count from 1. */

/** A part of a word. What is quoted is neither split nor a pattern. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | ParameterPart
  | { readonly kind: 'command'; readonly script: Script; readonly isQuoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly isQuoted: boolean }
  /** `<(…)` and `>(…)` */
  | { readonly kind: 'process'; readonly operator: '<' | '>'; readonly script: Script; readonly text: string };

export interface ParameterPart {
  readonly kind: 'parameter';
  readonly name: string;
  /** `${name[index]}` */
  readonly index?: Word;
  /** `${#name}`, `${!name}`, `${!name*}` */
  readonly form: 'value' | 'length' | 'indirect' | 'names';
  readonly operation?: ParameterOperation;
  readonly isQuoted: boolean;
  /** As it was written. */
  readonly text: string;
}

export type ParameterOperation =
  | { readonly kind: 'default'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'remove'; readonly operator: string; readonly pattern: Word }
  | { readonly kind: 'replace'; readonly operator: string; readonly pattern: Word; readonly replacement: Word }
  | { readonly kind: 'slice'; readonly offset: Word; readonly length?: Word }
  | { readonly kind: 'case'; readonly operator: string; readonly pattern?: Word }
  | { readonly kind: 'transform'; readonly operator: string }
  | { readonly kind: 'unknown' };

export interface Word {
  readonly parts: readonly WordPart[];
  /** As it was written. */
  readonly text: string;
  /** What it is with its braces expanded, where it has some. */
  readonly alternatives?: readonly Word[];
}

export interface Assignment {
  readonly name: string;
  readonly index?: Word;
  readonly isAppended: boolean;
  readonly value: Word | { readonly elements: readonly Word[] };
  /** All of it as one word, for commands that are given it as an argument. */
  readonly word: Word;
}

export type Argument =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'assignment'; readonly assignment: Assignment };

export type Redirection =
  | { readonly kind: 'file'; readonly operator: FileOperator; readonly descriptor?: number; readonly target: Word }
  /** A heredoc or a here string. */
  | { readonly kind: 'text'; readonly descriptor: number; readonly text: Word; readonly isLine: boolean };

export type FileOperator = '>' | '>>' | '<' | '<>' | '<&' | '>&' | '>|' | '&>' | '&>>';

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly arguments: readonly Argument[];
  readonly redirections: readonly Redirection[];
}

export type TestExpression =
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | {
      readonly kind: 'logical';
      readonly operator: '&&' | '||';
      readonly left: TestExpression;
      readonly right: TestExpression;
    }
  | { readonly kind: 'not'; readonly operand: TestExpression };

export type Command =
  | SimpleCommand
  | { readonly kind: 'pipeline'; readonly commands: readonly Command[]; readonly takesErrors: readonly boolean[] }
  | { readonly kind: 'not'; readonly command: Command }
  | { readonly kind: 'time'; readonly command?: Command; readonly isPosix: boolean }
  | { readonly kind: 'list'; readonly first: Command; readonly rest: readonly ListItem[] }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Block }
  | { readonly kind: 'while'; readonly isUntil: boolean; readonly condition: Block; readonly body: Block }
  | { readonly kind: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: Block }
  | {
      readonly kind: 'count';
      readonly start: Word;
      readonly condition: Word;
      readonly step: Word;
      readonly line: number;
      readonly body: Block;
    }
  | { readonly kind: 'case'; readonly word: Word; readonly items: readonly CaseItem[] }
  | { readonly kind: 'group'; readonly body: Block }
  | { readonly kind: 'subshell'; readonly body: Block }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command; readonly text: string }
  | { readonly kind: 'test'; readonly expression: TestExpression; readonly line: number }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly line: number }
  | { readonly kind: 'redirected'; readonly command: Command; readonly redirections: readonly Redirection[] }
  /** What is not simulated, by its name. */
  | { readonly kind: 'missing'; readonly what: string };

export interface ListItem {
  readonly operator: '&&' | '||';
  readonly command: Command;
}

export interface Branch {
  readonly condition: Block;
  readonly body: Block;
}

export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: Block;
  readonly terminator: ';;' | ';&' | ';;&';
}

export interface Statement {
  readonly command: Command;
  readonly isBackground: boolean;
  readonly line: number;
  /** As it was written. */
  readonly text: string;
}

export type Block = readonly Statement[];

/** Why a text is no script. */
export interface SyntaxProblem {
  readonly line: number;
  /** What the line says. */
  readonly text: string;
  /** A word that must not stand there; without it the text ended too early. */
  readonly unexpected?: string;
  /** The quote or bracket that was never closed. */
  readonly unclosed?: string;
  /** The word that would have closed what is open. */
  readonly expected?: string;
}

export interface Script {
  /** What stands before the problem, when there is one. */
  readonly statements: Block;
  readonly problem?: SyntaxProblem;
}
