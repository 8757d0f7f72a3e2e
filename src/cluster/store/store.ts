import type { Kernel } from '#kernel/kernel.ts';
import { StoreError } from './errors.ts';
import { type Change, KeyIndex } from './key-index.ts';
import { bytesOf, type KeyValue, type StoreEvent } from './key-value.ts';
import { type LeaseState, Leases } from './leases.ts';
import { Log } from './log.ts';
import type {
  DeleteRequest,
  DeleteResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnOp,
  TxnOpResponse,
  TxnRequest,
  TxnResponse,
  WithRevision,
} from './requests.ts';
import { checkTransaction, holds, rangeAt } from './transaction.ts';
import { type Watch, Watches, type WatchRequest, type WatchResponse } from './watch.ts';

/** All that a store knows, as plain data; what etcd keeps in `member/snap/db`. */
export interface StoreSnapshot {
  readonly revision: number;
  readonly compactRevision: number;
  /** Every change since the last compaction, in order. */
  readonly changes: readonly ({ readonly key: string } & Change)[];
  readonly leases: readonly LeaseState[];
}

/** The empty store's revision. */
const FIRST_REVISION = 1;

/**
 * etcd's data model: keys with revisions, transactions, leases and watches (etcd 3.6, server/storage/mvcc and server/etcdserver/txn).
 * One member, no network: who reaches it, and whether it answers at all, is the business of its etcd process.
 */
export class Store {
  readonly leases: Leases;
  readonly #watches: Watches;
  readonly #index = new KeyIndex();
  readonly #log: Log;
  #revision = FIRST_REVISION;
  #compactRevision = 0;
  /** The leases of a store that is closed. */
  #whenClosed: readonly LeaseState[] | undefined;

