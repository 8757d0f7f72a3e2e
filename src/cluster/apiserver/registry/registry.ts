import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { uuid } from '#kernel/uuid.ts';
import type { FieldError } from '../../api/field-error.ts';
import { isEqual, quote } from '../../api/json.ts';
import type { UpdateScope } from '../../api/kind.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject, ObjectMeta } from '../../api/object.ts';
import { ApiError, alreadyExists, conflict, internalError, invalid, notFound, outdated } from '../../api/status.ts';
import { StoreError } from '../../store/errors.ts';
import { prefixOf } from '../../store/key-value.ts';
import type { Store } from '../../store/store.ts';
import { type DeleteOptions, deletionOf, isFinished } from './deletion.ts';
import { objectKey, prefixKey } from './keys.ts';
import { checkMeta, checkMetaUpdate } from './meta-validation.ts';
import { objectOf, StoredObject } from './stored-object.ts';

/** Which object. */
export interface Address {
  readonly kind: AnyKind;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface WriteOptions {
  /** All of it is checked and nothing is stored. */
  readonly isDryRun?: boolean;
  readonly scope?: UpdateScope;
}

/** A part of a list that was asked for with a limit. */
export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly revision: number;
  /** The last key that was read, when there are more. */
  readonly lastKey?: string;
  /** How many come after it. */
  readonly remaining?: number;
}

/** What a finished deletion answers: the object, and whether it is gone. */
export interface Deleted {
  readonly object: KubeObject;
  readonly isGone: boolean;
}

/** Reads and writes objects in etcd, by the strategy of their kind (apiserver, pkg/registry/generic/registry.Store). */
export class Registry {
  readonly #kernel: Kernel;
  readonly #store: Store;

  constructor(kernel: Kernel, store: Store) {
    this.#kernel = kernel;
    this.#store = store;
  }

  get store(): Store {
    return this.#store;
  }

  /** @throws ApiError NotFound */
  get({ kind, namespace, name }: Address): KubeObject {
    const found = this.find({ kind, namespace, name });
    if (!found) throw notFound(resourceOf(kind), name);
    return found;
  }

  find({ kind, namespace, name }: Address): KubeObject | undefined {
    const [kv] = this.#store.range({ key: objectKey(kind, namespace, name) }).kvs;
    return kv && objectOf(kv);
  }

  /** All objects of a kind, or those of a namespace, in the order of their keys. */
  all(kind: AnyKind, namespace?: string): readonly KubeObject[] {
    return this.#store.range(prefixOf(prefixKey(kind, namespace))).kvs.map(objectOf);
  }

