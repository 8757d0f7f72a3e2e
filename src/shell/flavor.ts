import type { ExpansionProblem } from './control.ts';

/** Which shell this is: bash, busybox' ash (`sh` of busybox), or dash (`sh` of Debian). They differ in their words, and in what they know. */
export type Flavor = 'bash' | 'ash' | 'dash';

/** Where a sentence comes from. */
export interface Place {
  /** `$0`, or the file that is sourced. */
  readonly name: string;
  readonly line: number;
  readonly isInteractive: boolean;
  /** A script, not a command line. */
  readonly isScript: boolean;
  readonly builtin?: string | undefined;
}

/** What each shell says of what goes wrong. */
export interface Sentences {
  /** The beginning of a line on standard error. */
  prefix(place: Place): string;
  notFound(command: string): string;
  noSuchFile(command: string): string;
  isDirectory(command: string): string;
  cannotOpen(path: string, why: string): string;
  cannotCreate(path: string, why: string): string;
  readonly unset: string;
  readonly isNull: string;
  readonlyVariable(name: string): string;
  /** What is wrong with a word; `message` is bash's. */
  expansion(kind: ExpansionProblem, message: string): string;
}

const BASH: Sentences = {
  prefix: ({ name, line, isInteractive, builtin }) =>
    `${name}: ${isInteractive ? '' : `line ${line}: `}${builtin === undefined ? '' : `${builtin}: `}`,
  notFound: (command) => `${command}: command not found`,
  noSuchFile: (command) => `${command}: No such file or directory`,
  isDirectory: (command) => `${command}: Is a directory`,
  cannotOpen: (path, why) => `${path}: ${why}`,
  cannotCreate: (path, why) => `${path}: ${why}`,
  unset: 'unbound variable',
  isNull: 'parameter null or not set',
  readonlyVariable: (name) => `${name}: readonly variable`,
  expansion: (_, message) => message,
};

const ASH: Sentences = {
  // The line of a command line's is none: busybox says 0.
  prefix: ({ name, line, isInteractive, isScript, builtin }) => {
    const where = isInteractive || (builtin === undefined && !isScript) ? '' : `line ${isScript ? line : 0}: `;
    return `${name}: ${builtin === undefined ? '' : `${builtin}: `}${where}`;
  },
  notFound: (command) => `${command}: not found`,
  noSuchFile: (command) => `${command}: not found`,
  isDirectory: (command) => `${command}: Permission denied`,
  cannotOpen: (path, why) => `can't open ${path}: ${why === 'No such file or directory' ? 'no such file' : why}`,
  cannotCreate: (path, why) =>
    `can't create ${path}: ${why === 'No such file or directory' ? 'nonexistent directory' : why}`,
  unset: 'parameter not set',
  isNull: 'parameter not set or null',
  readonlyVariable: (name) => `${name}: is read only`,
  expansion: (kind, message) => {
    if (kind === 'division') return 'divide by zero';
    if (kind === 'arithmetic') return 'arithmetic syntax error';
    return kind === 'substitution' ? 'syntax error: bad substitution' : message;
  },
};

const DASH: Sentences = {
  ...ASH,
  expansion: (kind, message) => {
    const [expression = ''] = message.split(': ');
    if (kind === 'division') return `arithmetic expression: division by zero: "${expression}"`;
    if (kind === 'arithmetic') return `arithmetic expression: expecting primary: "${expression}"`;
    return kind === 'substitution' ? 'Bad substitution' : message;
  },
  prefix: ({ name, line, builtin }) => `${name}: ${line}: ${builtin === undefined ? '' : `${builtin}: `}`,
  cannotOpen: (path, why) => `cannot open ${path}: ${why === 'No such file or directory' ? 'No such file' : why}`,
  cannotCreate: (path, why) =>
    `cannot create ${path}: ${why === 'No such file or directory' ? 'Directory nonexistent' : why}`,
};

export const SENTENCES: Readonly<Record<Flavor, Sentences>> = { bash: BASH, ash: ASH, dash: DASH };
