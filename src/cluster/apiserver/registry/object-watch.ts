import type { Kernel } from '#kernel/kernel.ts';
import type { Source, StreamReader } from '#kernel/stream.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { expired, type Status } from '../../api/status.ts';
import { prefixOf, type StoreEvent } from '../../store/key-value.ts';
import type { Store } from '../../store/store.ts';
import type { Watch } from '../../store/watch.ts';
import { prefixKey } from './keys.ts';
import { objectOf, withVersion } from './stored-object.ts';

/** metav1.WatchEvent */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject | Status;
}

export interface ObjectWatchOptions {
  /** What happens after this revision is sent. */
  readonly after: number;
  /** Sent first, as added. */
  readonly initial?: readonly KubeObject[];
  /** Marks the end of what is sent first. */
  readonly endOfInitial?: boolean;
  /** Whether the watcher is to hear of an object; one that no longer fits is deleted to it. */
  readonly matches: (object: KubeObject) => boolean;
  /** A bookmark now and then, so that the watcher can go on later from where it is. */
  readonly bookmarks: boolean;
  /** Seconds until the server ends it; undefined: never. */
  readonly timeout?: number;
}

/** Cacher's bookmarkFrequency, in milliseconds. */
const BOOKMARK_PERIOD = 60_000;

/**
 * A watch of a kind: each change of etcd as the watcher's selector sees it (apiserver, pkg/storage/etcd3.watchChan). A reader that pauses
 * costs nothing: its place in etcd's log is kept, until compaction overtakes it and the watch ends with 410.
 */
export class ObjectWatch implements Source<WatchEvent> {
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #kind: AnyKind;
  readonly #namespace: string | undefined;
  readonly #options: ObjectWatchOptions;
  #reader: StreamReader<WatchEvent> | undefined;
  #watch: Watch | undefined;
  #waiting: WatchEvent[] = [];
  #isPaused = false;
  #isClosed = false;
  #ends = false;
  #timers: { cancel(): void }[] = [];

  constructor(kernel: Kernel, store: Store, kind: AnyKind, namespace: string | undefined, options: ObjectWatchOptions) {
    this.#kernel = kernel;
    this.#store = store;
    this.#kind = kind;
    this.#namespace = namespace;
    this.#options = options;
    for (const object of options.initial ?? []) this.#waiting.push({ type: 'ADDED', object });
    if (options.endOfInitial) this.#waiting.push(this.#bookmark(options.after, true));
  }

  read(reader: StreamReader<WatchEvent>): void {
    if (this.#reader) throw new Error('a watch has one reader');
    this.#reader = reader;
    const { after, bookmarks, timeout } = this.#options;
    const range = prefixOf(prefixKey(this.#kind, this.#namespace));
    this.#watch = this.#store.watch({ ...range, startRevision: after + 1 }, (response) => {
      if (response.compactRevision !== undefined) this.#gone(response.compactRevision);
      else for (const event of response.events) this.#see(event);
      this.#deliver();
    });
    if (bookmarks)
      this.#timers.push(this.#kernel.every(BOOKMARK_PERIOD, () => this.#send(this.#bookmark(this.#store.revision))));
    if (timeout !== undefined) this.#timers.push(this.#kernel.after(timeout * 1000, () => this.#finish()));
    if (this.#waiting.length > 0) this.#kernel.soon(() => this.#deliver());
  }

  pause(): void {
    this.#isPaused = true;
    this.#watch?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#kernel.soon(() => {
      this.#deliver();
      if (!this.#isPaused) this.#watch?.resume();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#watch?.cancel();
    for (const timer of this.#timers) timer.cancel();
  }

  #see({ type, kv, prevKv }: StoreEvent): void {
    const { matches } = this.#options;
    const before = prevKv && objectOf(prevKv);
    const was = before !== undefined && matches(before);
    if (type === 'DELETE') {
      if (was) this.#waiting.push({ type: 'DELETED', object: withVersion(before, kv.modRevision) });
      return;
    }
    const object = objectOf(kv);
    const is = matches(object);
    if (is) this.#waiting.push({ type: was ? 'MODIFIED' : 'ADDED', object });
    else if (was) this.#waiting.push({ type: 'DELETED', object: withVersion(before, kv.modRevision) });
  }

  #gone(compactRevision: number): void {
    const error = expired(`too old resource version: ${this.#options.after} (${compactRevision})`);
    this.#waiting.push({ type: 'ERROR', object: error.status });
    this.#ends = true;
  }

  #bookmark(revision: number, endsInitial = false): WatchEvent {
    const { group, version, kind } = this.#kind;
    const object = {
      kind,
      apiVersion: group === '' ? version : `${group}/${version}`,
      metadata: {
        resourceVersion: `${revision}`,
        creationTimestamp: null,
        ...(endsInitial && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
      },
    };
    return { type: 'BOOKMARK', object: object as unknown as KubeObject };
  }

  #send(event: WatchEvent): void {
    this.#waiting.push(event);
    this.#deliver();
  }

  #finish(): void {
    this.#ends = true;
    this.#deliver();
  }

  #deliver(): void {
    const reader = this.#reader;
    if (!reader) return;
    let sent = 0;
    while (sent < this.#waiting.length && !this.#isPaused && !this.#isClosed) {
      reader.next(this.#waiting[sent] as WatchEvent);
      sent += 1;
    }
    if (sent > 0) this.#waiting = this.#waiting.slice(sent);
    if (!this.#ends || this.#waiting.length > 0 || this.#isClosed) return;
    this.close();
    reader.end({});
  }
}
