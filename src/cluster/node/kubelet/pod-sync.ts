import type { Routine } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import type { KubeletContext } from './context.ts';
import type { PodRecord } from './pod-record.ts';
import { syncRuntime } from './runtime-sync.ts';
import { errorOf, RuntimeAway, SyncError } from './sync-result.ts';
import type { PodVolumes } from './volume-manager.ts';

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
  const { recorder, probes, pleg } = context;
  const { pod } = record;
  const state = record.runtimeState();
  const { phase } = record.report(state);
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const network = networkError(context);
  if (network !== undefined && !pod.spec.hostNetwork) {
    const why = `network is not ready: ${network}`;
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

function networkError({ runtime }: KubeletContext): string | undefined {
  try {
    const { networkReady, networkReason, networkMessage } = runtime.status();
    if (networkReady) return undefined;
    return `container runtime network not ready: NetworkReady=false reason:${networkReason} message:${networkMessage}`;
  } catch (error) {
    if (error instanceof CriError) throw new RuntimeAway(error.rpcMessage);
    throw error;
  }
}
