import type { Routine } from '#kernel/coroutine.ts';
import type { KubeletContext } from '../context.ts';
import { syncRuntime } from '../runtime/runtime-sync.ts';
import type { PodVolumes } from '../volumes/volume-manager.ts';
import type { PodRecord } from './pod-record.ts';
import { errorOf, SyncError } from './sync-result.ts';

/**
 * Brings a Pod nearer to what its spec says (kubelet.SyncPod).
 *
 * @returns whether it is over: it is to be ended, and not to be started again
 * @throws SyncError when it must be tried again, RuntimeAway
 */
export function* syncPod(
  context: KubeletContext,
  record: PodRecord,
  volumes: PodVolumes,
  isTerminating: () => boolean,
): Routine<boolean> {
  const { recorder, probes, pleg, runtimeState } = context;
  const { pod } = record;
  const state = record.runtimeState();
  const { phase } = record.report(state);
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  if (runtimeState.networkError !== undefined && !pod.spec.hostNetwork) {
    const why = `network is not ready: ${runtimeState.networkError}`;
    recorder.record(pod, 'Warning', 'NetworkNotReady', why);
    throw new SyncError(why, { isTransient: true });
  }
  yield* volumes.waitUntilMounted(pod, record.podIP);
  probes.add(pod);
  const results = yield* syncRuntime(context, record, state, isTerminating);
  record.remember(results);
  const error = errorOf(results);
  if (error) throw error;
  // What was started shows at once, not when the runtime is asked next.
  if (results.length > 0) pleg.relist(pod.metadata.uid);
  return false;
}
