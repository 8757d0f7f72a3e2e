import { utf8Encode } from '#machine/utf8.ts';
import { eachInput, readAll } from './input.ts';
import type { Tool } from './tool.ts';

/** wc: lines, words, bytes. */
export const wc: Tool = {
  options: { flags: 'lwcmL', long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' } },
  *run(invocation) {
    const { has, operands, out, dialect } = invocation;
    const { env } = invocation.process;
    const isUnicode = /utf-?8/i.test(env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '');
    const wanted = [...'lwmcL'].filter((letter) => has(letter));
    const columns = wanted.length > 0 ? wanted : ['l', 'w', 'c'];
    const rows: { readonly counts: readonly number[]; readonly bytes: number; readonly path: string }[] = [];
    const status = yield* eachInput(invocation, operands, function* (input, path) {
      const counts = countsOf(yield* readAll(input), isUnicode);
      rows.push({ counts: columns.map((letter) => counts[letter] ?? 0), bytes: counts['c'] ?? 0, path });
    });
    const totals = columns.map((letter, index) => {
      const all = rows.map(({ counts }) => counts[index] ?? 0);
      return letter === 'L' ? Math.max(0, ...all) : all.reduce((sum, count) => sum + count, 0);
    });
    const all = operands.length > 1 ? [...rows, { counts: totals, bytes: 0, path: 'total' }] : rows;
    // GNU makes columns as wide as the largest number, and wider for what has no size beforehand.
    const isPiped = operands.length === 0 || operands.includes('-');
    const single = columns.length === 1 && operands.length < 2;
    const widest = Math.max(...all.flatMap(({ counts }) => counts.map((count) => String(count).length)), 1);
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    const width =
      dialect === 'busybox' ? (single ? 1 : 9) : single ? 1 : isPiped ? 7 : Math.max(widest, String(bytes).length);
    for (const { counts, path } of all) {
      const numbers = counts.map((count) => String(count).padStart(width)).join(' ');
      out(`${numbers}${operands.length === 0 ? '' : ` ${path}`}\n`);
    }
    return status;
  },
};

function countsOf(text: string, isUnicode: boolean): Readonly<Record<string, number>> {
  return {
    l: text.split('\n').length - 1,
    w: text.match(/\S+/g)?.length ?? 0,
    c: utf8Encode(text).length,
    // A character of the C locale is a byte.
    m: isUnicode ? [...text].length : utf8Encode(text).length,
    L: text.split('\n').reduce((longest, line) => Math.max(longest, [...line].length), 0),
  };
}
