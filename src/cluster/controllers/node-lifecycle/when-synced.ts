import type { Kernel } from '#kernel/kernel.ts';
import type { Informers } from '../../client/informers.ts';

/** client-go, cache.syncedPollPeriod, in milliseconds. */
const POLL = 100;

/** Runs a task once the caches are filled (cache.WaitForNamedCacheSync). */
export function whenSynced(kernel: Kernel, informers: Informers, task: () => void): { cancel(): void } {
  let timer = kernel.after(0, look);
  function look(): void {
    if (informers.haveSynced) task();
    else timer = kernel.after(POLL, look);
  }
  return { cancel: () => timer.cancel() };
}
