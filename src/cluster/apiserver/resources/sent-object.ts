import { queryValue } from '#machine/http.ts';
import { isObject, type JsonObject, quote } from '../../api/json.ts';
import { KINDS } from '../../api/kinds/kinds.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { decode, TypeMismatch } from '../../api/schema/decode.ts';
import { ApiError, badRequest } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import type { GroupVersionKind } from '../subresource-kinds.ts';
import { unreadable } from './body.ts';

/** A kind, and its type in the schema. */
export interface Typed extends GroupVersionKind {
  readonly definition: string;
}

/**
 * The object that a create or an update sends, with its type checked and unknown fields dropped, warned of or refused (`fieldValidation=`).
 *
 * @throws ApiError BadRequest
 */
export function objectOfBody(request: ApiRequest, kind: Typed): KubeObject {
  const body = isObject(request.body) ? request.body : {};
  const wanted = apiVersionOf(kind.group, kind.version);
  const sent = (body['kind'] || kind.kind) as string;
  const version = (body['apiVersion'] || wanted) as string;
  if (sent !== kind.kind || version !== wanted) throw otherKind(request, kind, sent, version);
  const object = { ...body, kind: kind.kind, apiVersion: wanted };
  const checked = request.isForeign ? checkFields(request, kind, object) : (object as JsonObject);
  return { ...checked, metadata: checked['metadata'] ?? {} } as unknown as KubeObject;
}

/** @throws ApiError BadRequest */
export function checkName({ metadata }: KubeObject, name: string): void {
  if (!metadata.name)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

/** (apimachinery, pkg/runtime/serializer/json and pkg/runtime/scheme.go) */
function otherKind({ http }: ApiRequest, kind: Typed, sent: string, apiVersion: string): ApiError {
  const [first = '', second, ...more] = apiVersion.split('/');
  if (more.length > 0) {
    const wanted = { is: 'object', kind: kind.kind } as const;
    const text = typeof http.body === 'string' ? http.body : '';
    return unreadable(text, wanted, `unexpected GroupVersion string: ${apiVersion}`);
  }
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const to = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
  const why = KINDS.some((each) => each.kind === sent && each.group === group && each.version === version)
    ? `converting (${version}.${sent}) to (${to}.${kind.kind}): unknown conversion`
    : `no kind ${quote(sent)} is registered for version ${quote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
  return new MalformedField(kind, why, sent, version);
}

/** Another kind, a field of a wrong type, or one that is not known; `why` is the decoder's sentence. */
export class MalformedField extends ApiError {
  readonly why: string;

  constructor({ kind, version: wanted }: Typed, why: string, sent = kind, version = wanted) {
    super('BadRequest', `${sent} in version ${quote(version)} cannot be handled as a ${kind}: ${why}`);
    this.why = why;
  }
}

/** @throws MalformedField for a wrong type, and for unknown fields when they are refused */
function checkFields(request: ApiRequest, kind: Typed, object: JsonObject): JsonObject {
  const mode = queryValue(request.http.query, 'fieldValidation') || 'Warn';
  try {
    const { value, unknown } = decode(kind.definition, object);
    const sentences = unknown.map((path) => `unknown field ${quote(path)}`);
    if (mode === 'Strict' && unknown.length > 0)
      throw new MalformedField(kind, `strict decoding error: ${sentences.join(', ')}`);
    if (mode === 'Warn') request.warnings.push(...sentences);
    return value;
  } catch (error) {
    if (error instanceof TypeMismatch) throw new MalformedField(kind, error.message);
    throw error;
  }
}
