import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { Lines, openInput, readAll } from './input.ts';
import type { Tool } from './tool.ts';
import { refuseUsage } from './words.ts';

/** paste: lines of files beside each other, or with -s one after another. */
export const paste: Tool = {
  options: { flags: 's', values: 'd', long: { serial: 's', 'delimiters=': 'd' } },
  *run({ operands, has, value, process, out, complain }) {
    const delimiters = [...(value('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t')];
    const between = (index: number) => delimiters[index % Math.max(1, delimiters.length)] ?? '';
    let inputs: readonly Lines[];
    try {
      inputs = (operands.length === 0 ? ['-'] : operands).map((path) => new Lines(openInput(process, path)));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`${error.path}: ${error.message}`);
      return 1;
    }
    const next = function* (lines: Lines): Routine<string | undefined> {
      return (yield* lines.next())?.replace(/\n$/, '');
    };
    if (has('s')) {
      for (const lines of inputs) {
        let text = (yield* next(lines)) ?? '';
        let index = 0;
        for (let line = yield* next(lines); line !== undefined; line = yield* next(lines), index += 1)
          text += between(index) + line;
        out(`${text}\n`);
      }
      return 0;
    }
    for (;;) {
      const row: (string | undefined)[] = [];
      for (const lines of inputs) row.push(yield* next(lines));
      if (row.every((line) => line === undefined)) return 0;
      out(`${row.map((line = '', index) => (index === 0 ? line : between(index - 1) + line)).join('')}\n`);
    }
  },
};

/** cmp: whether two files are the same, and where they begin to differ. */
export const cmp: Tool = {
  options: { flags: 's', long: { silent: 's', quiet: 's' } },
  *run(invocation) {
    const { operands, has, process, out, complain, name } = invocation;
    const [one, other] = operands;
    if (one === undefined) return refuseUsage(invocation, "missing operand after 'cmp'") && 2;
    const texts: string[] = [];
    for (const path of [one, other ?? '-']) {
      try {
        texts.push(path === '-' ? yield* readAll(process.streams) : process.files.readFile(path));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        complain(`${path}: ${error.message}`);
        return 2;
      }
    }
    const [left = '', right = ''] = texts;
    if (left === right) return 0;
    if (has('s')) return 1;
    const length = Math.min(left.length, right.length);
    let index = 0;
    while (index < length && left[index] === right[index]) index += 1;
    const line = left.slice(0, index).split('\n').length;
    if (index < length) out(`${one} ${other} differ: char ${index + 1}, line ${line}\n`);
    else {
      const shorter = left.length < right.length ? one : other;
      const place = `after byte ${length}, line ${line - (left[index - 1] === '\n' ? 1 : 0)}`;
      process.streams.error(`${name}: EOF on ${shorter} ${length === 0 ? 'which is empty' : place}\n`);
    }
    return 1;
  },
};
