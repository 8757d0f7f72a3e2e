import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ChildProcess } from '#machine/program.ts';
import { Lines, readAll } from './input.ts';
import { start, statusOfFailure } from './run-command.ts';
import type { Invocation, Tool } from './tool.ts';

export const xargs: Tool = {
  options: {
    flags: '0rtpx',
    values: 'nLIdPsE',
    long: {
      null: '0',
      'no-run-if-empty': 'r',
      verbose: 't',
      'max-args=': 'n',
      'max-lines=': 'L',
      'replace=': 'I',
      'delimiter=': 'd',
      'max-procs=': 'P',
    },
    stopsAtOperand: true,
  },
  *run(invocation) {
    const { has, value, operands, process, complain } = invocation;
    const missing = ['p', 'x', 's', 'E'].find((letter) => has(letter));
    if (missing !== undefined) {
      complain(`-${missing} is not simulated here`);
      return 2;
    }
    const command = operands.length === 0 ? ['echo'] : operands;
    const batches = yield* argumentBatches(invocation);
    if (!batches) return 1;
    const mark = value('I');
    const parallel = Number(value('P') ?? 1) || Number.POSITIVE_INFINITY;
    const running: Ending[] = [];
    let status = 0;
    for (const batch of batches) {
      const argv =
        mark === undefined ? [...command, ...batch] : command.map((word) => word.replaceAll(mark, batch[0] ?? ''));
      if (has('t')) process.streams.error(`${argv.join(' ')}\n`);
      try {
        const ended = yield* startOne(process, argv, running, parallel);
        status = Math.max(status, ...ended.map(statusOfChild));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        complain(`${argv[0]}: ${error.message}`);
        return statusOfFailure(error);
      }
      if (status >= 124) break;
    }
    for (const { child } of running) status = Math.max(status, statusOfChild(yield* child.wait()));
    return status;
  },
};

/** 255 stops everything, a signal too, all else is 123. */
function statusOfChild(status: number): number {
  if (status === 0) return 0;
  return status === 255 ? 124 : status > 128 && status < 160 ? 125 : 123;
}

interface Ending {
  readonly child: ChildProcess;
}

/** Starts one when there is room for it. @returns the statuses of those that ended meanwhile */
function* startOne(
  process: Invocation['process'],
  argv: readonly string[],
  running: Ending[],
  parallel: number,
): Routine<number[]> {
  const ended: number[] = [];
  running.push({ child: start(process, argv, { streams: withoutInput(process) }) });
  while (running.length >= parallel) ended.push(yield* nextEnd(process, running));
  return ended;
}

/** What xargs reads is not for those that it starts. */
function withoutInput({ streams }: Invocation['process']): Invocation['process']['streams'] {
  const { in: _input, ...terminal } = streams.terminal;
  return {
    // biome-ignore lint/correctness/useYield: there is nothing to read
    *read() {
      return undefined;
    },
    out: (text) => streams.out(text),
    error: (text) => streams.error(text),
    drain: () => streams.drain(),
    terminal,
    ...(streams.hold && { hold: () => streams.hold?.() ?? (() => undefined) }),
  };
}

function nextEnd({ kernel }: Invocation['process'], running: Ending[]): Routine<number> {
  return wait<number>((resume, fail) => {
    for (const ending of running)
      new Coroutine(
        kernel,
        ending.child.wait(),
        (status) => {
          const index = running.indexOf(ending);
          if (index < 0) return;
          running.splice(index, 1);
          resume(status);
        },
        (error) => fail(error as Error),
      );
    return undefined;
  });
}

/** What each call gets; undefined when a quote is open, which was told. */
function* argumentBatches(invocation: Invocation): Routine<readonly (readonly string[])[] | undefined> {
  const { has, value, process, complain } = invocation;
  const lines = value('L');
  const size = Number(value('n') ?? Number.POSITIVE_INFINITY);
  const delimiter = has('0') ? '\0' : value('d')?.replace('\\n', '\n').replace('\\0', '\0').replace('\\t', '\t');
  const text = yield* readAll(process.streams);
  if (delimiter !== undefined || has('I')) {
    const items = text.split(delimiter ?? '\n');
    if (items.at(-1) === '') items.pop();
    const all = delimiter === undefined ? items.map((item) => item.trimStart()).filter((item) => item !== '') : items;
    return has('I') ? all.map((item) => [item]) : grouped(all, size, has('r'));
  }
  if (lines !== undefined) {
    const reader = new Lines({ read: once(text) });
    const rows: string[][] = [];
    for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
      const words = line.split(/\s+/).filter((word) => word !== '');
      if (words.length > 0) rows.push(words);
    }
    return grouped(rows, Number(lines), has('r')).map((group) => group.flat());
  }
  const words = splitWords(text);
  if (!words) {
    complain('unmatched quote; by default quotes are special to xargs unless you use the -0 option');
    return undefined;
  }
  return grouped(words, size, has('r'));
}

function once(text: string): () => Routine<string | undefined> {
  let left: string | undefined = text;
  // biome-ignore lint/correctness/useYield: all of it is there
  return function* () {
    const piece = left;
    left = undefined;
    return piece;
  };
}

/** Without anything to do GNU's xargs runs the command once all the same. */
function grouped<T>(items: readonly T[], size: number, isNoneForNothing: boolean): readonly (readonly T[])[] {
  if (items.length === 0) return isNoneForNothing ? [] : [[]];
  const groups: T[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last && last.length < size) last.push(item);
    else groups.push([item]);
  }
  return groups;
}

function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '"' || character === "'") {
      const end = text.indexOf(character, index + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + text.slice(index + 1, end);
      index = end;
    } else if (character === '\\') {
      index += 1;
      word = (word ?? '') + (text[index] ?? '');
    } else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
}
