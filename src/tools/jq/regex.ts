import { described, JqError } from './arithmetic.ts';
import type { Builtin, Found } from './evaluate.ts';
import { isArray, type Json } from './json.ts';

function plain(value: Json): Found {
  return { value, path: undefined };
}

/** An Oniguruma pattern as a regular expression, as far as both are alike. @throws JqError */
function patternOf(pattern: Json, flags: Json): RegExp {
  if (typeof pattern !== 'string') throw new JqError(`${described(pattern)} cannot be matched, as it is not a string`);
  const given = typeof flags === 'string' ? flags : '';
  const odd = [...given].find((flag) => !'gimnpslx'.includes(flag));
  if (odd !== undefined) throw new JqError(`${given} is not a valid modifier string`);
  const spaced = given.includes('x') ? pattern.replaceAll(/\s+/g, '') : pattern;
  const wanted = `gd${given.includes('i') ? 'i' : ''}${/[ps]/.test(given) ? 's' : ''}`;
  try {
    return new RegExp(spaced, `${wanted}u`);
  } catch {
    try {
      return new RegExp(spaced, wanted);
    } catch {
      throw new JqError(`${pattern} (at offset 0) is not a valid regex`);
    }
  }
}

function matchesOf(value: Json, pattern: Json, flags: Json): readonly RegExpExecArray[] {
  if (typeof value !== 'string') throw new JqError(`${described(value)} cannot be matched, as it is not a string`);
  const [own, modifiers] = isArray(pattern) ? [pattern[0] ?? null, pattern[1] ?? null] : [pattern, flags];
  const regular = patternOf(own, modifiers);
  const isGlobal = typeof modifiers === 'string' && modifiers.includes('g');
  const all = [...value.matchAll(regular)];
  return isGlobal ? all : all.slice(0, 1);
}

/** Letters, not code units. */
function offsetOf(text: string, index: number): number {
  return [...text.slice(0, index)].length;
}

function matchObject(match: RegExpExecArray): Json {
  const text = match.input;
  const names = new Map(Object.entries(match.indices?.groups ?? {}).map(([name, at]) => [JSON.stringify(at), name]));
  const captures = match.slice(1).map((group, index): Json => {
    const at = match.indices?.[index + 1];
    return new Map<string, Json>([
      ['offset', at ? offsetOf(text, at[0]) : -1],
      ['length', group === undefined ? 0 : [...group].length],
      ['string', group ?? null],
      ['name', groupName(match, index, names) ?? null],
    ]);
  });
  return new Map<string, Json>([
    ['offset', offsetOf(text, match.index)],
    ['length', [...match[0]].length],
    ['string', match[0]],
    ['captures', captures],
  ]);
}

function groupName(match: RegExpExecArray, index: number, names: ReadonlyMap<string, string>): string | undefined {
  const at = match.indices?.[index + 1];
  return at === undefined ? Object.keys(match.groups ?? {})[index] : names.get(JSON.stringify(at));
}

/** test, match, split and sub with patterns. */
export const REGEX_BUILTINS: readonly (readonly [string, Builtin])[] = [
  ['test/2', over((value, pattern, flags) => [matchesOf(value, pattern, flags).length > 0])],
  ['match/2', over((value, pattern, flags) => matchesOf(value, pattern, flags).map(matchObject))],
  [
    'split/2',
    over((value, pattern, flags) => {
      const text = typeof value === 'string' ? value : '';
      const parts: string[] = [];
      let at = 0;
      for (const match of matchesOf(value, pattern, `g${typeof flags === 'string' ? flags : ''}`)) {
        parts.push(text.slice(at, match.index));
        at = match.index + match[0].length;
      }
      return [[...parts, text.slice(at)]];
    }),
  ],
  [
    'sub/3',
    function* (input, [pattern, replacement, flags]) {
      const { value } = input;
      for (const { value: regular } of pattern?.(plain(value)) ?? [])
        for (const { value: modifiers } of flags?.(plain(value)) ?? []) {
          const text = typeof value === 'string' ? value : '';
          let result = '';
          let at = 0;
          for (const match of matchesOf(value, regular, modifiers)) {
            const groups = new Map<string, Json>(
              Object.entries(match.groups ?? {}).map(([name, group]) => [name, group ?? null]),
            );
            const [by] = replacement?.(plain(groups)) ?? [];
            if (typeof by?.value !== 'string')
              throw new JqError(`${described(by?.value ?? null)} cannot be added to a string`);
            result += text.slice(at, match.index) + by.value;
            at = match.index + match[0].length;
          }
          yield plain(result + text.slice(at));
        }
    },
  ],
];

function over(action: (value: Json, pattern: Json, flags: Json) => readonly Json[]): Builtin {
  return function* ({ value }, [pattern, flags]) {
    for (const { value: regular } of pattern?.(plain(value)) ?? [])
      for (const { value: modifiers } of flags?.(plain(value)) ?? [])
        for (const result of action(value, regular, modifiers)) yield plain(result);
  };
}