  /**
   * A page of the objects as they are, or were at a revision.
   *
   * @param page `from`: the first key of the page
   * @throws StoreError ErrCompacted, ErrFutureRev
   */
  list(
    kind: AnyKind,
    namespace: string | undefined,
    page: { limit?: number; revision?: number; from?: string },
  ): ListPage {
    const range = prefixOf(prefixKey(kind, namespace));
    const { kvs, more, count, revision } = this.#store.range({
      key: page.from ?? range.key,
      end: range.end,
      ...(page.limit && { limit: page.limit }),
      ...(page.revision && { revision: page.revision }),
    });
    const last = kvs.at(-1);
    return {
      items: kvs.map(objectOf),
      revision: page.revision || revision,
      ...(more && last && { lastKey: last.key, remaining: count - kvs.length }),
    };
  }

  /**
   * Stores a new object. The draft was completed and admitted.
   *
   * @throws ApiError AlreadyExists, Invalid
   */
  create(kind: AnyKind, draft: KubeObject, options: WriteOptions = {}): KubeObject {
    const metadata: ObjectMeta = {
      ...withoutServerFields(draft.metadata),
      name: draft.metadata.name,
      uid: uuid(this.#kernel.random),
      resourceVersion: '',
      creationTimestamp: timestamp(this.#kernel.now),
      ...(kind.hasGeneration && { generation: 1 }),
    };
    let object: KubeObject = { ...draft, metadata: withoutEmpty(metadata) };
    object = kind.prepareCreate?.(object) ?? object;
    this.#refuse(kind, object, [...checkMeta(kind, object), ...kind.validate(object)]);
    const key = objectKey(kind, object.metadata.namespace, object.metadata.name);
    if (options.isDryRun) {
      if (this.#store.range({ key }).count > 0) throw alreadyExists(resourceOf(kind), object.metadata.name);
      const { resourceVersion: _, ...unstored } = object.metadata;
      return { ...object, metadata: unstored as ObjectMeta };
    }
    return this.#put(kind, object, 0);
  }

  /**
   * Changes an object. An object that comes out as it was is not written: its resourceVersion stays.
   *
   * @param change makes the new object of the old one; the resourceVersion that it leaves in place must be the old one's or ''
   * @throws ApiError NotFound, Conflict, Invalid
   */
  update(address: Address, change: (before: KubeObject) => KubeObject, options: WriteOptions = {}): KubeObject {
    const { kind, name } = address;
    const before = this.get(address);
    const wanted = change(before);
    const { resourceVersion, uid } = wanted.metadata;
    if (resourceVersion && !/^\d+$/.test(resourceVersion))
      throw new ApiError('', `strconv.ParseUint: parsing ${quote(resourceVersion)}: invalid syntax`, undefined, 500);
    if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) throw outdated(resourceOf(kind), name);
    if (uid && uid !== before.metadata.uid) {
      const key = objectKey(kind, before.metadata.namespace, name);
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
      throw conflict(
        resourceOf(kind),
        name,
        `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
      );
    }
    const next = this.#prepareUpdate(kind, wanted, before, options.scope ?? 'main');
    if (isEqual(next, before)) return before;
    if (options.isDryRun) return next;
    if (isFinished(kind, next)) {
      this.#remove(kind, next);
      return next;
    }
    return this.#put(kind, next, Number(before.metadata.resourceVersion));
  }

  /**
   * Deletes an object, or marks it for those who must act first: finalizers, a Pod's grace period.
   *
   * @throws ApiError NotFound, Conflict for a precondition that fails
   */
  delete(address: Address, options: DeleteOptions = {}, isDryRun = false): Deleted {
    const { kind, name } = address;
    const before = this.get(address);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== before.metadata.uid) {
      const why = `the UID in the precondition (${uid}) does not match the UID in record (${before.metadata.uid}). The object might have been deleted and then recreated`;
      throw conflict({ group: kind.group, resource: kind.kind }, name, why);
    }
    if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) {
      const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${before.metadata.resourceVersion}). The object might have been modified`;
      throw conflict({ group: kind.group, resource: kind.kind }, name, why);
    }
    const next = deletionOf(kind, before, options, this.#kernel.now);
    if (next === 'now') {
      if (!isDryRun) this.#remove(kind, before);
      return { object: before, isGone: true };
    }
    const isGone = isFinished(kind, next);
    if (isDryRun) return { object: next, isGone };
    const object = isEqual(next, before) ? before : this.#put(kind, next, Number(before.metadata.resourceVersion));
    if (isGone) this.#remove(kind, object);
    return { object, isGone };
  }

  #prepareUpdate(kind: AnyKind, wanted: KubeObject, before: KubeObject, scope: UpdateScope): KubeObject {
    const metadata = scope === 'status' ? statusMeta(wanted, before) : mainMeta(wanted, before);
    let next: KubeObject = { ...wanted, metadata: withoutEmpty(metadata) };
    if (scope !== 'other') next = kind.prepareUpdate?.(next, before, scope) ?? next;
    // A binding, which writes past the strategy, changes no generation.
    if (kind.hasGeneration && scope === 'main' && hasOtherSpec(next, before)) {
      next = { ...next, metadata: { ...next.metadata, generation: (before.metadata.generation ?? 0) + 1 } };
    }
    const errors = scope === 'status' ? [] : [...checkMeta(kind, next), ...kind.validate(next)];
    errors.push(...checkMetaUpdate(next, before), ...(kind.validateUpdate?.(next, before, scope) ?? []));
    this.#refuse(kind, next, errors);
    return next;
  }

  #refuse(kind: AnyKind, object: KubeObject, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalid(kind.group, kind.kind, object.metadata.name, errors);
  }

  #put(kind: AnyKind, object: KubeObject, revision: number): KubeObject {
    const { namespace, name } = object.metadata;
    const key = objectKey(kind, namespace, name);
    const stored = new StoredObject(object);
    try {
      const { succeeded, revision: at } = this.#store.txn({
        compare: [{ key, target: 'modRevision', is: '=', to: revision }],
        success: [{ op: 'put', key, value: stored, ...this.#leaseOf(kind) }],
        failure: [],
      });
      if (succeeded) return stored.at(at);
    } catch (error) {
      if (error instanceof StoreError) throw internalError(error.message);
      throw error;
    }
    throw revision === 0 ? alreadyExists(resourceOf(kind), name) : outdated(resourceOf(kind), name);
  }

  #remove(kind: AnyKind, object: KubeObject): void {
    this.#store.delete({ key: objectKey(kind, object.metadata.namespace, object.metadata.name) });
  }

  /** Events are kept for an hour (`--event-ttl`); those of about the same time share a lease. */
  #leaseOf(kind: AnyKind): { lease?: number } {
    if (kind.storagePath !== 'events') return {};
    const id = Math.floor(this.#kernel.now / EVENT_LEASE) + 1;
    if (!this.#store.leases.has(id)) this.#store.leases.grant(EVENT_TTL + EVENT_LEASE / 1000, id);
    return { lease: id };
  }
}

