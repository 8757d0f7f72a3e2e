import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { eachInput, Lines } from './input.ts';
import type { Invocation, Tool } from './tool.ts';
import { refuseUsage } from './words.ts';

type Range = readonly [from: number, to: number];

/** cut: fields, characters or bytes of each line. */
export const cut: Tool = {
  options: {
    flags: 'sn',
    values: 'fdcb',
    long: {
      'fields=': 'f',
      'delimiter=': 'd',
      'characters=': 'c',
      'bytes=': 'b',
      'only-delimited': 's',
      complement: 'complement',
      'output-delimiter=': 'output',
    },
  },
  *run(invocation) {
    const { value, operands, out, has } = invocation;
    const list = value('f') ?? value('c') ?? value('b');
    if (list === undefined) return refuseUsage(invocation, 'you must specify a list of bytes, characters, or fields');
    const ranges = readRanges(list);
    if (!ranges) return refuseUsage(invocation, badList(list, value('f') === undefined));
    const delimiter = value('d') ?? '\t';
    if ([...delimiter].length !== 1) return refuseUsage(invocation, 'the delimiter must be a single character');
    const isWanted = (position: number) =>
      ranges.some(([from, to]) => position >= from && position <= to) !== has('complement');
    return yield* eachInput(invocation, operands, function* (input) {
      const lines = new Lines(input);
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
        const text = line.replace(/\n$/, '');
        const part =
          value('f') === undefined
            ? characters(invocation, text, isWanted)
            : fields(invocation, text, delimiter, isWanted);
        if (part !== undefined) out(`${part}\n`);
      }
    });
  },
};

function fields(
  { has, value }: Invocation,
  line: string,
  delimiter: string,
  isWanted: (position: number) => boolean,
): string | undefined {
  const all = line.split(delimiter);
  if (all.length === 1) return has('s') ? undefined : line;
  return all.filter((_, index) => isWanted(index + 1)).join(value('output') ?? delimiter);
}

/** GNU's cut takes bytes for characters. */
function characters({ dialect, has }: Invocation, line: string, isWanted: (position: number) => boolean): string {
  const inBytes = dialect === 'gnu' || has('b');
  const all = inBytes ? [...utf8Encode(line)] : [...line];
  const kept = all.filter((_, index) => isWanted(index + 1)).join('');
  return inBytes ? utf8Decode(kept) : kept;
}

function badList(list: string, isCharacters: boolean): string {
  const startsAtZero = list.split(',').some((item) => /^0+(?:-|$)/.test(item));
  if (startsAtZero) return isCharacters ? 'byte/character positions are numbered from 1' : 'fields are numbered from 1';
  return isCharacters ? 'invalid byte or character range' : 'invalid field range';
}

/** `1`, `1-3`, `-3`, `2-`, with commas between. */
function readRanges(list: string): readonly Range[] | undefined {
  const ranges: Range[] = [];
  for (const item of list.split(',')) {
    const { from, dash, to } = /^(?<from>\d+)?(?<dash>-)?(?<to>\d+)?$/.exec(item)?.groups ?? {};
    if (from === undefined && to === undefined) return undefined;
    const start = Number(from ?? 1);
    const end = dash === undefined ? start : to === undefined ? Number.POSITIVE_INFINITY : Number(to);
    if (start < 1 || end < start) return undefined;
    ranges.push([start, end]);
  }
  return ranges;
}
