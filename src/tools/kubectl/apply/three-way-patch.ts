import { isEqual, isObject, type Json, type JsonObject } from '../../../cluster/api/json.ts';
import { definitionOf, type Field } from '../../../cluster/api/schema/schema.ts';

/** What `kubectl apply` goes by: what was applied before, what is to be, what there is. */
export interface ThreeWays {
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
}

/**
 * The strategic merge patch that makes of an object what is to be: what was applied before and is not named any more goes, what others set
 * stays (apimachinery, strategicpatch.CreateThreeWayMergePatch).
 *
 * @param definition the type, as `apps.v1.Deployment`; undefined for kinds that the API has no type of
 */
export function threeWayPatch(definition: string | undefined, { original, modified, current }: ThreeWays): JsonObject {
  const fields = definition === undefined ? undefined : definitionOf(definition).fields;
  const patch: Record<string, Json> = {};
  for (const [key, wanted] of Object.entries(modified)) {
    const [was, is] = [original[key], current[key]];
    if (wanted === undefined || wanted === null || isEqual(wanted, is)) continue;
    const field = fields?.get(key);
    if (isObject(wanted) && isObject(is)) {
      const inner = threeWayPatch(definitionIn(field), {
        original: isObject(was) ? was : {},
        modified: wanted,
        current: is,
      });
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (Array.isArray(wanted) && Array.isArray(is) && field?.mergeKey !== undefined)
      joinLists(patch, key, field, { was: Array.isArray(was) ? was : [], wanted, is });
    else patch[key] = wanted;
  }
  for (const key of Object.keys(original))
    if (modified[key] === undefined && current[key] !== undefined) patch[key] = null;
  return patch;
}

function definitionIn(field: Field | undefined): string | undefined {
  return field?.type.is === 'definition' ? field.type.name : undefined;
}

interface Lists {
  readonly was: readonly Json[];
  readonly wanted: readonly Json[];
  readonly is: readonly Json[];
}

function joinLists(
  patch: Record<string, Json>,
  key: string,
  { mergeKey = '', type }: Field,
  { was, wanted, is }: Lists,
): void {
  if (mergeKey === '') {
    const added = wanted.filter((item) => !is.some((each) => isEqual(each, item)));
    const gone = was.filter(
      (item) => !wanted.some((each) => isEqual(each, item)) && is.some((each) => isEqual(each, item)),
    );
    if (added.length > 0) patch[key] = added;
    if (gone.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = gone;
    return;
  }
  const find = (list: readonly Json[], item: JsonObject) =>
    list.filter(isObject).find((each) => isEqual(each[mergeKey], item[mergeKey]));
  const definition = type.is === 'list' && type.of.is === 'definition' ? type.of.name : undefined;
  const items: Json[] = [];
  for (const item of wanted.filter(isObject)) {
    const current = find(is, item);
    if (!current) {
      items.push(item);
      continue;
    }
    const inner = threeWayPatch(definition, { original: find(was, item) ?? {}, modified: item, current });
    if (Object.keys(inner).length > 0) items.push({ ...inner, [mergeKey]: item[mergeKey] ?? null });
  }
  for (const item of was.filter(isObject))
    if (!find(wanted, item) && find(is, item)) items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] ?? null });
  if (items.length === 0) return;
  patch[key] = items;
  patch[`$setElementOrder/${key}`] = wanted.filter(isObject).map((item) => ({ [mergeKey]: item[mergeKey] ?? null }));
}