/** Seconds. */
const EVENT_TTL = 3600;
/** Milliseconds. */
const EVENT_LEASE = 60_000;

export function resourceOf(kind: AnyKind): { readonly group: string; readonly resource: string } {
  return { group: kind.group, resource: kind.plural };
}

const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** What a client sends of these counts for nothing in a new object (rest.BeforeCreate). */
function withoutServerFields(metadata: ObjectMeta): Partial<ObjectMeta> {
  if (!SERVER_FIELDS.some((name) => name in metadata)) return metadata;
  const {
    uid: _,
    resourceVersion: __,
    creationTimestamp: ___,
    deletionTimestamp: ____,
    deletionGracePeriodSeconds: _____,
    ...rest
  } = metadata;
  // The storage says so, which is why it is no fault of the request.
  if (Number(metadata.resourceVersion ?? 0) > 0)
    throw new ApiError('', 'resourceVersion should not be set on objects to be created', undefined, 500);
  return rest;
}

/** What the server alone says of an object stays (rest.BeforeUpdate). */
function mainMeta({ metadata }: KubeObject, before: KubeObject): ObjectMeta {
  return { ...metadata, ...fixedMeta(before.metadata) };
}

/** A status update changes metadata too, but for the spec's own (rest.DefaultUpdatedObjectInfo of status strategies). */
function statusMeta({ metadata }: KubeObject, before: KubeObject): ObjectMeta {
  return { ...metadata, ...fixedMeta(before.metadata) };
}

function fixedMeta(
  before: ObjectMeta,
): Partial<ObjectMeta> & Pick<ObjectMeta, 'uid' | 'resourceVersion' | 'creationTimestamp'> {
  return {
    uid: before.uid,
    resourceVersion: before.resourceVersion,
    creationTimestamp: before.creationTimestamp,
    ...(before.generation !== undefined && { generation: before.generation }),
    ...(before.generateName !== undefined && { generateName: before.generateName }),
    ...(before.deletionTimestamp !== undefined && { deletionTimestamp: before.deletionTimestamp }),
    ...(before.deletionGracePeriodSeconds !== undefined && {
      deletionGracePeriodSeconds: before.deletionGracePeriodSeconds,
    }),
  };
}

const OMITTED_EMPTY = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** As Go writes it: what is empty is left out. */
function withoutEmpty(metadata: ObjectMeta): ObjectMeta {
  const isEmpty = (name: (typeof OMITTED_EMPTY)[number]) => {
    const value = metadata[name];
    if (value === undefined) return false;
    for (const _ in value) return false;
    return true;
  };
  if (!OMITTED_EMPTY.some(isEmpty)) return metadata;
  const empty = OMITTED_EMPTY.filter(isEmpty);
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !(empty as readonly string[]).includes(name)),
  ) as unknown as ObjectMeta;
}

/** Whether anything but metadata and status differs. */
function hasOtherSpec(next: KubeObject, before: KubeObject): boolean {
  const own = ({ metadata: _, status: __, ...rest }: KubeObject & { status?: unknown }) => rest;
  return !isEqual(own(next), own(before));
}
