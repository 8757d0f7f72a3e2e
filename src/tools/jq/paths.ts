import { described, JqError } from './arithmetic.ts';
import { isArray, isObject, type Json, typeOf } from './json.ts';

function rangeOf(slice: Json, length: number): readonly [number, number] {
  const at = (name: string, fallback: number) => {
    const value = isObject(slice) ? (slice.get(name) ?? null) : null;
    const number = typeof value === 'number' ? value : fallback;
    return Math.max(0, Math.min(length, number < 0 ? number + length : number));
  };
  const from = Math.floor(at('start', 0));
  return [from, Math.max(from, Math.ceil(at('end', length)))];
}

/** `.[key]`. @throws JqError */
export function indexOf(value: Json, key: Json): Json {
  if (typeof key === 'string') {
    if (value === null) return null;
    if (isObject(value)) return value.get(key) ?? null;
    throw new JqError(`Cannot index ${typeOf(value)} with string "${key}"`);
  }
  if (typeof key === 'number') {
    if (value === null) return null;
    if (!isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`);
    const at = Math.floor(key);
    return value[at < 0 ? at + value.length : at] ?? null;
  }
  if (isObject(key)) {
    if (value === null) return null;
    if (!isArray(value) && typeof value !== 'string') throw new JqError(`Cannot index ${typeOf(value)} with object`);
    if (typeof value === 'string') {
      const letters = [...value];
      return letters.slice(...rangeOf(key, letters.length)).join('');
    }
    return value.slice(...rangeOf(key, value.length));
  }
  if (isArray(key) && isArray(value)) {
    const found: number[] = [];
    for (let at = 0; key.length > 0 && at + key.length <= value.length; at += 1)
      if (key.every((each, index) => JSON.stringify([value[at + index]]) === JSON.stringify([each]))) found.push(at);
    return found;
  }
  if (value === null) return null;
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

/** @throws JqError for what has no parts */
export function eachOf(value: Json): readonly (readonly [key: Json, value: Json])[] {
  if (isArray(value)) return value.map((each, index) => [index, each]);
  if (isObject(value)) return [...value];
  throw new JqError(`Cannot iterate over ${described(value)}`);
}

export function getPath(value: Json, path: readonly Json[]): Json {
  let found = value;
  for (const key of path) {
    if (found === null) return null;
    found = indexOf(found, key);
  }
  return found;
}

/** The value with another one at a path. @throws JqError */
export function setPath(value: Json, path: readonly Json[], change: (before: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const inner = setPath(indexOf(value, key), rest, change);
  if (typeof key === 'string') return new Map([...(isObject(value) ? value : []), [key, inner]]);
  const array = isArray(value) ? [...value] : [];
  if (typeof key === 'number') {
    const at = key < 0 ? key + array.length : key;
    if (at < 0) throw new JqError('Out of bounds negative array index');
    while (array.length < at) array.push(null);
    array[at] = inner;
    return array;
  }
  if (!isArray(inner)) throw new JqError('A slice of an array can only be assigned another array');
  const [from, to] = rangeOf(key, array.length);
  return array.toSpliced(from, to - from, ...inner);
}

/** The value without what is at a path. */
export function deletePath(value: Json, path: readonly Json[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (value === null) return null;
  if (rest.length > 0) {
    const inner = indexOf(value, key);
    return inner === null ? value : setPath(value, [key], () => deletePath(inner, rest));
  }
  if (typeof key === 'string') {
    if (!isObject(value)) throw new JqError(`Cannot delete field at object index of ${typeOf(value)}`);
    return new Map([...value].filter(([name]) => name !== key));
  }
  if (!isArray(value)) throw new JqError(`Cannot delete field at array index of ${typeOf(value)}`);
  if (typeof key === 'number') {
    const at = key < 0 ? key + value.length : key;
    return value.filter((_, index) => index !== at);
  }
  const [from, to] = rangeOf(key, value.length);
  return value.toSpliced(from, to - from);
}
