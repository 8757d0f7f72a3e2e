import { type FieldError, invalidValue, required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Secret } from '../../types/core.ts';
import { checkImmutable, checkKeys, checkSize } from './config-map.ts';

/** What a client may send in place of base64; the server turns it into `data`. */
type Sent = Secret & { readonly stringData?: Readonly<Record<string, string>> };

/** Keys that a Secret of a type must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** pkg/registry/core/secret */
export const secret: Kind<Secret> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  storagePath: 'secrets',
  definition: 'core.v1.Secret',
  checkName: subdomain1123,
  complete: (object) => {
    const { stringData, ...rest } = object as Sent;
    const text = Object.entries(stringData ?? {}).map(([key, value]) => [key, base64(value)]);
    return {
      ...rest,
      ...((rest.data || text.length > 0) && { data: { ...rest.data, ...Object.fromEntries(text) } }),
      type: object.type || 'Opaque',
    };
  },
  validate: (object) => [
    ...checkKeys(object.data ?? {}, 'data'),
    ...checkSize(object.data ?? {}, 'data'),
    ...missingKeys(object),
  ],
  validateUpdate: (next, before) => [
    ...(next.type === before.type ? [] : [invalidValue('type', next.type, 'field is immutable')]),
    ...checkImmutable(next, before),
  ],
  selectable: { type: ({ type }) => type },
  columns: [NAME, column('Type'), column('Data'), AGE],
  row: ({ metadata, type, data = {} }, now) => [
    metadata.name,
    type,
    `${Object.keys(data).length}`,
    ageOf(metadata.creationTimestamp, now),
  ],
};

function missingKeys({ type, data = {} }: Secret): FieldError[] {
  return (REQUIRED_KEYS[type] ?? []).filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of a text's UTF-8. Neither btoa nor Buffer is everywhere that this runs. */
function base64(text: string): string {
  const bytes = utf8(text);
  let result = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.slice(index, index + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63]);
    result +=
      letters[0] + (letters[1] ?? '') + (b === undefined ? '=' : letters[2]) + (c === undefined ? '=' : letters[3]);
  }
  return result;
}

function utf8(text: string): number[] {
  return [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, letter]) =>
    hex === undefined ? (letter ?? '').charCodeAt(0) : Number.parseInt(hex, 16),
  );
}
