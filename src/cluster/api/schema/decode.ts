import { parseTime } from '#kernel/calendar.ts';
import { isObject, type Json, type JsonObject, quote } from '../json.ts';
import { isQuantity } from '../quantity.ts';
import { type Definition, definitionOf, type Field, type FieldType, type Scalar } from './schema.ts';

/** A value whose type is not the field's: the request cannot be understood at all. The words are those of Go's encoding/json. */
export class TypeMismatch extends Error {
  override readonly name = 'TypeMismatch';
}

/** What was read of a body. */
export interface Decoded {
  /** What the server knows of it: unknown fields and nulls are gone. It is the very argument when there was none. */
  readonly value: JsonObject;
  /** Paths of unknown fields, as `spec.template.spec.containers[0].imagee`. */
  readonly unknown: readonly string[];
}

/**
 * Reads a body as one of the API's types.
 *
 * @throws TypeMismatch for a value of the wrong type
 */
export function decode(name: string, body: JsonObject): Decoded {
  const unknown: string[] = [];
  const value = readDefinition(definitionOf(name), body, '', unknown);
  return { value, unknown };
}

function readDefinition(definition: Definition, value: JsonObject, path: string, unknown: string[]): JsonObject {
  let copy: Record<string, Json | undefined> | undefined;
  for (const key in value) {
    const before = value[key];
    const field = definition.fields.get(key);
    if (!field && definition.isOpen) continue;
    const after = field && readMember(definition, field, before, path, unknown);
    if (!field) unknown.push(join(path, key));
    if (after === before) continue;
    copy ??= { ...value };
    if (after === undefined) delete copy[key];
    else copy[key] = after;
  }
  return copy ?? value;
}

/** Null means absent, as for Go's pointers, maps and slices. */
function readMember(
  definition: Definition,
  field: Field,
  value: Json | undefined,
  path: string,
  unknown: string[],
): Json | undefined {
  if (value === null || value === undefined) return undefined;
  const at: Place = {
    path: join(path, field.name),
    struct: `${definition.name.split('.').pop()}.${join(path, field.name).replace(/\[\d+\]/g, '')}`,
  };
  return readType(field.type, value, at, unknown);
}

interface Place {
  readonly path: string;
  /** How Go names the field in its message: without the places of lists and maps. */
  readonly struct: string;
}

function readType(type: FieldType, value: Json, at: Place, unknown: string[]): Json {
  switch (type.is) {
    case 'scalar':
      checkScalar(type.scalar, value, at);
      return value;
    case 'definition':
      if (!isObject(value)) throw mismatch(value, at, goType(type));
      return readDefinition(definitionOf(type.name), value, at.path, unknown);
    case 'list':
      return readList(type.of, value, at, unknown);
    case 'map':
      return readMap(type.of, value, at, unknown);
  }
}

function readList(of: FieldType, value: Json, at: Place, unknown: string[]): Json {
  if (!Array.isArray(value)) throw mismatch(value, at, `[]${goType(of)}`);
  let copy: Json[] | undefined;
  for (const [index, item] of (value as readonly Json[]).entries()) {
    const after = item === null ? item : readType(of, item, { ...at, path: `${at.path}[${index}]` }, unknown);
    if (after === item) continue;
    copy ??= [...(value as readonly Json[])];
    copy[index] = after;
  }
  return copy ?? value;
}

function readMap(of: FieldType, value: Json, at: Place, unknown: string[]): Json {
  if (!isObject(value)) throw mismatch(value, at, `map[string]${goType(of)}`);
  let copy: Record<string, Json | undefined> | undefined;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    // A null in a map of strings is Go's empty string.
    const after =
      item === null
        ? goType(of) === 'string'
          ? ''
          : item
        : readType(of, item, { ...at, path: join(at.path, key) }, unknown);
    if (after === item) continue;
    copy ??= { ...value };
    copy[key] = after;
  }
  return copy ?? value;
}

function checkScalar(scalar: Scalar, value: Json, at: Place): void {
  switch (scalar) {
    case 's':
    case 'y':
      if (typeof value !== 'string') throw mismatch(value, at, scalar === 's' ? 'string' : '[]uint8');
      return;
    case 't':
    case 'u':
      if (typeof value !== 'string') throw mismatch(value, at, 'string');
      if (Number.isNaN(parseTime(value))) throw badTime(value);
      return;
    case 'b':
      if (typeof value !== 'boolean') throw mismatch(value, at, 'bool');
      return;
    case 'i':
    case 'l':
      if (typeof value !== 'number') throw mismatch(value, at, scalar === 'i' ? 'int32' : 'int64');
      if (!Number.isInteger(value) || (scalar === 'i' && Math.abs(value) > 0x7fffffff))
        throw mismatch(value, at, scalar === 'i' ? 'int32' : 'int64');
      return;
    case 'd':
      if (typeof value !== 'number') throw mismatch(value, at, 'float64');
      return;
    case 'q':
      if ((typeof value !== 'string' && typeof value !== 'number') || !isQuantity(value)) throw badQuantity();
      return;
    case 'x':
      if (typeof value !== 'string' && typeof value !== 'number') throw mismatch(value, at, 'int32');
      return;
    case 'o':
      return;
  }
}

function mismatch(value: Json, { struct }: Place, wanted: string): TypeMismatch {
  return new TypeMismatch(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${struct} of type ${wanted}`);
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** time.Parse's words. */
function badTime(value: string): TypeMismatch {
  const layout = '2006-01-02T15:04:05Z07:00';
  return new TypeMismatch(`parsing time ${quote(value)} as ${quote(layout)}: cannot parse ${quote(value)} as "2006"`);
}

function badQuantity(): TypeMismatch {
  return new TypeMismatch(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

function goType(type: FieldType): string {
  if (type.is === 'list') return `[]${goType(type.of)}`;
  if (type.is === 'map') return `map[string]${goType(type.of)}`;
  if (type.is === 'definition') return type.name.split('.').slice(-2).join('.');
  const names: Partial<Record<Scalar, string>> = {
    s: 'string',
    i: 'int32',
    l: 'int64',
    b: 'bool',
    d: 'float64',
    y: '[]uint8',
  };
  return names[type.scalar] ?? 'interface {}';
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
