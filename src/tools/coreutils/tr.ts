import { CHARACTER_CLASSES } from '#machine/c-library/pattern.ts';
import type { Tool } from './tool.ts';
import { refuseUsage } from './words.ts';

/** tr: characters for others, fewer, or none. */
export const tr: Tool = {
  options: { flags: 'dscCt', long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c' } },
  *run(invocation) {
    const { has, operands, process, out } = invocation;
    const [first, second] = operands;
    if (first === undefined) return refuseUsage(invocation, 'missing operand');
    if (second === undefined && !has('d') && !has('s'))
      return refuseUsage(invocation, `missing operand after '${first}'\nTwo strings must be given when translating.`);
    const from = expandSet(first);
    const to = second === undefined ? [] : expandSet(second);
    const isComplement = has('c') || has('C');
    const members = new Set(from);
    const isMember = (character: string) => members.has(character) !== isComplement;
    const map = new Map(from.map((character, index) => [character, to[Math.min(index, to.length - 1)] ?? character]));
    const translates = second !== undefined && !has('d');
    const squeezed = new Set(second === undefined ? from : to);
    let last = '';
    for (let text = yield* process.streams.read(); text !== undefined; text = yield* process.streams.read()) {
      let changed = '';
      for (const character of text) {
        if (has('d') && isMember(character)) continue;
        const result =
          translates && isMember(character)
            ? isComplement
              ? (to.at(-1) ?? '')
              : (map.get(character) ?? '')
            : character;
        const isSqueezed = has('s') && (second === undefined ? isMember(result) : squeezed.has(result));
        if (!isSqueezed || result !== last) changed += result;
        last = result;
      }
      out(changed);
      yield* process.streams.drain();
    }
    return 0;
  },
};

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** `a-z`, `[:upper:]`, `\n`, `\012` */
function expandSet(text: string): readonly string[] {
  const characters: string[] = [];
  const pattern = /\[:(?<name>\w+):\]|\\(?<octal>[0-7]{1,3})|\\(?<letter>[\s\S])|(?<plain>[\s\S])/gu;
  const items = [...text.matchAll(pattern)].map(({ groups = {} }) => groups);
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] ?? {};
    if (item['name'] !== undefined) {
      characters.push(...classMembers(item['name']));
      continue;
    }
    const next = items[index + 2];
    if (items[index + 1]?.['plain'] === '-' && next && next['name'] === undefined) {
      const [low, high] = [single(item).codePointAt(0) ?? 0, single(next).codePointAt(0) ?? 0];
      for (let code = low; code <= high; code += 1) characters.push(String.fromCodePoint(code));
      index += 2;
    } else characters.push(single(item));
  }
  return characters;
}

function single(item: Readonly<Record<string, string | undefined>>): string {
  const { octal, letter, plain } = item;
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  return plain ?? ESCAPES[letter ?? ''] ?? letter ?? '';
}

function classMembers(name: string): readonly string[] {
  const matcher = new RegExp(`^[${CHARACTER_CLASSES[name] ?? ''}]$`);
  return Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((character) =>
    matcher.test(character),
  );
}
