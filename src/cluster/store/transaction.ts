import { StoreError } from './errors.ts';
import type { KeyIndex } from './key-index.ts';
import { bytesOf, includes, type KeyValue } from './key-value.ts';
import type { Compare, RangeRequest, RangeResponse, TxnOp, TxnRequest } from './requests.ts';

/** embed.DefaultMaxTxnOps. */
const MAX_OPS = 128;
/** embed.DefaultMaxRequestBytes: 1.5 MiB. */
const MAX_BYTES = 1.5 * 1024 * 1024;

const NOTHING: RangeResponse = { kvs: [], count: 0, more: false };

/** Reads a range as it was at a revision. */
export function rangeAt(index: KeyIndex, request: RangeRequest, revision: number): RangeResponse {
  if (request.end === undefined && !request.countOnly && !request.keysOnly) {
    const kv = index.at(request.key, revision);
    return kv ? { kvs: [kv], count: 1, more: false } : NOTHING;
  }
  const found: KeyValue[] = [];
  let count = 0;
  const { limit = 0, sort } = request;
  for (const key of index.keysOf(request)) {
    const kv = index.at(key, revision);
    if (!kv) continue;
    count += 1;
    // Sorting comes before the limit, so that one is known only at the end.
    if (!request.countOnly && (limit === 0 || sort !== undefined || found.length < limit)) found.push(kv);
  }
  if (request.countOnly) return { kvs: [], count, more: false };
  if (sort) found.sort((a, b) => compareBy(a, b, sort.by) * (sort.descend ? -1 : 1));
  const kept = limit > 0 ? found.slice(0, limit) : found;
  return {
    kvs: request.keysOnly ? kept.map((kv) => ({ ...kv, value: '' })) : kept,
    count,
    more: limit > 0 && count > limit,
  };
}

function compareBy(a: KeyValue, b: KeyValue, by: NonNullable<RangeRequest['sort']>['by']): number {
  const [one, other] = by === 'value' ? [bytesOf(a.value), bytesOf(b.value)] : [a[by], b[by]];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** etcd, server/etcdserver/txn.applyCompares: over a range the condition must hold for every key of it. */
export function holds(index: KeyIndex, compares: readonly Compare[], revision: number): boolean {
  return compares.every((compare) => {
    const { kvs } = rangeAt(index, { key: compare.key, end: compare.end }, revision);
    if (kvs.length > 0) {
      const { target } = compare;
      return kvs.every((kv) => isTrue(target === 'value' ? bytesOf(kv.value) : kv[target], compare));
    }
    return compare.target === 'value' ? false : isTrue(0, compare);
  });
}

function isTrue(actual: number | string, { is, to }: Compare): boolean {
  switch (is) {
    case '=':
      return actual === to;
    case '!=':
      return actual !== to;
    case '<':
      return actual < to;
    case '>':
      return actual > to;
  }
}

/**
 * What etcd refuses before anything is done (v3rpc, checkTxnRequest and friends).
 *
 * @throws StoreError ErrEmptyKey, ErrTooManyOps, ErrDuplicateKey, ErrRequestTooLarge
 */
export function checkTransaction({ compare, success, failure }: TxnRequest): void {
  if (Math.max(compare.length, success.length, failure.length) > MAX_OPS) throw new StoreError('ErrTooManyOps');
  for (const requests of [compare, success, failure])
    for (const { key } of requests) if (key === '') throw new StoreError('ErrEmptyKey');
  checkDuplicates(success);
  checkDuplicates(failure);
  if (bytesIn(success) + bytesIn(failure) > MAX_BYTES) throw new StoreError('ErrRequestTooLarge');
}

/** A revision holds one change of a key, so a transaction may write each key once. */
function checkDuplicates(ops: readonly TxnOp[]): void {
  if (ops.length < 2) return;
  const puts = new Set<string>();
  const deletes = ops.filter((op) => op.op === 'delete');
  for (const op of ops) {
    if (op.op !== 'put') continue;
    if (puts.has(op.key) || deletes.some((range) => includes(range, op.key))) throw new StoreError('ErrDuplicateKey');
    puts.add(op.key);
  }
}

/** What is not written yet was checked by its owner. */
function bytesIn(ops: readonly TxnOp[]): number {
  let bytes = 0;
  for (const op of ops)
    if (op.op === 'put') bytes += utf8Length(op.key) + (typeof op.value === 'string' ? utf8Length(op.value) : 0);
  return bytes;
}

function utf8Length(text: string): number {
  // Only long texts are worth counting exactly: no character takes more than three bytes a code unit.
  if (text.length * 3 <= MAX_BYTES / 8) return text.length;
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
