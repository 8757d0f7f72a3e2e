import type { HttpRequest } from '#machine/http.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import { jsonSyntaxError } from '../../api/json-syntax.ts';
import { ApiError, badRequest } from '../../api/status.ts';
import { mediaTypeOf, unsupportedMediaType } from './media-types.ts';

/** `--max-request-bytes`, of the generic server. */
const MAX_BYTES = 3 * 1024 * 1024;
/** sigs.k8s.io/json allows ten times as much; a call stack of JavaScript does not. No type of the API is nested half as deep. */
const MAX_DEPTH = 1_000;

/** What a body should be, for the words of a refusal: an object of a kind, the options of a deletion, or a patch. */
export type Wanted =
  | { readonly is: 'object'; readonly kind: string }
  | { readonly is: 'options' }
  | { readonly is: 'patch'; readonly isStrategic: boolean };

/**
 * A body as a value. In-process clients send values, which are trusted; others text, which is checked.
 *
 * @param decodeProtobuf reads what clients written in Go may send
 * @returns undefined for no body where none is needed
 * @throws ApiError BadRequest, RequestEntityTooLarge, UnsupportedMediaType
 */
export function readBody(
  { body, headers }: HttpRequest,
  decodeProtobuf: ((bytes: string) => unknown) | undefined,
  wanted: Wanted,
): unknown {
  if (body !== undefined && typeof body !== 'string') return body;
  const text = body ?? '';
  if (text === '' && wanted.is === 'options') return undefined;
  if (text.length > MAX_BYTES) throw tooLarge();
  const type = mediaTypeOf(headers?.['content-type']);
  if (wanted.is === 'patch') {
    // What is said of apply is up to those who patch.
    return type === 'application/apply-patch+yaml' ? undefined : parse(text, wanted);
  }
  if (type === 'application/vnd.kubernetes.protobuf' && decodeProtobuf) {
    if (text === '') throw unreadable(text, wanted, 'empty data');
    try {
      return decodeProtobuf(text);
    } catch (error) {
      throw unreadable(text, wanted, error instanceof Error ? error.message : String(error));
    }
  }
  if (type !== 'application/json') throw unsupportedMediaType(type);
  return typed(parse(text, wanted), text, wanted);
}

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BYTES}`);
}

/** @throws ApiError BadRequest */
function parse(text: string, wanted: Wanted): unknown {
  const tooDeep = tooDeepAt(text);
  if (tooDeep !== undefined) throw malformed(text, wanted, `invalid character '${tooDeep}' exceeded max depth`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text, wanted, jsonSyntaxError(text) ?? 'invalid JSON');
  }
  if (PROTO.test(text) && hasProto(value)) throw badRequest('a field "__proto__" is not simulated here');
  return value;
}

const STRUCT = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

/** What every object says of itself must be text. Null stands for an object that says nothing. */
function typed(value: unknown, text: string, wanted: Wanted): JsonObject {
  if (value === null) return {};
  if (!isObject(value))
    throw malformed(text, wanted, `json: cannot unmarshal ${typeName(value)} into Go value of type ${STRUCT}`);
  for (const name of ['apiVersion', 'kind']) {
    const said = value[name];
    if (said === undefined || said === null || typeof said === 'string') continue;
    throw malformed(
      text,
      wanted,
      `json: cannot unmarshal ${typeName(said)} into Go struct field .${name} of type string`,
    );
  }
  return value;
}

/** How Go calls the type of a value of JSON. */
export function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function malformed(text: string, wanted: Wanted, why: string): ApiError {
  if (wanted.is === 'patch') return unreadablePatch(why, wanted.isStrategic);
  return unreadable(text, wanted, `couldn't get version/kind; json parse error: ${why}`);
}

/** Strategic merge patches are read by another function, which says less (apiserver, pkg/endpoints/handlers/patch.go). */
export function unreadablePatch(why: string, isStrategic: boolean): ApiError {
  return badRequest(isStrategic ? why : `error decoding patch: ${why}`);
}

/** A body whose kind is not even known (apiserver, pkg/endpoints/handlers.transformDecodeError). */
export function unreadable(text: string, wanted: Wanted, why: string): ApiError {
  if (wanted.is !== 'object') return badRequest(why);
  return badRequest(`the object provided is unrecognized (must be of type ${wanted.kind}): ${why} (${summary(text)})`);
}

const SUMMARY = 30;

/** The beginning of a body, for a message (apiserver, pkg/endpoints/handlers.summarizeData). */
function summary(text: string): string {
  if (text === '') return '<empty>';
  const head = text.slice(0, SUMMARY);
  const shown = text.startsWith('{') ? head : hex(head);
  return text.length > SUMMARY ? `${shown} ...` : shown;
}

function hex(text: string): string {
  return [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** The bracket that opens one level too many. */
function tooDeepAt(text: string): string | undefined {
  if (text.length < MAX_DEPTH) return undefined;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return text.charAt(index);
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return undefined;
}

/** A name that is more than a name in JavaScript, as it is written in JSON. */
const PROTO = /__proto__|\\u005f/i;

function hasProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}
