import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { readAll } from '../input.ts';
import { fullTime } from '../ls.ts';
import type { Invocation, Tool } from '../tool.ts';
import { refuseUsage } from '../words.ts';
import { type Edit, editsBetween } from './edits.ts';

const TROUBLE = 2;
const CONTEXT = 3;

/** diff: which lines differ, as ed commands or unified. */
export const diff: Tool = {
  options: {
    flags: 'uqNrsiwbB',
    values: 'U',
    long: {
      unified: 'u',
      'unified=': 'U',
      brief: 'q',
      'new-file': 'N',
      recursive: 'r',
      'report-identical-files': 's',
      'color=': 'color',
    },
  },
  *run(invocation) {
    const { operands, has, complain, value } = invocation;
    const missing = [...'iwbB', 'color'].find((letter) => has(letter) && value(letter) !== 'never');
    if (missing !== undefined) {
      complain(`${missing.length > 1 ? '--' : '-'}${missing} is not simulated here`);
      return TROUBLE;
    }
    const [left, right, extra] = operands;
    if (left === undefined || right === undefined)
      return refuseUsage(invocation, `missing operand after '${left ?? 'diff'}'`) && TROUBLE;
    if (extra !== undefined) return refuseUsage(invocation, `extra operand '${extra}'`) && TROUBLE;
    try {
      return yield* comparePaths(invocation, left, right, '');
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`${error.path}: ${error.message}`);
      return TROUBLE;
    }
  },
};

function isDirectory({ process }: Invocation, path: string): boolean {
  return path !== '-' && process.files.exists(path) && process.files.stat(path).kind === 'directory';
}

/** @param prefix the command line, before what is found inside of directories */
function* comparePaths(invocation: Invocation, left: string, right: string, prefix: string): Routine<number> {
  const [isLeft, isRight] = [isDirectory(invocation, left), isDirectory(invocation, right)];
  if (isLeft && isRight) return yield* compareDirectories(invocation, left, right);
  if (isLeft) return yield* comparePaths(invocation, `${left}/${right.split('/').at(-1)}`, right, prefix);
  if (isRight) return yield* comparePaths(invocation, left, `${right}/${left.split('/').at(-1)}`, prefix);
  return yield* compareFiles(invocation, left, right, prefix);
}

function* compareDirectories(invocation: Invocation, left: string, right: string): Routine<number> {
  const { process, has, out } = invocation;
  const { files } = process;
  const names = [...new Set([...files.readdir(left), ...files.readdir(right)])].sort();
  const options = invocation.given.map(([option, text]) => `-${option}${text ?? ''}`).join(' ');
  let status = 0;
  for (const name of names) {
    const [one, other] = [`${left}/${name}`, `${right}/${name}`];
    const isBoth = files.exists(one) && files.exists(other);
    if (!isBoth && !has('N')) {
      out(`Only in ${files.exists(one) ? left : right}: ${name}\n`);
      status = 1;
    } else if (isDirectory(invocation, one) || isDirectory(invocation, other)) {
      if (has('r')) status = Math.max(status, yield* comparePaths(invocation, one, other, ''));
      else out(`Common subdirectories: ${one} and ${other}\n`);
    } else {
      const prefix = `diff ${options === '' ? '' : `${options} `}${one} ${other}\n`;
      status = Math.max(status, yield* compareFiles(invocation, one, other, prefix));
    }
  }
  return status;
}

/** @throws FsError */
function* textOf({ process, has }: Invocation, path: string): Routine<string> {
  if (path === '-') return yield* readAll(process.streams);
  return has('N') && !process.files.exists(path) ? '' : process.files.readText(path);
}

function* compareFiles(invocation: Invocation, left: string, right: string, prefix: string): Routine<number> {
  const { has, value, out } = invocation;
  const texts = [yield* textOf(invocation, left), yield* textOf(invocation, right)] as const;
  if (texts[0] === texts[1]) {
    if (has('s')) out(`Files ${left} and ${right} are identical\n`);
    return 0;
  }
  if (has('q')) {
    out(`Files ${left} and ${right} differ\n`);
    return 1;
  }
  const [one, other] = texts.map((text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
  if (!one || !other) return TROUBLE;
  const edits = editsBetween(one, other);
  out(prefix);
  if (has('u') || has('U')) {
    out(`--- ${left}\t${timeOf(invocation, left)}\n+++ ${right}\t${timeOf(invocation, right)}\n`);
    out(unified(one, other, edits, Number(value('U') ?? CONTEXT)));
  } else out(edits.map((edit) => commands(one, other, edit)).join(''));
  return 1;
}

function timeOf({ process }: Invocation, path: string): string {
  if (path === '-') return fullTime(process.kernel.now);
  return process.files.exists(path) ? fullTime(process.files.stat(path).mtime) : '1970-01-01 00:00:00.000000000 +0000';
}

function marked(mark: string, lines: readonly string[]): string {
  return lines
    .map((line) => (line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`))
    .join('');
}

/** `2,3c4`, `5a6,7`, `8d9` */
function commands(left: readonly string[], right: readonly string[], { from, to }: Edit): string {
  const range = ([start, end]: Edit['from']) => (end - start <= 1 ? String(end) : `${start + 1},${end}`);
  const [removed, added] = [left.slice(...from), right.slice(...to)];
  if (removed.length === 0) return `${from[0]}a${range(to)}\n${marked('> ', added)}`;
  if (added.length === 0) return `${range(from)}d${to[0]}\n${marked('< ', removed)}`;
  return `${range(from)}c${range(to)}\n${marked('< ', removed)}---\n${marked('> ', added)}`;
}

function unified(left: readonly string[], right: readonly string[], edits: readonly Edit[], context: number): string {
  const hunks: Edit[][] = [];
  for (const edit of edits) {
    const last = hunks.at(-1)?.at(-1);
    if (last && edit.from[0] - last.from[1] <= 2 * context) hunks.at(-1)?.push(edit);
    else hunks.push([edit]);
  }
  return hunks.map((hunk) => hunkText(left, right, hunk, context)).join('');
}

function hunkText(left: readonly string[], right: readonly string[], hunk: readonly Edit[], context: number): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (!first || !last) return '';
  const before = Math.min(context, first.from[0]);
  const after = Math.min(context, left.length - last.from[1]);
  const range = (start: number, end: number) =>
    end - start === 1 ? String(start + 1) : `${end === start ? start : start + 1},${end - start}`;
  let text = `@@ -${range(first.from[0] - before, last.from[1] + after)} +${range(first.to[0] - before, last.to[1] + after)} @@\n`;
  let place = first.from[0] - before;
  for (const { from, to } of hunk) {
    text += marked(' ', left.slice(place, from[0]));
    text += marked('-', left.slice(...from)) + marked('+', right.slice(...to));
    [, place] = from;
  }
  return text + marked(' ', left.slice(place, place + after));
}
