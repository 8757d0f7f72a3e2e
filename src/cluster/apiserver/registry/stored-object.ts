import type { KubeObject } from '../../api/object.ts';
import type { Encodable, KeyValue } from '../../store/key-value.ts';

/** How the API server begins what it writes to etcd (apimachinery, pkg/runtime/serializer/protobuf). */
const MAGIC = 'k8s\0';

/**
 * An object as etcd holds it: without its resourceVersion, which is the revision of its key. It is written as runtime.Unknown, the
 * envelope of the real server: the type in protobuf, then the object itself, here as JSON, with the media type that says so.
 */
export class StoredObject implements Encodable {
  /** With its resourceVersion once it was read: most are never written as bytes. */
  #object: KubeObject;
  #isVersioned = false;

  constructor(object: KubeObject) {
    this.#object = object;
  }

  /** The object as it is read at the revision of its key: always the same one, so that readers may compare by identity. */
  at(revision: number): KubeObject {
    if (!this.#isVersioned) {
      this.#object = withVersion(this.#object, revision);
      this.#isVersioned = true;
    }
    return this.#object;
  }

  encode(): string {
    const { resourceVersion: _, ...metadata } = this.#object.metadata;
    const raw = utf8(JSON.stringify({ ...this.#object, metadata }));
    const type = field(1, this.#object.apiVersion) + field(2, this.#object.kind);
    return MAGIC + field(1, type) + field(2, raw) + field(3, '') + field(4, 'application/json');
  }

  /** @throws Error for bytes that no API server wrote */
  static decode(bytes: string): StoredObject {
    if (!bytes.startsWith(MAGIC)) throw new Error('does not begin with the magic of an object');
    const raw = readField(bytes, MAGIC.length, 2);
    if (raw === undefined) throw new Error('holds no object');
    return new StoredObject(JSON.parse(fromUtf8(raw)) as KubeObject);
  }
}

/** Objects that came as bytes, from a snapshot or from etcdctl, are decoded once. */
const decoded = new WeakMap<KeyValue, StoredObject>();

/** @throws Error for a value that no API server wrote */
export function objectOf(kv: KeyValue): KubeObject {
  const { value } = kv;
  if (value instanceof StoredObject) return value.at(kv.modRevision);
  let stored = decoded.get(kv);
  if (!stored) {
    stored = StoredObject.decode(typeof value === 'string' ? value : value.encode());
    decoded.set(kv, stored);
  }
  return stored.at(kv.modRevision);
}

export function withVersion(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } };
}

/** A field of protobuf's wire type 2: bytes with their length. */
function field(number: number, bytes: string): string {
  return String.fromCharCode((number << 3) | 2) + varint(bytes.length) + bytes;
}

function varint(value: number): string {
  let rest = value;
  let text = '';
  while (rest > 0x7f) {
    text += String.fromCharCode((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return text + String.fromCharCode(rest);
}

/** The bytes of a field; all fields are of wire type 2. */
function readField(bytes: string, start: number, wanted: number): string | undefined {
  let at = start;
  while (at < bytes.length) {
    const tag = bytes.charCodeAt(at);
    at += 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.charCodeAt(at);
      at += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80 || Number.isNaN(byte)) break;
    }
    if (tag >> 3 === wanted) return bytes.slice(at, at + length);
    at += length;
  }
  return undefined;
}

/** UTF-8, one character a byte. */
function utf8(text: string): string {
  return encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function fromUtf8(bytes: string): string {
  return decodeURIComponent(
    bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
}
