import type { WorkQueue } from '#kernel/work-queue.ts';
import { type ControllerContext, controllerQueue } from '../controller.ts';

/**
 * Milliseconds from one sync of a key to its next. On a real cluster a sync takes the time of its requests, and what happens meanwhile is
 * done by one further sync. Here requests take no time, and without a pause a thousand Pods that start at once would be counted anew for
 * each of them.
 */
const PACE = 20;
/** What each object that a sync looks at adds to it. */
const PACE_OF_ONE = 0.5;

/** The queue of a controller whose syncs cost more the more its objects own: the first event is acted on at once, those after it together. */
export class PacedQueue {
  readonly #queue: WorkQueue<string>;
  readonly #now: () => number;
  readonly #objectsOf: (key: string) => number;
  readonly #synced = new Map<string, number>();

  /** @param objectsOf how many objects a sync of the key looks at */
  constructor(
    context: ControllerContext,
    name: string,
    sync: (key: string) => void,
    objectsOf: (key: string) => number = () => 0,
  ) {
    this.#objectsOf = objectsOf;
    this.#now = () => context.kernel.now;
    this.#queue = controllerQueue(context, name, (key) => {
      this.#synced.set(key, context.kernel.now);
      sync(key);
    });
  }

  add(key: string): void {
    const synced = this.#synced.get(key);
    if (synced === undefined) this.#queue.add(key);
    else this.#queue.addAfter(key, synced + Math.max(PACE, this.#objectsOf(key) * PACE_OF_ONE) - this.#now());
  }

  addAfter(key: string, milliseconds: number): void {
    this.#queue.addAfter(key, milliseconds);
  }

  /** Nothing is known of a key any longer: its object is gone. */
  forget(key: string): void {
    this.#synced.delete(key);
  }

  stop(): void {
    this.#queue.stop();
    this.#synced.clear();
  }
}
