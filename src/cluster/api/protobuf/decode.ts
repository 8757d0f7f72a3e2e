import { timestamp } from '#kernel/calendar.ts';
import { MESSAGES } from './messages.ts';

/** Bytes that are no message of the API. */
class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly keepsZero: boolean;
}

/** How Kubernetes begins a body in protobuf (apimachinery, pkg/runtime/serializer/protobuf). */
const MAGIC = 'k8s\0';
/** The groups of the schema by those of apiVersion, where they differ. */
const GROUPS: Readonly<Record<string, string>> = {
  '': 'core',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  'coordination.k8s.io': 'coordination',
  'discovery.k8s.io': 'discovery',
  'events.k8s.io': 'events',
  'rbac.authorization.k8s.io': 'rbac',
  'scheduling.k8s.io': 'scheduling',
  'storage.k8s.io': 'storage',
};

const lines = new Map<string, string>();
const messages = new Map<string, ReadonlyMap<number, Field>>();

/** One line a message, as `core.v1.Volume 1:name:s! 2:=:core.v1.VolumeSource!`: number, name (`=`: its members stand in its place), type. */
function messageOf(name: string): ReadonlyMap<number, Field> {
  const known = messages.get(name);
  if (known) return known;
  if (lines.size === 0)
    for (const line of MESSAGES.trim().split('\n')) lines.set(line.slice(0, line.indexOf(' ')), line);
  const line = lines.get(name);
  if (line === undefined) throw new ProtobufError(`no message ${name}`);
  const fields = new Map<number, Field>();
  for (const part of line.split(' ').slice(1)) {
    const [number = '', fieldName = '', type = ''] = part.split(':');
    fields.set(Number(number), { name: fieldName, type: type.replace('!', ''), keepsZero: type.endsWith('!') });
  }
  messages.set(name, fields);
  return fields;
}

/**
 * Reads an object from what clients written in Go send: `k8s\0`, the type, the object. @param bytes one character a byte
 *
 * @throws ProtobufError
 */
export function decodeObject(bytes: string): Record<string, unknown> {
  if (!bytes.startsWith(MAGIC)) {
    const prefix = '[107 56 115 0]';
    throw new ProtobufError(`provided data does not appear to be a protobuf message, expected prefix ${prefix}`);
  }
  const envelope = readFields(bytes.slice(MAGIC.length));
  const type = new Map(readFields(text(envelope, 1)));
  const apiVersion = String(type.get(1) ?? '');
  const kind = String(type.get(2) ?? '');
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  // Options of a request say of which group they are sent, and are everybody's.
  const isOptions = kind.endsWith('Options');
  const name = isOptions ? `meta.v1.${kind}` : `${GROUPS[group] ?? group}.${version}.${kind}`;
  return { kind, apiVersion, ...decodeMessage(name, text(envelope, 2)) };
}

function text(fields: readonly (readonly [number, Raw])[], number: number): string {
  const found = fields.find(([each]) => each === number)?.[1];
  return typeof found === 'string' ? found : '';
}

/** What stands on the wire: a number, or bytes. */
type Raw = bigint | string;

function decodeMessage(name: string, bytes: string): Record<string, unknown> {
  const fields = messageOf(name);
  const result: Record<string, unknown> = {};
  for (const [number, raw] of readFields(bytes)) {
    const field = fields.get(number);
    if (!field) continue;
    if (field.name === '=') Object.assign(result, decodeMessage(field.type, String(raw)));
    else if (field.type.startsWith('[')) append(result, field, raw);
    else if (field.type.startsWith('{')) put(result, field, String(raw));
    else {
      const value = decodeValue(field.type, raw);
      if (value !== undefined && (field.keepsZero || !isZero(value))) result[field.name] = value;
    }
  }
  return result;
}

function append(result: Record<string, unknown>, { name, type }: Field, raw: Raw): void {
  const list = (result[name] as unknown[] | undefined) ?? [];
  list.push(decodeValue(type.slice(1, -1), raw));
  result[name] = list;
}

/** A map's entry: the key is 1, the value 2. */
function put(result: Record<string, unknown>, { name, type }: Field, bytes: string): void {
  const entry = new Map(readFields(bytes));
  const map = (result[name] as Record<string, unknown> | undefined) ?? {};
  const of = type.slice(1, -1);
  // A list with a name of its own is a message whose items are 1.
  const value = of.startsWith('[')
    ? readFields(String(entry.get(2) ?? '')).map(([, item]) => decodeValue(of.slice(1, -1), item))
    : decodeValue(of, entry.get(2) ?? '');
  map[fromUtf8(String(entry.get(1) ?? ''))] = value;
  result[name] = map;
}

function decodeValue(type: string, raw: Raw): unknown {
  switch (type) {
    case 's':
      return fromUtf8(String(raw));
    case 'b':
      return raw === 1n;
    case 'v':
      return Number(BigInt.asIntN(64, raw as bigint));
    case 'y':
      return base64(String(raw));
    case 'd':
      return 0;
    case 't':
    case 'u':
      return decodeTime(String(raw));
    case 'q':
      return fromUtf8(text(readFields(String(raw)), 1)) || '0';
    case 'x': {
      const fields = new Map(readFields(String(raw)));
      return fields.get(1) === 1n
        ? fromUtf8(String(fields.get(3) ?? ''))
        : Number(BigInt.asIntN(64, (fields.get(2) as bigint) ?? 0n));
    }
    case 'o': {
      const bytes = text(readFields(String(raw)), 1);
      return bytes === '' ? undefined : (JSON.parse(fromUtf8(bytes)) as unknown);
    }
    default:
      return decodeMessage(type, String(raw));
  }
}

/** Seconds since the epoch; none is no time. */
function decodeTime(bytes: string): string | undefined {
  if (bytes === '') return undefined;
  const seconds = new Map(readFields(bytes)).get(1);
  return typeof seconds === 'bigint' ? timestamp(Number(seconds) * 1000) : undefined;
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}

/** @throws ProtobufError for bytes that end too early */
function readFields(bytes: string): (readonly [number: number, raw: Raw])[] {
  const fields: (readonly [number, Raw])[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw new ProtobufError('unexpected EOF');
      const byte = bytes.charCodeAt(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('integer overflow');
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) fields.push([number, varint()]);
    else if (wireType === 2 || wireType === 1 || wireType === 5) {
      const length = wireType === 2 ? Number(varint()) : wireType === 1 ? 8 : 4;
      if (at + length > bytes.length) throw new ProtobufError('unexpected EOF');
      fields.push([number, bytes.slice(at, at + length)]);
      at += length;
    } else throw new ProtobufError(`proto: illegal wireType ${wireType}`);
  }
  return fields;
}

function fromUtf8(bytes: string): string {
  if (!/[\x80-\xff%]/.test(bytes)) return bytes;
  try {
    return decodeURIComponent(
      bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
    );
  } catch {
    throw new ProtobufError('a text is no UTF-8');
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: string): string {
  let result = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a, b, c] = [0, 1, 2].map((offset) => bytes.charCodeAt(index + offset));
    const bits = ((a ?? 0) << 16) | ((Number.isNaN(b) ? 0 : (b ?? 0)) << 8) | (Number.isNaN(c) ? 0 : (c ?? 0));
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63] ?? '');
    result += `${letters[0]}${letters[1]}${Number.isNaN(b) ? '=' : letters[2]}${Number.isNaN(c) ? '=' : letters[3]}`;
  }
  return result;
}
