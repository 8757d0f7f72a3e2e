import { isEqual, isObject, type Json, type JsonObject } from '../json.ts';
import { definitionOf, type Field, type FieldType } from '../schema/schema.ts';
import { PatchError } from './json-patch.ts';

/** Directives inside a patch (apimachinery, pkg/util/strategicpatch). */
const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch to an object of one of the API's types: lists are joined by their merge keys.
 *
 * @param name the type, as `apps.v1.Deployment`
 * @throws PatchError for an item without its merge key, or a directive that is none
 */
export function applyStrategicMergePatch(name: string, target: JsonObject, patch: JsonObject): JsonObject {
  return mergeDefinition(name, target, patch);
}

function mergeDefinition(name: string, target: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch[PATCH];
  if (directive === 'replace') return without(patch, PATCH);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new PatchError(`unknown patch type: ${directive} in map: ${goMap(patch)}`);
  const { fields } = definitionOf(name);
  const result: Record<string, Json | undefined> = { ...target };
  const retained = patch[RETAIN_KEYS];
  if (Array.isArray(retained)) {
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  }
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(fields.get(key), result[key], value, patch[`${SET_ORDER}${key}`]);
  }
  return withDirectivesForLists(result, patch, fields);
}

/** What a patch says of lists that it does not name otherwise. */
function withDirectivesForLists(
  result: Record<string, Json | undefined>,
  patch: JsonObject,
  fields: ReadonlyMap<string, Field>,
): JsonObject {
  for (const [directive, value] of Object.entries(patch)) {
    if (directive.startsWith(DELETE_FROM) && Array.isArray(value)) {
      const key = directive.slice(DELETE_FROM.length);
      const list = result[key];
      if (Array.isArray(list)) result[key] = list.filter((item) => !value.some((gone) => isEqual(gone, item)));
    }
    if (directive.startsWith(SET_ORDER) && Array.isArray(value)) {
      const key = directive.slice(SET_ORDER.length);
      const list = result[key];
      if (Array.isArray(list)) result[key] = ordered(list, value, fields.get(key)?.mergeKey ?? '');
    }
  }
  return result as JsonObject;
}

function mergeField(field: Field | undefined, before: Json | undefined, patch: Json, order: Json | undefined): Json {
  const type = field?.type;
  if (!field || !type) return patch;
  if (type.is === 'definition' && isObject(patch))
    return mergeDefinition(type.name, isObject(before) ? before : {}, patch);
  if (type.is === 'map' && isObject(patch)) return mergeMap(type.of, isObject(before) ? before : {}, patch);
  if (type.is === 'list' && Array.isArray(patch)) {
    if (field.mergeKey === undefined) return patch;
    const list = Array.isArray(before) ? (before as readonly Json[]) : [];
    if (field.mergeKey === '') return union(list, patch);
    return mergeList(field, type.of, list, patch, order);
  }
  return patch;
}

function mergeMap(of: FieldType, target: JsonObject, patch: JsonObject): JsonObject {
  if (patch[PATCH] === 'replace') return without(patch, PATCH);
  const result: Record<string, Json | undefined> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else if (of.is === 'definition' && isObject(value)) {
      const before = result[key];
      result[key] = mergeDefinition(of.name, isObject(before) ? before : {}, value);
    } else result[key] = value;
  }
  return result as JsonObject;
}

function mergeList(
  field: Field,
  of: FieldType,
  list: readonly Json[],
  patch: readonly Json[],
  order: Json | undefined,
): Json {
  const key = field.mergeKey ?? '';
  let result = [...list];
  const added: Json[] = [];
  for (const item of patch) {
    if (!isObject(item)) throw new PatchError(`expected a map in list ${field.name}, found ${JSON.stringify(item)}`);
    if (item[PATCH] === 'replace') {
      return patch.filter((other) => !(isObject(other) && other[PATCH] === 'replace'));
    }
    const id = item[key];
    if (id === undefined) throw new PatchError(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    const at = result.findIndex((other) => isObject(other) && isEqual(other[key], id));
    if (item[PATCH] === 'delete') result = result.filter((_, index) => index !== at);
    else if (at < 0) added.push(of.is === 'definition' ? mergeDefinition(of.name, {}, item) : item);
    else result[at] = of.is === 'definition' ? mergeDefinition(of.name, result[at] as JsonObject, item) : item;
  }
  if (list.length === 0) return added;
  // Without an order of its own a patch puts new items first, as the real one does.
  return Array.isArray(order) ? [...result, ...added] : [...added.reverse(), ...result];
}

function union(list: readonly Json[], patch: readonly Json[]): Json {
  return [...list, ...patch.filter((item) => !list.some((other) => isEqual(other, item)))];
}

/** Items in the order that the patch gives; those that it does not name keep their place relative to what was before them. */
function ordered(list: readonly Json[], order: readonly Json[], mergeKey: string): Json[] {
  const idOf = (item: Json) => (mergeKey === '' ? item : isObject(item) ? (item[mergeKey] ?? null) : item);
  const wanted = order.map(idOf);
  const named = wanted.flatMap((id) => list.filter((item) => isEqual(idOf(item), id)));
  const others = list.filter((item) => !wanted.some((id) => isEqual(idOf(item), id)));
  const result = [...named];
  for (const other of others) {
    const before = list.slice(0, list.indexOf(other)).reverse();
    const anchor = before.find((item) => result.includes(item));
    result.splice(anchor === undefined ? 0 : result.indexOf(anchor) + 1, 0, other);
  }
  return result;
}

function without(patch: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = patch;
  return rest as JsonObject;
}

/** How Go prints a map in a message. */
export function goMap(item: JsonObject): string {
  const entries = Object.keys(item)
    .sort()
    .map((key) => `${key}:${goValue(item[key] ?? null)}`);
  return `map[${entries.join(' ')}]`;
}

function goValue(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(goValue).join(' ')}]`;
  return isObject(value) ? goMap(value) : value === null ? '<nil>' : String(value);
}
