import type { Routine } from '#kernel/coroutine.ts';

/** A key with its value (etcd, mvccpb.KeyValue); a value may be written as bytes once somebody reads it. */
export interface EtcdKeyValue {
  readonly key: string;
  readonly value: string | { encode(): string };
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: number;
}

/** One key, those up to `end`, or with the end `'\0'` all from `key` on. */
export interface EtcdKeyRange {
  readonly key: string;
  readonly end?: string | undefined;
}

export interface EtcdRangeRequest extends EtcdKeyRange {
  readonly revision?: number;
  readonly limit?: number;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
  readonly sort?: {
    readonly by: 'key' | 'version' | 'createRevision' | 'modRevision' | 'value';
    readonly descend?: boolean;
  };
}

export interface EtcdEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: EtcdKeyValue;
  readonly prevKv: EtcdKeyValue | undefined;
}

export interface EtcdLeaseState {
  readonly id: number;
  readonly ttl: number;
  readonly remaining: number;
  readonly keys: readonly string[];
}

interface AtRevision {
  /** Of the store, after the request. */
  readonly revision: number;
}

/** What is refused: the code is gRPC's. */
export interface EtcdRefusal extends Error {
  readonly code: string;
}

/** What etcd keeps, as its clients see it. All of it throws EtcdRefusal. */
export interface EtcdStore {
  readonly revision: number;
  readonly compactRevision: number;
  range(
    request: EtcdRangeRequest,
  ): AtRevision & { readonly kvs: readonly EtcdKeyValue[]; readonly count: number; readonly more: boolean };
  put(request: {
    readonly key: string;
    readonly value: string;
    readonly lease?: number;
  }): AtRevision & { readonly prevKv: EtcdKeyValue | undefined };
  delete(range: EtcdKeyRange): AtRevision & { readonly deleted: number; readonly prevKvs: readonly EtcdKeyValue[] };
  watch(
    request: EtcdKeyRange & { readonly startRevision?: number },
    send: (response: { readonly events: readonly EtcdEvent[]; readonly compactRevision?: number }) => void,
  ): { cancel(): void };
  compact(revision: number): void;
  readonly leases: {
    grant(ttl: number, id?: number): { readonly id: number; readonly ttl: number };
    revoke(id: number): void;
    /** Granted seconds. */
    keepAlive(id: number): number;
    state(id: number): EtcdLeaseState | undefined;
    list(): readonly EtcdLeaseState[];
  };
}

/** A member of an etcd cluster, as `member list` shows it. */
export interface EtcdMember {
  /** 16 hexadecimal digits, without zeros before them. */
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/** An etcd that runs, as clients reach it over gRPC. */
export interface EtcdService {
  readonly store: EtcdStore;
  readonly member: EtcdMember;
  readonly clusterId: string;
  readonly version: string;
  /** The authorities whose clients it serves, in PEM; missing without `--client-cert-auth`. */
  readonly clientAuthorities?: () => string;
  /** All that it keeps, as a file of `member/snap/db`. */
  snapshot(): string;
  /** Bytes of the file of its data, and of those that are in use. */
  size(): { readonly total: number; readonly used: number };
  /** How often leaders were elected. */
  readonly raftTerm: number;
  /** Shrinks the file to what is in use. */
  defragment(): Routine<void>;
}

/** What a file with data of etcd holds. */
export interface EtcdDataFile {
  /** How often leaders were elected until now. */
  readonly term: number;
  /** Who begins from it has another identity than who wrote it, and these addresses for its peers. */
  readonly restored?: { readonly name: string; readonly peerUrls: readonly string[] };
  /** What its process keeps in memory, by this number; or all of it. */
  readonly data: { readonly held: string } | { readonly snapshot: EtcdSnapshot };
}

/** All that a store knows, as plain data. */
export interface EtcdSnapshot {
  readonly revision: number;
  readonly compactRevision: number;
  readonly changes: readonly { readonly key: string; readonly kv?: { readonly value: unknown } | undefined }[];
  readonly leases: readonly EtcdLeaseState[];
}

/** What a file with data of etcd begins with. */
const MAGIC = 'etcd-data\0';

/** Where a data directory has them. */
export const ETCD_DATA_FILE = 'member/snap/db';

/** The text of a data file. */
export function writeEtcdData(file: EtcdDataFile): string {
  return `${MAGIC}${JSON.stringify(file)}`;
}

/** Undefined for what is no data of etcd. */
export function readEtcdData(text: string): EtcdDataFile | undefined {
  if (!text.startsWith(MAGIC)) return undefined;
  try {
    return JSON.parse(text.slice(MAGIC.length)) as EtcdDataFile;
  } catch {
    return undefined;
  }
}
