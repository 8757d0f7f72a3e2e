import type { KeyRange, KeyValue, Value } from './key-value.ts';

/** etcd, etcdserverpb.RangeRequest. */
export interface RangeRequest extends KeyRange {
  /** 0 or undefined: now. */
  readonly revision?: number;
  /** 0 or undefined: no limit. */
  readonly limit?: number;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
  readonly sort?: {
    readonly by: 'key' | 'version' | 'createRevision' | 'modRevision' | 'value';
    readonly descend?: boolean;
  };
}

export interface RangeResponse {
  readonly kvs: readonly KeyValue[];
  /** Keys of the whole range, whatever the limit. */
  readonly count: number;
  readonly more: boolean;
}

export interface PutRequest {
  readonly key: string;
  readonly value: Value;
  readonly lease?: number;
}

export interface PutResponse {
  readonly prevKv: KeyValue | undefined;
}

export type DeleteRequest = KeyRange;

export interface DeleteResponse {
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

/** A condition of a transaction; a key that is not there has version, revisions and lease 0. */
export interface Compare extends KeyRange {
  readonly target: 'version' | 'createRevision' | 'modRevision' | 'lease' | 'value';
  readonly is: '=' | '!=' | '<' | '>';
  readonly to: number | string;
}

export type TxnOp =
  | ({ readonly op: 'range' } & RangeRequest)
  | ({ readonly op: 'put' } & PutRequest)
  | ({ readonly op: 'delete' } & DeleteRequest);

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly TxnOp[];
  readonly failure: readonly TxnOp[];
}

export type TxnOpResponse =
  | ({ readonly op: 'range' } & RangeResponse)
  | ({ readonly op: 'put' } & PutResponse)
  | ({ readonly op: 'delete' } & DeleteResponse);

export interface TxnResponse {
  readonly succeeded: boolean;
  readonly responses: readonly TxnOpResponse[];
}

/** Every answer carries the store's revision after it (etcd, ResponseHeader.revision). */
export type WithRevision<T> = T & { readonly revision: number };
