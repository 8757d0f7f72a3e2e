import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { decodeBase64, encodeBase64 } from '#x509/base64.ts';
import { isObject } from '../../api/json.ts';
import { jsonSyntaxError } from '../../api/json-syntax.ts';
import { type ApiError, badRequest } from '../../api/status.ts';

/** Where a list goes on, and at which revision; none for the newest. */
export interface Continuation {
  readonly revision: number;
  /** The first key that may be next. */
  readonly from: string;
}

const VERSION = 'meta.k8s.io/v1';

/** What `continue` is in a page of a list: opaque to clients (apiserver, pkg/storage/continue.go). @param prefix what all keys of the list begin with */
export function writeToken({ revision, from }: Continuation, prefix: string): string {
  const text = utf8Encode(JSON.stringify({ v: VERSION, rv: revision, start: from.slice(prefix.length) }));
  return encodeBase64(
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    'url',
  );
}

/** @throws ApiError BadRequest for what this server did not write, and for a way out of the list */
export function readToken(token: string, prefix: string): Continuation {
  const { v, rv, start } = parsed(token);
  if (v !== VERSION) throw refused(`server does not recognize this encoded version ${v ?? ''}`);
  if (typeof rv !== 'number' || rv === 0)
    throw badRequest('invalid continue token: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw badRequest('invalid continue token: encoded start key empty (version meta.k8s.io/v1)');
  const parts = start.replace(/^\//, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw refused(start);
  return { revision: Math.max(0, rv), from: prefix + start.replace(/^\//, '') };
}

function parsed(token: string): Record<string, unknown> {
  let text: string;
  try {
    text = utf8Decode(Array.from(decodeBase64(token, 'url'), (byte) => String.fromCharCode(byte)).join(''));
  } catch (error) {
    throw refused((error as Error).message);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value as Record<string, unknown>;
  } catch {
    throw refused(jsonSyntaxError(text) ?? 'invalid JSON');
  }
  throw refused('json: cannot unmarshal into Go value of type storage.continueToken');
}

function refused(why: string): ApiError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
