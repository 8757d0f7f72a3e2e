import { isArray, isObject, type Json, type JsonObject, typeOf, writeJson } from './json.ts';

/** What a program fails with; `try` catches its value. */
export class JqError extends Error {
  override readonly name = 'JqError';
  readonly value: Json;
  constructor(value: Json) {
    super(typeof value === 'string' ? value : writeJson(value));
    this.value = value;
  }
}

/** As much as an error shows of a value. */
const SHOWN = 14;

/** `number (5)`; what is long is cut. */
export function described(value: Json): string {
  const text = writeJson(value);
  return `${typeOf(value)} (${text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text})`;
}

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

function rankOf(value: Json): number {
  return ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
}

/** jq's order of all values. */
export function compare(a: Json, b: Json): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (isArray(a) && isArray(b)) {
    for (const [index, each] of a.entries()) {
      const other = b[index];
      if (other === undefined) return 1;
      const difference = compare(each, other);
      if (difference !== 0) return difference;
    }
    return a.length - b.length;
  }
  if (!isObject(a) || !isObject(b)) return 0;
  const [one, other] = [[...a.keys()].sort(), [...b.keys()].sort()];
  const keys = compare(one, other);
  if (keys !== 0) return keys;
  for (const key of one) {
    const difference = compare(a.get(key) ?? null, b.get(key) ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

/** @throws JqError */
export function calculate(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b;
      if (isArray(a) && isArray(b)) return a.filter((each) => !b.some((other) => compare(each, other) === 0));
      throw cannot(a, b, 'subtracted');
    case '*':
      return multiply(a, b);
    case '/':
      if (typeof a === 'number' && typeof b === 'number') {
        if (b === 0)
          throw new JqError(`${described(a)} and ${described(b)} cannot be divided because the divisor is zero`);
        return a / b;
      }
      if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b);
      throw cannot(a, b, 'divided');
    case '%': {
      if (typeof a !== 'number' || typeof b !== 'number') throw cannot(a, b, 'divided');
      if (Math.trunc(b) === 0)
        throw new JqError(`${described(a)} and ${described(b)} cannot be divided because the divisor is zero`);
      return Math.trunc(a) % Math.abs(Math.trunc(b)) || 0;
    }
    default:
      return compared(operator, compare(a, b));
  }
}

function compared(operator: string, difference: number): boolean {
  switch (operator) {
    case '==':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    default:
      return difference >= 0;
  }
}

function cannot(a: Json, b: Json, done: string): JqError {
  return new JqError(`${described(a)} and ${described(b)} cannot be ${done}`);
}

function add(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (isArray(a) && isArray(b)) return [...a, ...b];
  if (isObject(a) && isObject(b)) return new Map([...a, ...b]);
  throw cannot(a, b, 'added');
}

function multiply(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'number' && typeof b === 'string') return multiply(b, a);
  if (typeof a === 'string' && typeof b === 'number') return b <= 0 ? null : a.repeat(Math.max(1, Math.ceil(b)));
  if (isObject(a) && isObject(b)) return merged(a, b);
  throw cannot(a, b, 'multiplied');
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const result = new Map(a);
  for (const [key, value] of b) {
    const before = result.get(key) ?? null;
    result.set(key, isObject(before) && isObject(value) ? merged(before, value) : value);
  }
  return result;
}
