import { invalidValue } from '../../api/field-error.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { applyJsonPatch, MAX_OPERATIONS, PatchError } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch, goMap } from '../../api/patch/strategic-merge-patch.ts';
import { isCustom } from '../../api/schema/schema.ts';
import { ApiError, badRequest, invalid } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import { typeName, unreadablePatch } from './body.ts';
import { mediaTypeOf, STRATEGIC, unsupportedMediaType } from './media-types.ts';
import { checkName, MalformedField, objectOfBody, type Typed } from './sent-object.ts';

/**
 * What a PATCH makes of an object: an object of the same kind, with the same name (apiserver, pkg/endpoints/handlers/patch.go).
 *
 * @throws ApiError for a media type or a body that is no patch
 */
export function patchOf(request: ApiRequest, kind: Typed): (before: JsonObject) => KubeObject {
  const apply = patcher(request, kind);
  return (before) => {
    const patched = apply(before);
    if (!isObject(patched)) throw rejected();
    const object = request.isForeign ? checked(request, kind, patched) : (patched as unknown as KubeObject);
    checkUid(kind, object, before);
    checkName(object, request.info.name);
    return object;
  };
}

/** A patch that leaves another kind, or fields of a wrong type, is itself what is wrong. @throws ApiError Invalid */
function checked(request: ApiRequest, kind: Typed, patched: JsonObject): KubeObject {
  try {
    return objectOfBody({ ...request, body: patched }, kind);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = error instanceof MalformedField ? error.why : error.message;
    if (mediaTypeOf(request.http.headers?.['content-type']) !== STRATEGIC || !isObject(request.body))
      throw invalid('', '', '', [invalidValue('patch', JSON.stringify(patched), why)]);
    throw invalid('', '', '', [invalidValue('patch', goMap(request.body as JsonObject), converterWords(why))]);
  }
}

const MISMATCH =
  /^json: cannot unmarshal (?<value>\w+)(?<fraction> \S+)? into Go struct field \S+ of type (?<type>.+)$/;
const GO_KINDS: Readonly<Record<string, string>> = { object: 'map', array: 'slice', number: 'int64' };

/** A strategic merge patch is turned into its type by another function, with words of its own (apimachinery, pkg/runtime/converter.go). */
function converterWords(why: string): string {
  const { value = '', fraction, type = '' } = MISMATCH.exec(why)?.groups ?? {};
  if (type === '') return why;
  const from = fraction === undefined ? (GO_KINDS[value] ?? value) : 'float64';
  if (type.startsWith('[]')) return `cannot restore slice from ${from}`;
  if (type.startsWith('map[')) return `cannot restore map from ${from}`;
  if (type.includes('.')) return `cannot restore struct from: ${from}`;
  const isNumber = from === 'int64' || from === 'float64';
  if ((isNumber && /^(?:int|float)/.test(type)) || (from === 'int64' && type === 'string'))
    return `cannot convert ${from} to ${type}`;
  return `unrecognized type: ${type}`;
}

/** A patch has no precondition, so that another uid is a change of what cannot be changed; it is found twice. */
function checkUid(kind: Typed, { metadata }: KubeObject, before: JsonObject): void {
  const { uid } = (before as unknown as KubeObject).metadata;
  if (!metadata.uid || metadata.uid === uid) return;
  const error = invalidValue('metadata.uid', metadata.uid, 'field is immutable');
  throw invalid(kind.group, kind.kind, metadata.name, [error, error]);
}

/** @throws ApiError for a media type or a body that is no patch */
function patcher(request: ApiRequest, kind: Typed): (before: JsonObject) => Json {
  const type = mediaTypeOf(request.http.headers?.['content-type']);
  const patch = request.body as Json;
  switch (type) {
    case 'application/json-patch+json':
      if (patch === null) return (before) => before;
      if (!Array.isArray(patch)) throw notA(patch, '[]handlers.jsonPatchOp');
      if (patch.length > MAX_OPERATIONS) {
        throw new ApiError(
          'RequestEntityTooLarge',
          `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
        );
      }
      for (const operation of patch as readonly Json[]) checkOperation(operation);
      return (before) => refusing(() => applyJsonPatch(before, patch));
    case 'application/merge-patch+json':
      if (patch === null) throw badRequest('Invalid JSON Patch');
      if (!isObject(patch)) throw notA(patch, OBJECT);
      return (before) => applyMergePatch(before, patch);
    case STRATEGIC:
      if (isCustom(kind.definition)) {
        const accepted = 'application/json-patch+json, application/merge-patch+json';
        const why = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
        throw new ApiError('UnsupportedMediaType', why);
      }
      if (patch === null) return (before) => before;
      if (!isObject(patch)) throw notA(patch, OBJECT, true);
      return (before) => {
        try {
          return applyStrategicMergePatch(kind.definition, before, patch);
        } catch (error) {
          if (error instanceof PatchError) throw new ApiError('', error.message, undefined, 500);
          throw error;
        }
      };
    case 'application/apply-patch+yaml':
      throw new ApiError(
        'UnsupportedMediaType',
        'server-side apply is not simulated here; on a real cluster the API server merges by the owners of fields. Use kubectl apply without --server-side',
      );
    default:
      throw unsupportedMediaType(type);
  }
}

function checkOperation(operation: Json): void {
  if (!isObject(operation)) throw notA(operation, 'handlers.jsonPatchOp');
  for (const name of ['op', 'path', 'from']) {
    const value = operation[name];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const why = `json: cannot unmarshal ${typeName(value)} into Go struct field jsonPatchOp.${name} of type string`;
    throw unreadablePatch(why, false);
  }
}

/** How Go calls an object of JSON. */
const OBJECT = 'map[string]interface {}';

function notA(patch: Json, wanted: string, isStrategic = false): ApiError {
  return unreadablePatch(`json: cannot unmarshal ${typeName(patch)} into Go value of type ${wanted}`, isStrategic);
}

function refusing(apply: () => Json): Json {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw rejected();
  }
}

/** The real server keeps the reason to itself, and its log. */
function rejected(): ApiError {
  return new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});
}