  /** @param snapshot what `snapshot` of another store gave; without it the store is empty, at revision 1 */
  constructor(kernel: Kernel, snapshot?: StoreSnapshot) {
    this.leases = new Leases(kernel, (keys) => this.#write(keys.map((key) => ({ op: 'delete', key }))));
    this.#log = new Log(firstKnown(snapshot?.compactRevision ?? 0));
    const store = this;
    this.#watches = new Watches(kernel, {
      get revision() {
        return store.#revision;
      },
      get compactRevision() {
        return store.#compactRevision;
      },
      log: this.#log,
    });
    if (snapshot) this.#restore(snapshot);
  }

  /** Of the last change. */
  get revision(): number {
    return this.#revision;
  }

  /** Before it nothing is known; 0: everything is. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  get isOpen(): boolean {
    return this.#whenClosed === undefined;
  }

  /** How many watch. */
  get watchers(): number {
    return this.#watches.size;
  }

  /** Also of a closed store: what it was, as its API server has it in memory. @throws StoreError ErrEmptyKey, ErrCompacted, ErrFutureRev */
  range(request: RangeRequest): WithRevision<RangeResponse> {
    if (request.key === '') throw new StoreError('ErrEmptyKey');
    return { ...rangeAt(this.#index, request, this.#readable(request.revision)), revision: this.#revision };
  }

  /** @throws StoreError ErrEmptyKey, ErrLeaseNotFound, ErrRequestTooLarge */
  put(request: PutRequest): WithRevision<PutResponse> {
    const [response] = this.#checkedWrite([{ op: 'put', ...request }]);
    return { prevKv: response?.op === 'put' ? response.prevKv : undefined, revision: this.#revision };
  }

  /** Deletes every key of a range in one revision; none is no change. @throws StoreError ErrEmptyKey */
  delete(request: DeleteRequest): WithRevision<DeleteResponse> {
    const [response] = this.#checkedWrite([{ op: 'delete', ...request }]);
    const { deleted, prevKvs } = response?.op === 'delete' ? response : { deleted: 0, prevKvs: [] };
    return { deleted, prevKvs, revision: this.#revision };
  }

  /**
   * Does `success` when every condition holds, else `failure`, as one: all of it in one revision, or none of it.
   *
   * @throws StoreError for a request that is refused as a whole
   */
  txn(request: TxnRequest): WithRevision<TxnResponse> {
    this.mustBeOpen();
    checkTransaction(request);
    const succeeded = holds(this.#index, request.compare, this.#revision);
    const ops = succeeded ? request.success : request.failure;
    for (const op of ops) {
      if (op.op === 'range') this.#readable(op.revision);
      if (op.op === 'put') this.leases.check(op.lease ?? 0);
    }
    const responses = this.#write(ops);
    return { succeeded, responses, revision: this.#revision };
  }

  /** Sends what happens to a range of keys, each response in a task of its own. A compacted start ends the watch with a response that says so. */
  watch(request: WatchRequest, send: (response: WatchResponse) => void): Watch {
    this.mustBeOpen();
    return this.#watches.create(request, send);
  }

  /** Forgets what was overwritten or deleted before a revision. @throws StoreError ErrCompacted, ErrFutureRev */
  compact(revision: number): void {
    this.mustBeOpen();
    if (revision <= this.#compactRevision) throw new StoreError('ErrCompacted');
    if (revision > this.#revision) throw new StoreError('ErrFutureRev');
    this.#compactRevision = revision;
    this.#index.compact(revision);
    this.#log.forgetBefore(revision);
    this.#watches.compacted();
  }

  /**
   * Plain data: values that are kept in a form of their own are written as bytes.
   *
   * @param history without it as after a compaction at its revision
   */
  snapshot({ history = true }: { readonly history?: boolean } = {}): StoreSnapshot {
    const changes = history ? this.#index.changes() : this.#index.newest();
    return {
      revision: this.#revision,
      compactRevision: history ? this.#compactRevision : this.#revision,
      changes: changes.map(written),
      leases: this.#whenClosed ?? this.leases.list(),
    };
  }

  /** Its process ended: who still holds on to it is refused, until another process of the same data opens it again. */
  close(): void {
    this.#whenClosed = this.leases.list();
    this.leases.stop();
  }

  open(): void {
    if (!this.#whenClosed) return;
    this.leases.resume(this.#whenClosed);
    this.#whenClosed = undefined;
  }

  /** @throws StoreError ErrStopped */
  mustBeOpen(): void {
    if (this.#whenClosed) throw new StoreError('ErrStopped');
  }

  #checkedWrite(ops: readonly TxnOp[]): TxnOpResponse[] {
    this.mustBeOpen();
    checkTransaction({ compare: [], success: ops, failure: [] });
    for (const op of ops) if (op.op === 'put') this.leases.check(op.lease ?? 0);
    return this.#write(ops);
  }

  /** Does the operations in order; those that change something share the next revision. */
  #write(ops: readonly TxnOp[]): TxnOpResponse[] {
    const next = this.#revision + 1;
    const events: StoreEvent[] = [];
    const responses = ops.map((op) => this.#do(op, next, events));
    if (events.length > 0) {
      this.#revision = next;
      this.#log.append(events);
      this.#watches.notify(events);
    }
    return responses;
  }

  #do(op: TxnOp, next: number, events: StoreEvent[]): TxnOpResponse {
    switch (op.op) {
      case 'range':
        // A range sees what the transaction wrote before it.
        return { op: 'range', ...rangeAt(this.#index, op, op.revision || next) };
      case 'put':
        return { op: 'put', prevKv: this.#put(op, next, events) };
      case 'delete':
        return { op: 'delete', ...this.#delete(op, next, events) };
    }
  }

  #put({ key, value, lease = 0 }: PutRequest, revision: number, events: StoreEvent[]): KeyValue | undefined {
    const prevKv = this.#index.current(key);
    const kv: KeyValue = {
      key,
      value,
      createRevision: prevKv?.createRevision ?? revision,
      modRevision: revision,
      version: (prevKv?.version ?? 0) + 1,
      lease,
    };
    this.#index.record(key, { revision, sub: events.length, kv });
    if (prevKv && prevKv.lease !== lease) this.leases.detach(prevKv.lease, key);
    this.leases.attach(lease, key);
    events.push({ type: 'PUT', kv, prevKv });
    return prevKv;
  }

  #delete(range: DeleteRequest, revision: number, events: StoreEvent[]): DeleteResponse {
    const prevKvs = [...this.#index.keysOf(range)].flatMap((key) => this.#index.current(key) ?? []);
    for (const prevKv of prevKvs) {
      this.#index.record(prevKv.key, { revision, sub: events.length, kv: undefined });
      this.leases.detach(prevKv.lease, prevKv.key);
      events.push({ type: 'DELETE', kv: tombstone(prevKv.key, revision), prevKv });
    }
    return { deleted: prevKvs.length, prevKvs };
  }

  /** The revision to read at. @throws StoreError ErrCompacted, ErrFutureRev */
  #readable(revision = 0): number {
    if (revision === 0) return this.#revision;
    if (revision > this.#revision) throw new StoreError('ErrFutureRev');
    if (revision < this.#compactRevision) throw new StoreError('ErrCompacted');
    return revision;
  }

  #restore({ revision, compactRevision, changes, leases }: StoreSnapshot): void {
    this.#compactRevision = compactRevision;
    const events = new Map<number, StoreEvent[]>();
    for (const { key, revision: at, sub, kv } of changes) {
      const prevKv = this.#index.current(key);
      this.#index.record(key, { revision: at, sub, kv });
      const event: StoreEvent = kv ? { type: 'PUT', kv, prevKv } : { type: 'DELETE', kv: tombstone(key, at), prevKv };
      events.set(at, [...(events.get(at) ?? []), event]);
    }
    for (let at = firstKnown(compactRevision); at <= revision; at += 1) this.#log.append(events.get(at) ?? []);
    this.#revision = revision;
    this.leases.restore(leases);
  }
}

/** The first revision whose changes are known. */
function firstKnown(compactRevision: number): number {
  return compactRevision || FIRST_REVISION + 1;
}

/** A change with its value as bytes: plain data. */
function written<T extends Change>(change: T): T {
  const { kv } = change;
  return kv && typeof kv.value !== 'string' ? { ...change, kv: { ...kv, value: bytesOf(kv.value) } } : change;
}

function tombstone(key: string, revision: number): KeyValue {
  return { key, value: '', createRevision: 0, modRevision: revision, version: 0, lease: 0 };
}
