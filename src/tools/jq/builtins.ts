import { parseTime, timestamp } from '#kernel/calendar.ts';
import { utf8Encode } from '#machine/utf8.ts';
import { calculate, compare, described, JqError } from './arithmetic.ts';
import type { Builtin, Found, World } from './evaluate.ts';
import { textOf } from './formats.ts';
import { isArray, isObject, type Json, JsonError, JsonReader, typeOf, writeJson } from './json.ts';
import { deletePath, getPath, setPath } from './paths.ts';
import { REGEX_BUILTINS } from './regex.ts';
import { strftime } from './strftime.ts';

/** halt and halt_error: ends the program. */
export class Halt extends Error {
  readonly status: number;
  readonly value: Json | undefined;
  constructor(status: number, value?: Json) {
    super('halt');
    this.status = status;
    this.value = value;
  }
}

function plain(value: Json): Found {
  return { value, path: undefined };
}

/** One of the input alone. */
function unary(action: (value: Json, world: World) => Json): Builtin {
  return (input, _none, world) => [plain(action(input.value, world))];
}

/** One of the input and a value. */
function binary(action: (value: Json, argument: Json) => Json): Builtin {
  return function* (input, [argument]) {
    for (const { value } of argument?.(plain(input.value)) ?? []) yield plain(action(input.value, value));
  };
}

function math(action: (number: number) => number): Builtin {
  return unary((value) => action(numberOf(value)));
}

function numberOf(value: Json): number {
  if (typeof value !== 'number') throw new JqError(`${described(value)} number required`);
  return value;
}

function arrayOf(value: Json, done: string): readonly Json[] {
  if (!isArray(value)) throw new JqError(`${described(value)} cannot be ${done}, as it is not an array`);
  return value;
}

function stringOf(value: Json, words: string): string {
  if (typeof value !== 'string') throw new JqError(words);
  return value;
}

function lengthOf(value: Json): Json {
  if (value === null) return 0;
  if (typeof value === 'string') return [...value].length;
  if (typeof value === 'number') return Math.abs(value);
  if (isArray(value)) return value.length;
  if (isObject(value)) return value.size;
  throw new JqError(`${described(value)} has no length`);
}

function keysOf(value: Json): readonly Json[] {
  if (isArray(value)) return value.map((_, index) => index);
  if (isObject(value)) return [...value.keys()];
  throw new JqError(`${described(value)} has no keys`);
}

function holds(value: Json, inner: Json): boolean {
  if (isObject(value) && isObject(inner))
    return [...inner].every(([key, each]) => value.has(key) && holds(value.get(key) ?? null, each));
  if (isArray(value) && isArray(inner)) return inner.every((each) => value.some((other) => holds(other, each)));
  if (typeof value === 'string' && typeof inner === 'string') return value.includes(inner);
  if (typeOf(value) !== typeOf(inner))
    throw new JqError(`${described(value)} and ${described(inner)} cannot have their containment checked`);
  return compare(value, inner) === 0;
}

function has(value: Json, key: Json): boolean {
  if (isObject(value) && typeof key === 'string') return value.has(key);
  if (isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
  throw new JqError(
    `Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`,
  );
}

function indices(value: Json, wanted: Json): readonly number[] | null {
  if (value === null) return null;
  if (typeof value === 'string' && typeof wanted === 'string') {
    const found: number[] = [];
    for (let at = value.indexOf(wanted); at >= 0 && wanted !== ''; at = value.indexOf(wanted, at + 1)) found.push(at);
    return found;
  }
  const array = arrayOf(value, 'searched');
  const parts = isArray(wanted) ? wanted : [wanted];
  return array.flatMap((_, at) =>
    parts.length > 0 &&
    parts.every((each, index) => at + index < array.length && compare(array[at + index] ?? null, each) === 0)
      ? [at]
      : [],
  );
}

/** By keys that were made before; equal ones stay in their order. */
function ordered(value: Json, keys: Json): readonly (readonly [key: Json, item: Json])[] {
  const made = isArray(keys) ? keys : [];
  return arrayOf(value, 'sorted')
    .map((item, index) => [made[index] ?? null, item] as const)
    .sort(([a], [b]) => compare(a, b));
}

function grouped(value: Json, keys: Json): readonly Json[] {
  const groups: { readonly key: Json; readonly items: Json[] }[] = [];
  for (const [key, item] of ordered(value, keys)) {
    const last = groups.at(-1);
    if (last && compare(last.key, key) === 0) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => items);
}

function flat(value: readonly Json[], depth: number): readonly Json[] {
  return value.flatMap((each) => (isArray(each) && depth > 0 ? flat(each, depth - 1) : [each]));
}

function toNumber(value: Json): Json {
  if (typeof value === 'number') return value;
  const text = stringOf(value, `${described(value)} cannot be parsed as a number`);
  if (/^\s*-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text)) return Number(text);
  throw new JqError(`Invalid numeric literal at EOF at line 1, column ${text.length} (while parsing '${text}')`);
}

