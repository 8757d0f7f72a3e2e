import type { Kernel } from '#kernel/kernel.ts';
import { includes, type KeyRange, type StoreEvent } from './key-value.ts';
import type { Log } from './log.ts';

/** etcd, etcdserverpb.WatchCreateRequest. */
export interface WatchRequest extends KeyRange {
  /** From which revision on; 0 or undefined: what comes after now. One of the future is waited for. */
  readonly startRevision?: number;
  /** Kinds of events that the watcher does not want. */
  readonly without?: 'PUT' | 'DELETE';
}

/** etcd, etcdserverpb.WatchResponse. */
export interface WatchResponse {
  /** The store's revision when this was sent. */
  readonly revision: number;
  /** In the order of their revisions; those of one revision are never parted. Empty for a progress notification. */
  readonly events: readonly StoreEvent[];
  /** Set when the watch is over, since what it asked for was compacted: it may begin anew from here on. */
  readonly compactRevision?: number;
}

/** A watch that was created. */
export interface Watch {
  readonly isOpen: boolean;
  /** Nothing is sent until it resumes; what happens meanwhile is not lost, unless it is compacted. */
  pause(): void;
  resume(): void;
  /** Sends the current revision once everything before it was sent. */
  requestProgress(): void;
  /** The watcher hears no more. */
  cancel(): void;
}

/** What watches read of their store. */
export interface WatchedStore {
  readonly revision: number;
  readonly compactRevision: number;
  readonly log: Log;
}

/**
 * The watches of a store. Each has a place in the log rather than a buffer of its own, so a slow watcher costs nothing, and is told
 * when compaction overtakes it (etcd, server/storage/mvcc.watchableStore).
 */
export class Watches {
  readonly #kernel: Kernel;
  readonly #store: WatchedStore;
  /** By their ranges, of which there are few. */
  readonly #open = new Map<string, Set<OpenWatch>>();

  constructor(kernel: Kernel, store: WatchedStore) {
    this.#kernel = kernel;
    this.#store = store;
  }

  /** How many watch. */
  get size(): number {
    let size = 0;
    for (const watches of this.#open.values()) size += watches.size;
    return size;
  }

  create(request: WatchRequest, send: (response: WatchResponse) => void): Watch {
    const id = `${request.key}\n${request.end ?? ''}`;
    const alike = this.#open.get(id) ?? new Set<OpenWatch>();
    this.#open.set(id, alike);
    const watch = new OpenWatch(this.#kernel, this.#store, request, send, () => {
      alike.delete(watch);
      if (alike.size === 0 && this.#open.get(id) === alike) this.#open.delete(id);
    });
    alike.add(watch);
    watch.schedule();
    return watch;
  }

  /** Something was committed. */
  notify(events: readonly StoreEvent[]): void {
    for (const watches of this.#open.values()) {
      const [first] = watches;
      const event = first && events.find(({ kv }) => includes(first.range, kv.key));
      if (event) for (const watch of watches) watch.notify(event.kv.modRevision);
    }
  }

  /** What some watches still had to read may be gone. */
  compacted(): void {
    for (const watches of this.#open.values()) for (const watch of watches) watch.compacted();
  }
}

class OpenWatch implements Watch {
  readonly #kernel: Kernel;
  readonly #store: WatchedStore;
  readonly #request: WatchRequest;
  readonly #send: (response: WatchResponse) => void;
  readonly #leave: () => void;
  /** The first revision that was not looked at yet. */
  #next: number;
  #isOpen = true;
  #isPaused = false;
  #isScheduled = false;
  #wantsProgress = false;

  constructor(
    kernel: Kernel,
    store: WatchedStore,
    request: WatchRequest,
    send: (response: WatchResponse) => void,
    leave: () => void,
  ) {
    this.#kernel = kernel;
    this.#store = store;
    this.#request = request;
    this.#send = send;
    this.#leave = leave;
    this.#next = request.startRevision ? request.startRevision : store.revision + 1;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.schedule();
  }

  requestProgress(): void {
    this.#wantsProgress = true;
    this.schedule();
  }

  cancel(): void {
    this.#isOpen = false;
    this.#leave();
  }

  get range(): KeyRange {
    return this.#request;
  }

  /** Something in its range happened. */
  notify(revision: number): void {
    this.#passOver(revision);
    this.schedule();
  }

  compacted(): void {
    this.#passOver(this.#store.revision + 1);
    if (this.#next < this.#store.compactRevision) this.schedule();
  }

  /** One that rests knows of all that is before. */
  #passOver(revision: number): void {
    if (!this.#isScheduled && !this.#isPaused) this.#next = Math.max(this.#next, revision);
  }

  schedule(): void {
    if (this.#isScheduled || !this.#isOpen || this.#isPaused) return;
    this.#isScheduled = true;
    this.#kernel.soon(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    if (!this.#isOpen || this.#isPaused) return;
    const { revision, compactRevision, log } = this.#store;
    if (this.#next < compactRevision) {
      this.cancel();
      this.#send({ revision, events: [], compactRevision });
      return;
    }
    const events: StoreEvent[] = [];
    log.since(this.#next, (event) => {
      if (this.#wants(event)) events.push(event);
    });
    this.#next = Math.max(this.#next, revision + 1);
    if (events.length > 0) this.#send({ revision, events });
    if (!this.#wantsProgress) return;
    this.#wantsProgress = false;
    if (this.#isOpen) this.#send({ revision, events: [] });
  }

  #wants(event: StoreEvent): boolean {
    return (
      event.kv.modRevision >= this.#next &&
      event.type !== this.#request.without &&
      includes(this.#request, event.kv.key)
    );
  }
}
