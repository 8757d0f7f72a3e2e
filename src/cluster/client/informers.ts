import type { Kernel } from '#kernel/kernel.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Client } from './client.ts';
import { Informer } from './informer.ts';

/** One informer for each kind, shared by the parts of a component (client-go, informers.SharedInformerFactory). */
export class Informers {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #onError: ((error: unknown, kind: string) => void) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each informer has a type of its own, known to who asks for it
  readonly #informers = new Map<Kind<any>, Informer<any>>();
  #isStarted = false;

  /** @param onError told of a list or a watch that failed, and of what kind; it is tried again */
  constructor(kernel: Kernel, client: Client, onError?: (error: unknown, kind: string) => void) {
    this.#kernel = kernel;
    this.#client = client;
    this.#onError = onError;
  }

  /** The informer of a kind, over all namespaces. Those asked for before `start` start with it. */
  of<T extends KubeObject>(kind: Kind<T>): Informer<T> {
    const known = this.#informers.get(kind);
    if (known) return known;
    const informer = new Informer(this.#kernel, this.#client, kind, {}, (error) => this.#onError?.(error, kind.kind));
    this.#informers.set(kind, informer);
    if (this.#isStarted) informer.start();
    return informer;
  }

  /** Whether every informer has its first list: a controller must not act before. */
  get haveSynced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.hasSynced);
  }

  start(): void {
    this.#isStarted = true;
    for (const informer of this.#informers.values()) informer.start();
  }

  stop(): void {
    for (const informer of this.#informers.values()) informer.stop();
  }
}
