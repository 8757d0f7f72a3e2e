import type { Kernel, Timer } from '#kernel/kernel.ts';
import type { Source } from '#kernel/stream.ts';
import type { Kind } from '../api/kind.ts';
import { type KubeObject, keyOf } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Client, ListOptions, WatchEvent } from './client.ts';

/** Told of each change, in order, after the cache has it. */
export interface InformerHandler<T> {
  readonly added?: (object: T) => void;
  readonly updated?: (object: T, before: T) => void;
  readonly deleted?: (object: T) => void;
}

/** Objects by something that they have, as Pods by their node. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** client-go, reflector's back-off: 800 ms doubled up to 30 s, each with up to as much again. */
const FIRST_RETRY = 800;
const LONGEST_RETRY = 30_000;

/**
 * A copy of a kind's objects, kept up to date by list and watch (client-go, tools/cache.SharedIndexInformer). It survives an API server
 * that goes away: it lists anew when it comes back, and tells what changed meanwhile.
 */
export class Informer<T extends KubeObject> {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #kind: Kind<T>;
  readonly #options: ListOptions;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #handlers: InformerHandler<T>[] = [];
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, { readonly by: IndexFunction<T>; readonly keys: Map<string, Map<string, T>> }>();
  #source: Source<WatchEvent<T>> | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  #hasSynced = false;
  #isStopped = false;
  #resourceVersion = '';

  /** @param onError told of a list or a watch that failed; it is tried again */
  constructor(
    kernel: Kernel,
    client: Client,
    kind: Kind<T>,
    options: ListOptions = {},
    onError?: (error: unknown) => void,
  ) {
    this.#kernel = kernel;
    this.#client = client;
    this.#kind = kind;
    this.#options = options;
    this.#onError = onError;
  }

  /** Whether the first list has arrived: before, what is not in the cache may still exist. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get size(): number {
    return this.#objects.size;
  }

  handle(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    if (this.#hasSynced) for (const object of this.#objects.values()) handler.added?.(object);
  }

  /** Must be called before `start`. */
  index(name: string, by: IndexFunction<T>): void {
    this.#indexes.set(name, { by, keys: new Map() });
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(namespace ? `${namespace}/${name}` : name);
  }

  /** By `namespace/name`. */
  getByKey(key: string): T | undefined {
    return this.#objects.get(key);
  }

  all(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** @throws Error for an index that was not made */
  indexed(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`the informer of ${this.#kind.plural} has no index ${name}`);
    return [...(index.keys.get(value)?.values() ?? [])];
  }

  start(): void {
    this.#kernel.soon(() => this.#listAndWatch());
  }

  stop(): void {
    this.#isStopped = true;
    this.#source?.close();
    this.#retry?.cancel();
  }

  #listAndWatch(): void {
    if (this.#isStopped) return;
    try {
      if (this.#resourceVersion === '') {
        const list = this.#client.list(this.#kind, this.#options);
        this.#replace(list.items);
        this.#resourceVersion = list.metadata.resourceVersion;
      }
      this.#watch();
      this.#failures = 0;
    } catch (error) {
      if (isReason(error, 'Expired')) this.#resourceVersion = '';
      this.#fail(error);
    }
  }

  #watch(): void {
    const source = this.#client.watch(this.#kind, this.#resourceVersion, this.#options);
    this.#source = source;
    source.read({
      next: (event) => this.#see(event),
      end: () => {
        this.#source = undefined;
        this.#retry = this.#kernel.after(0, () => this.#listAndWatch());
      },
    });
  }

  #see({ type, object }: WatchEvent<T>): void {
    if (type === 'ERROR') {
      this.#resourceVersion = '';
      return;
    }
    const known = object as T;
    this.#resourceVersion = known.metadata.resourceVersion;
    if (type === 'DELETED') this.#remove(keyOf(known), known);
    else if (type !== 'BOOKMARK') this.#set(known);
  }

  #fail(error: unknown): void {
    this.#onError?.(error);
    const wait = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#failures);
    this.#failures += 1;
    const jitter = this.#kernel.random.int(wait);
    this.#retry = this.#kernel.after(wait + jitter, () => this.#listAndWatch());
  }

  /** What a list says, told as changes. */
  #replace(items: readonly T[]): void {
    const keys = new Set(items.map(keyOf));
    for (const [key, object] of [...this.#objects]) if (!keys.has(key)) this.#remove(key, object);
    for (const object of items) this.#set(object);
    this.#hasSynced = true;
  }

  #set(object: T): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (
      before?.metadata.resourceVersion === object.metadata.resourceVersion &&
      before.metadata.uid === object.metadata.uid
    )
      return;
    this.#objects.set(key, object);
    this.#reindex(key, object, before);
    for (const handler of this.#handlers) {
      if (before) handler.updated?.(object, before);
      else handler.added?.(object);
    }
  }

  #remove(key: string, last: T): void {
    const before = this.#objects.get(key);
    if (!before) return;
    this.#objects.delete(key);
    this.#unindex(key, before);
    for (const handler of this.#handlers) handler.deleted?.(last);
  }

  #reindex(key: string, object: T, before: T | undefined): void {
    for (const { by, keys } of this.#indexes.values()) {
      const values = by(object);
      for (const value of before ? by(before) : NONE) {
        // Where it stays, it keeps its place.
        if (!values.includes(value)) leave(keys, value, key);
      }
      for (const value of values) {
        const entry = keys.get(value);
        if (entry) entry.set(key, object);
        else keys.set(value, new Map([[key, object]]));
      }
    }
  }

  #unindex(key: string, object: T): void {
    for (const { by, keys } of this.#indexes.values()) {
      for (const value of by(object)) leave(keys, value, key);
    }
  }
}

const NONE: readonly string[] = [];

function leave<T>(keys: Map<string, Map<string, T>>, value: string, key: string): void {
  const entry = keys.get(value);
  entry?.delete(key);
  if (entry?.size === 0) keys.delete(value);
}