function fromJson(value: Json): Json {
  const text = stringOf(value, `${described(value)} cannot be parsed as JSON`);
  try {
    return new JsonReader(text).next() ?? null;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new JqError(`${error.message} at EOF at line 1, column ${text.length} (while parsing '${text}')`);
  }
}

function trimmed(value: Json, part: Json, end: 'start' | 'end'): Json {
  if (typeof value !== 'string' || typeof part !== 'string') return value;
  if (end === 'start') return value.startsWith(part) ? value.slice(part.length) : value;
  return value.endsWith(part) && part !== '' ? value.slice(0, -part.length) : value;
}

function pathsOf(value: Json): readonly (readonly Json[])[] {
  return arrayOf(value, 'used as paths').map((path) => arrayOf(path, 'used as a path'));
}

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...REGEX_BUILTINS,
  ['empty/0', () => []],
  ['not/0', unary((value) => value === null || value === false)],
  ['length/0', unary(lengthOf)],
  [
    'utf8bytelength/0',
    unary((value) => utf8Encode(stringOf(value, `${described(value)} only strings have UTF-8 byte length`)).length),
  ],
  ['type/0', unary(typeOf)],
  ['keys/0', unary((value) => [...keysOf(value)].sort(compare))],
  ['keys_unsorted/0', unary(keysOf)],
  ['has/1', binary(has)],
  ['contains/1', binary(holds)],
  ['sort/0', unary((value) => [...arrayOf(value, 'sorted')].sort(compare))],
  ['_sort_by/1', binary((value, keys) => ordered(value, keys).map(([, item]) => item))],
  ['_group_by/1', binary(grouped)],
  ['_min_by/1', binary((value, keys) => ordered(value, keys)[0]?.[1] ?? null)],
  ['_max_by/1', binary((value, keys) => ordered(value, keys).at(-1)?.[1] ?? null)],
  ['_flatten/1', binary((value, depth) => flat(arrayOf(value, 'flattened'), numberOf(depth)))],
  [
    'reverse/0',
    unary((value) =>
      typeof value === 'string'
        ? [...value].reverse().join('')
        : value === null
          ? []
          : [...arrayOf(value, 'reversed')].reverse(),
    ),
  ],
  ['tostring/0', unary(textOf)],
  ['tojson/0', unary((value) => writeJson(value))],
  ['fromjson/0', unary(fromJson)],
  ['tonumber/0', unary(toNumber)],
  [
    'explode/0',
    unary((value) =>
      [...stringOf(value, `${described(value)} cannot be exploded`)].map((each) => each.codePointAt(0) ?? 0),
    ),
  ],
  [
    'implode/0',
    unary((value) =>
      arrayOf(value, 'imploded')
        .map((code) => String.fromCodePoint(numberOf(code)))
        .join(''),
    ),
  ],
  ['ltrimstr/1', binary((value, part) => trimmed(value, part, 'start'))],
  ['rtrimstr/1', binary((value, part) => trimmed(value, part, 'end'))],
  ['trim/0', unary((value) => stringOf(value, `${described(value)} cannot be trimmed`).trim())],
  ['ltrim/0', unary((value) => stringOf(value, `${described(value)} cannot be trimmed`).trimStart())],
  ['rtrim/0', unary((value) => stringOf(value, `${described(value)} cannot be trimmed`).trimEnd())],
  [
    'startswith/1',
    binary((value, part) =>
      stringOf(value, 'startswith() requires string inputs').startsWith(
        stringOf(part, 'startswith() requires string inputs'),
      ),
    ),
  ],
  [
    'endswith/1',
    binary((value, part) =>
      stringOf(value, 'endswith() requires string inputs').endsWith(
        stringOf(part, 'endswith() requires string inputs'),
      ),
    ),
  ],
  [
    'split/1',
    binary((value, part) => {
      if (typeof value !== 'string' || typeof part !== 'string')
        throw new JqError('split input and separator must be strings');
      return calculate('/', value, part);
    }),
  ],
  ['indices/1', binary(indices)],
  ['index/1', binary((value, wanted) => indices(value, wanted)?.[0] ?? null)],
  ['rindex/1', binary((value, wanted) => indices(value, wanted)?.at(-1) ?? null)],
  ['floor/0', math(Math.floor)],
  ['ceil/0', math(Math.ceil)],
  ['round/0', math((number) => Math.sign(number) * Math.round(Math.abs(number)))],
  ['fabs/0', math(Math.abs)],
  ['sqrt/0', math(Math.sqrt)],
  ['exp/0', math(Math.exp)],
  ['log/0', math(Math.log)],
  ['log2/0', math(Math.log2)],
  ['log10/0', math(Math.log10)],
  ['isnan/0', unary((value) => Number.isNaN(value))],
  ['isinfinite/0', unary((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)],
  ['infinite/0', unary(() => Number.POSITIVE_INFINITY)],
  ['nan/0', unary(() => Number.NaN)],
  ['now/0', unary((_, { now }) => now / 1000)],
  ['input_line_number/0', unary((_, { lineNumber }) => lineNumber)],
  ['input/0', (_input, _none, world) => [plain(world.input())]],
  [
    'fromdateiso8601/0',
    unary((value) => {
      const time = parseTime(stringOf(value, `${described(value)} cannot be parsed as a date`));
      if (Number.isNaN(time)) throw new JqError(`date "${textOf(value)}" does not match format "%Y-%m-%dT%H:%M:%SZ"`);
      return Math.floor(time / 1000);
    }),
  ],
  ['todateiso8601/0', unary((value) => timestamp(numberOf(value) * 1000))],
  [
    'strftime/1',
    binary((value, format) => strftime(numberOf(value), stringOf(format, 'strftime/1 requires a string format'))),
  ],
  ['delpaths/1', binary((value, paths) => [...pathsOf(paths)].sort(compare).reverse().reduce(deletePath, value))],
  [
    'debug/0',
    (input, _none, world) => {
      world.warn(`["DEBUG:",${writeJson(input.value)}]\n`);
      return [input];
    },
  ],
  [
    'stderr/0',
    (input, _none, world) => {
      world.warn(writeJson(input.value));
      return [input];
    },
  ],
  [
    'error/0',
    ({ value }) => {
      throw new JqError(value);
    },
  ],
  [
    'halt/0',
    () => {
      throw new Halt(0);
    },
  ],
  [
    'error/1',
    function* (input, [message]) {
      for (const { value } of message?.(plain(input.value)) ?? []) {
        yield* [];
        throw new JqError(value);
      }
    },
  ],
  [
    'halt_error/1',
    function* (input, [status]) {
      for (const { value } of status?.(plain(input.value)) ?? []) {
        yield* [];
        throw new Halt(numberOf(value), input.value);
      }
    },
  ],
  ['pow/2', two((a, b) => numberOf(a) ** numberOf(b))],
  [
    'range/2',
    function* (input, [from, to]) {
      for (const { value: begin } of from?.(plain(input.value)) ?? [])
        for (const { value: end } of to?.(plain(input.value)) ?? [])
          for (let at = numberOf(begin); at < numberOf(end); at += 1) yield plain(at);
    },
  ],
  ['setpath/2', two((path, value, input) => setPath(input, arrayOf(path, 'used as a path'), () => value))],
  [
    'getpath/1',
    function* (input, [path]) {
      for (const { value } of path?.(plain(input.value)) ?? []) {
        const keys = arrayOf(value, 'used as a path');
        yield { value: getPath(input.value, keys), path: input.path && [...input.path, ...keys] };
      }
    },
  ],
  [
    'path/1',
    function* (input, [filter]) {
      for (const found of filter?.({ value: input.value, path: [] }) ?? []) {
        if (!found.path)
          throw new JqError(`Invalid path expression with result ${writeJson(found.value).slice(0, 10)}`);
        yield plain(found.path);
      }
    },
  ],
]);

/** Of two values. */
function two(action: (a: Json, b: Json, input: Json) => Json): Builtin {
  return function* (input, [first, second]) {
    for (const { value: b } of second?.(plain(input.value)) ?? [])
      for (const { value: a } of first?.(plain(input.value)) ?? []) yield plain(action(a, b, input.value));
  };
}
