import { type HttpRequest, queryValue } from '#machine/http.ts';
import { isObject, type JsonObject, quote } from '../../api/json.ts';
import { jsonSyntaxError } from '../../api/json-syntax.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { decode, TypeMismatch } from '../../api/schema/decode.ts';
import { ApiError, badRequest } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import { mediaTypeOf, unsupportedMediaType } from './media-types.ts';

/** `--max-request-bytes`, of the generic server. */
const MAX_BYTES = 3 * 1024 * 1024;
/** sigs.k8s.io/json: deeper is refused, before it exhausts a stack. */
const MAX_DEPTH = 10_000;

/**
 * A body as a value. In-process clients send values, which are trusted; others text, which is checked.
 *
 * @param decodeProtobuf reads what clients written in Go may send
 * @param wanted what a body that cannot be read should have been: a kind's name, or '' for a patch and for what is no object
 * @throws ApiError BadRequest, RequestEntityTooLarge, UnsupportedMediaType
 */
export function readBody(
  { method, body, headers }: HttpRequest,
  decodeProtobuf: ((bytes: string) => unknown) | undefined,
  wanted: string,
): unknown {
  if (typeof body !== 'string') return body;
  const type = mediaTypeOf(headers?.['content-type']);
  if (type === 'application/vnd.kubernetes.protobuf' && decodeProtobuf) {
    if (body.length > MAX_BYTES) throw tooLarge();
    try {
      return decodeProtobuf(body);
    } catch (error) {
      throw badRequest(error instanceof Error ? error.message : String(error));
    }
  }
  // What is said of it is up to those who patch.
  if (method === 'PATCH' && type === 'application/apply-patch+yaml') return undefined;
  if (!type.endsWith('json')) throw unsupportedMediaType(ACCEPTED_BODIES);
  return parse(body, wanted);
}

const ACCEPTED_BODIES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BYTES}`);
}

/** @throws ApiError BadRequest, RequestEntityTooLarge */
function parse(text: string, wanted: string): unknown {
  if (text.length > MAX_BYTES) throw tooLarge();
  if (isTooDeep(text)) throw badRequest('json: exceeded max depth');
  try {
    return JSON.parse(text);
  } catch {
    const why = jsonSyntaxError(text) ?? 'invalid JSON';
    if (wanted === '') throw badRequest(why);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${wanted}): couldn't get version/kind; json parse error: ${why} (${summary(text)})`,
    );
  }
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

function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH) return false;
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
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/**
 * The object that a create or an update sends, with its type checked and unknown fields dropped, warned of or refused (`fieldValidation=`).
 *
 * @throws ApiError BadRequest
 */
export function objectOfBody(request: ApiRequest, kind: AnyKind): KubeObject {
  const { body } = request;
  if (!isObject(body))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error`,
    );
  const wanted = apiVersionOf(kind.group, kind.version);
  const sent = (body['kind'] ?? kind.kind) as string;
  const version = (body['apiVersion'] ?? wanted) as string;
  if (sent !== kind.kind || version !== wanted) {
    const from = `(${version.split('/').at(-1)}.${sent})`;
    const group = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
    const why = `converting ${from} to (${group}.${kind.kind}): unknown conversion`;
    throw badRequest(
      `${sent} in version ${quote(version.split('/').at(-1) ?? '')} cannot be handled as a ${kind.kind}: ${why}`,
    );
  }
  if (!request.isForeign && body['kind'] === kind.kind && body['apiVersion'] === wanted && body['metadata'])
    return body as unknown as KubeObject;
  const object = { ...body, kind: kind.kind, apiVersion: wanted };
  const checked = request.isForeign ? checkFields(request, kind, object) : (object as JsonObject);
  return { ...checked, metadata: checked['metadata'] ?? {} } as unknown as KubeObject;
}

/** A field of a wrong type; `why` is the decoder's sentence. */
export class MalformedField extends ApiError {
  readonly why: string;

  constructor(message: string, why: string) {
    super('BadRequest', message);
    this.why = why;
  }
}

/** @throws ApiError BadRequest for a wrong type, and for unknown fields when they are refused */
export function checkFields(request: ApiRequest, kind: AnyKind, object: JsonObject): JsonObject {
  const mode = queryValue(request.http.query, 'fieldValidation') ?? 'Warn';
  if (!['Ignore', 'Warn', 'Strict'].includes(mode)) {
    const detail = 'supported values: "Ignore", "Strict", "Warn"';
    throw new ApiError(
      'Invalid',
      `CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: ${quote(mode)}: ${detail}`,
      {
        group: 'meta.k8s.io',
        kind: 'CreateOptions',
        causes: [
          {
            reason: 'FieldValueNotSupported',
            message: `Unsupported value: ${quote(mode)}: ${detail}`,
            field: 'fieldValidation',
          },
        ],
      },
    );
  }
  const prefix = `${kind.kind} in version ${quote(kind.version)} cannot be handled as a ${kind.kind}`;
  try {
    const { value, unknown } = decode(kind.definition, object);
    const sentences = unknown.map((path) => `unknown field ${quote(path)}`);
    if (mode === 'Strict' && unknown.length > 0)
      throw badRequest(`${prefix}: strict decoding error: ${sentences.join(', ')}`);
    if (mode === 'Warn') request.warnings.push(...sentences);
    return value;
  } catch (error) {
    if (error instanceof TypeMismatch) throw new MalformedField(`${prefix}: ${error.message}`, error.message);
    throw error;
  }
}

/** `dryRun=All` and nothing else. @throws ApiError Invalid */
export function isDryRun(request: ApiRequest, inBody?: readonly string[]): boolean {
  const value = queryValue(request.http.query, 'dryRun') ?? inBody?.[0];
  if (value === undefined || value === 'All') return value === 'All';
  const message = `Unsupported value: ${quote(value)}: supported values: "All"`;
  throw new ApiError('Invalid', `CreateOptions.meta.k8s.io "" is invalid: dryRun: ${message}`, {
    group: 'meta.k8s.io',
    kind: 'CreateOptions',
    causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
  });
}
