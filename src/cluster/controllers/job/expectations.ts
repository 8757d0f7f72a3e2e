/** What the controller did to a Pod that its cache does not show yet. */
type Change = 'creation' | 'deletion' | 'finalizer';

/** After so many milliseconds what was not seen is not waited for (pkg/controller.ExpectationsTimeout). */
const TIMEOUT = 300_000;

/** By Job: what is to be seen before its Pods may be counted again (pkg/controller.UIDTrackingControllerExpectations). */
export class Expectations {
  readonly #changes = new Map<string, Map<string, number>>();

  expect(job: string, pod: string, change: Change, now: number): void {
    const changes = this.#changes.get(job) ?? new Map<string, number>();
    this.#changes.set(job, changes);
    changes.set(`${change} ${pod}`, now);
  }

  observed(job: string, pod: string, ...changes: readonly Change[]): void {
    const known = this.#changes.get(job);
    for (const change of changes) known?.delete(`${change} ${pod}`);
    if (known?.size === 0) this.#changes.delete(job);
  }

  /** Whether all creations and deletions were seen. */
  areMet(job: string, now: number): boolean {
    const changes = [...(this.#changes.get(job) ?? [])];
    return changes.every(([key, time]) => key.startsWith('finalizer ') || now - time > TIMEOUT);
  }

  /** Whether the Pod's finalizer was removed, whatever the cache shows. */
  isFinalizerRemoved(job: string, pod: string): boolean {
    return this.#changes.get(job)?.has(`finalizer ${pod}`) ?? false;
  }

  forget(job: string): void {
    this.#changes.delete(job);
  }
}
