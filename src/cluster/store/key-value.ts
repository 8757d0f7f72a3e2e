/** What a key holds: bytes as a string of one character each, or something that is written as bytes once somebody reads them. */
export type Value = string | Encodable;

/** A value whose owner keeps it in a form of its own. It never changes. */
export interface Encodable {
  encode(): string;
}

export function bytesOf(value: Value): string {
  return typeof value === 'string' ? value : value.encode();
}

/** A key with its value at some revision (etcd, mvccpb.KeyValue). */
export interface KeyValue {
  readonly key: string;
  readonly value: Value;
  /** The revision that made the key; it changes when the key is deleted and made again. */
  readonly createRevision: number;
  /** The revision of the last change. */
  readonly modRevision: number;
  /** How often the key was written since it was made, from 1. */
  readonly version: number;
  /** Id of the lease that the key goes with; 0 for none. */
  readonly lease: number;
}

/** A change, as watchers see it (etcd, mvccpb.Event). */
export interface StoreEvent {
  readonly type: 'PUT' | 'DELETE';
  /** For a DELETE only `key` and `modRevision` count. */
  readonly kv: KeyValue;
  /** What was there before; undefined for a key that was not. */
  readonly prevKv: KeyValue | undefined;
}

/**
 * Which keys a request is about: one, those from `key` up to, not including, `end`, or all from `key` on.
 * etcdctl's `--prefix` and `--from-key` are made of it (`prefixOf`, `fromKey`).
 */
export interface KeyRange {
  readonly key: string;
  /** Undefined: `key` alone. `'\0'`: every key from `key` on. */
  readonly end?: string | undefined;
}

/** etcd's sign for "no end". */
export const NO_END = '\0';

/** All keys that begin with `prefix`; all keys for ''. Keys are in the order of their code units, which for ASCII is etcd's order of bytes. */
export function prefixOf(prefix: string): KeyRange {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const code = prefix.charCodeAt(index);
    if (code < 0xffff) return { key: prefix, end: prefix.slice(0, index) + String.fromCharCode(code + 1) };
  }
  return fromKey(prefix);
}

/** All keys from `key` on. */
export function fromKey(key: string): KeyRange {
  return { key: key === '' ? '\0' : key, end: NO_END };
}

export function includes({ key, end }: KeyRange, candidate: string): boolean {
  if (end === undefined) return candidate === key;
  return candidate >= key && (end === NO_END || candidate < end);
}
