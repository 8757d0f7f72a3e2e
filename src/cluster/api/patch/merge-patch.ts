import { isObject, type Json, type JsonObject } from '../json.ts';

/** Applies an RFC 7386 patch: objects are merged, null removes, everything else replaces. What the patch leaves alone is shared. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = applyMergePatch(result[key], value);
  }
  return result as JsonObject;
}
