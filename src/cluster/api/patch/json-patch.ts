import { isEqual, isObject, type Json } from '../json.ts';

/** A patch that cannot be applied; the words are those of gopkg.in/evanphx/json-patch.v4, which the API server uses. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

interface Operation {
  readonly op?: Json;
  readonly path?: Json;
  readonly from?: Json;
  readonly value?: Json;
}

/** The API server's limit. */
export const MAX_OPERATIONS = 10_000;
/** As many bytes may be copied in all: a few copies of copies would fill any memory. */
const MAX_COPIED = 3 * 1024 * 1024;

/**
 * Applies an RFC 6902 patch.
 *
 * @throws PatchError
 */
export function applyJsonPatch(document: Json, patch: readonly Json[]): Json {
  const copies = { size: 0 };
  return patch.reduce((result: Json, operation) => apply(result, operation, copies), document);
}

function apply(document: Json, operation: Json, copies: { size: number }): Json {
  if (!isObject(operation)) throw new PatchError('json: cannot unmarshal into Go value of type jsonpatch.Operation');
  const { op, value, from, path } = operation as Operation;
  const at = pointer(path, 'path');
  switch (op) {
    case 'add':
      return write(document, at, demanded(value, at), 'add');
    case 'remove':
      return removeAt(document, at, 'remove');
    case 'replace':
      if (read(document, at) === undefined) {
        throw new PatchError(`replace operation does not apply: doc is missing key: ${show(at)}: missing value`);
      }
      return write(document, at, demanded(value, at), 'replace');
    case 'test':
      if (!isEqual(read(document, at) ?? null, value ?? null)) {
        throw new PatchError(`testing value ${show(at)} failed: test failed`);
      }
      return document;
    case 'copy': {
      const copied = existing(document, pointer(from, 'from'), 'copy');
      copies.size += JSON.stringify(copied).length;
      if (copies.size > MAX_COPIED) {
        const sizes = `the accumulated size increase of copy is ${copies.size}, exceeding the limit ${MAX_COPIED}`;
        throw new PatchError(`Unable to complete the copy, ${sizes}`);
      }
      return write(document, at, copied, 'add');
    }
    case 'move': {
      const source = pointer(from, 'from');
      return write(removeAt(document, source, 'move'), at, existing(document, source, 'move'), 'add');
    }
    default:
      throw new PatchError(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  }
}

function pointer(path: Json | undefined, name: string): string[] {
  if (typeof path !== 'string') throw new PatchError(`operation missing ${name} field`);
  if (path === '') return [];
  const parts = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  // More than a name in JavaScript.
  if (parts.includes('__proto__')) throw new PatchError('a field "__proto__" is not simulated here');
  return parts;
}

function demanded(value: Json | undefined, at: readonly string[]): Json {
  if (value === undefined) throw new PatchError(`operation at ${show(at)} has no value`);
  return value;
}

function existing(document: Json, at: readonly string[], op: string): Json {
  const value = read(document, at);
  if (value === undefined)
    throw new PatchError(`${op} operation does not apply: doc is missing from path: ${show(at)}: missing value`);
  return value;
}

function read(document: Json, at: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const part of at) {
    if (Array.isArray(value)) value = value[indexOf(part, value.length - 1)] as Json | undefined;
    else if (isObject(value)) value = value[part];
    else return undefined;
  }
  return value;
}

function write(document: Json, at: readonly string[], value: Json, op: 'add' | 'replace'): Json {
  const [part, ...rest] = at;
  if (part === undefined) return value;
  if (Array.isArray(document)) {
    const items = [...(document as readonly Json[])];
    if (rest.length > 0) {
      const index = indexOf(part, items.length - 1);
      items[index] = write(items[index] as Json, rest, value, op);
    } else if (op === 'replace') items[indexOf(part, items.length - 1)] = value;
    else items.splice(part === '-' ? items.length : indexOf(part, items.length), 0, value);
    return items;
  }
  if (!isObject(document)) throw missing(op, at);
  if (rest.length === 0) return { ...document, [part]: value };
  const child = document[part];
  if (child === undefined) throw missing(op, at);
  return { ...document, [part]: write(child, rest, value, op) };
}

function removeAt(document: Json, at: readonly string[], op: string): Json {
  const [part, ...rest] = at;
  if (part === undefined) throw new PatchError(`${op} operation does not apply: the whole document cannot be removed`);
  if (Array.isArray(document)) {
    const items = [...(document as readonly Json[])];
    const index = indexOf(part, items.length - 1);
    if (rest.length > 0) items[index] = removeAt(items[index] as Json, rest, op);
    else items.splice(index, 1);
    return items;
  }
  if (!isObject(document) || document[part] === undefined) {
    throw new PatchError(`${op} operation does not apply: doc is missing key: ${show(at)}: missing value`);
  }
  if (rest.length > 0) return { ...document, [part]: removeAt(document[part] as Json, rest, op) };
  const { [part]: _, ...kept } = document;
  return kept as Json;
}

function indexOf(part: string, last: number): number {
  if (!/^-?\d+$/.test(part)) throw new PatchError(`strconv.Atoi: parsing ${JSON.stringify(part)}: invalid syntax`);
  const index = Number(part);
  if (index < 0 || index > last)
    throw new PatchError(`Unable to access invalid index: ${part}: invalid index referenced`);
  return index;
}

function missing(op: string, at: readonly string[]): PatchError {
  return new PatchError(
    `${op} operation does not apply: doc is missing path: ${JSON.stringify(show(at))}: missing value`,
  );
}

function show(at: readonly string[]): string {
  return at.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
