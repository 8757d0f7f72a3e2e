import type { Kernel } from '#kernel/kernel.ts';
import { MINUTE } from '../../api/time.ts';

/** An event that never comes must not stop a controller for good. */
const TIMEOUT = 5 * MINUTE;

interface Expected {
  creations: number;
  deletions: number;
  /** The objects whose deletion is awaited, where that is known. */
  readonly deleting: Set<string>;
  readonly since: number;
}

/**
 * What a controller wrote and has not seen in its informer yet. Until it has, its cache shows too few objects, or too many, and a sync
 * must not make up for them again (pkg/controller, UIDTrackingControllerExpectations).
 */
export class Expectations {
  readonly #kernel: Kernel;
  readonly #expected = new Map<string, Expected>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @param key of the controller's object */
  expectCreations(key: string, count: number): void {
    this.expect(key, count, 0);
  }

  /** @param objects the keys of those that are deleted: each counts once, however many events tell of it */
  expectDeletions(key: string, objects: readonly string[]): void {
    const deleting = new Set(objects);
    this.#expected.set(key, { creations: 0, deletions: deleting.size, deleting, since: this.#kernel.now });
  }

  /** Expects both, without knowing which objects (ControllerExpectations, as the DaemonSet controller uses it). */
  expect(key: string, creations: number, deletions: number): void {
    this.#expected.set(key, { creations, deletions, deleting: new Set(), since: this.#kernel.now });
  }

  /** Also what will not happen is no longer expected: a creation that failed. */
  creationObserved(key: string, count = 1): void {
    const expected = this.#expected.get(key);
    if (expected) expected.creations -= count;
  }

  deletionObserved(key: string, object: string): void {
    const expected = this.#expected.get(key);
    if (expected?.deleting.delete(object)) expected.deletions -= 1;
  }

  /** For deletions that `expect` told of. */
  anyDeletionObserved(key: string): void {
    const expected = this.#expected.get(key);
    if (expected) expected.deletions -= 1;
  }

  /** Whether a sync sees what it wrote: it may create and delete. */
  areSatisfied(key: string): boolean {
    const expected = this.#expected.get(key);
    if (!expected) return true;
    if (expected.creations <= 0 && expected.deletions <= 0) return true;
    return this.#kernel.now - expected.since > TIMEOUT;
  }

  forget(key: string): void {
    this.#expected.delete(key);
  }
}
