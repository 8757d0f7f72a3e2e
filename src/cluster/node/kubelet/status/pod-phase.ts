import type { ContainerStatus, Pod, PodPhase } from '../../../api/types/pod.ts';
import { isStatic } from '../pods/pod-source.ts';
import { isSidecar, shouldRestart } from '../runtime/runtime-pod.ts';

/**
 * The phase that the states of containers make (kubelet_pods.getPhase).
 *
 * @param hasEnded nothing will be started any more
 * @param hasStarted a main container runs or has run in this sandbox
 */
export function phaseOf(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  hasEnded: boolean,
  hasStarted: boolean,
): PodPhase {
  const { initContainers = [], containers } = pod.spec;
  let pendingInit = 0;
  let pendingSidecars = 0;
  const count = { running: 0, waiting: 0, stopped: 0, final: 0, succeeded: 0 };
  for (const container of initContainers) {
    const { state, lastState, started } = init.find(({ name }) => name === container.name) ?? {};
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated);
    if (isSidecar(container)) {
      if (state?.running) {
        count.running += 1;
        if (!started) pendingSidecars += 1;
      } else if (!ended) {
        pendingSidecars += 1;
        count.waiting += 1;
      }
    } else if (!ended) pendingInit += 1;
    else if (ended.exitCode !== 0 && !shouldRestart(container, pod, ended.exitCode)) return 'Failed';
  }
  for (const container of containers) {
    const { state, lastState } = main.find(({ name }) => name === container.name) ?? {};
    const ended = state?.terminated ?? (state?.waiting && lastState?.terminated);
    if (state?.running) count.running += 1;
    else if (ended) {
      count.stopped += 1;
      if (!shouldRestart(container, pod, ended.exitCode)) count.final += 1;
      if (state?.terminated?.exitCode === 0) count.succeeded += 1;
    } else count.waiting += 1;
  }
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasStarted) || count.waiting > 0) return 'Pending';
  if (count.running > 0) return 'Running';
  if (count.stopped === 0) return 'Pending';
  const outcome = count.stopped === count.succeeded ? 'Succeeded' : 'Failed';
  if (hasEnded && !isStatic(pod)) return outcome;
  return count.stopped === count.final ? outcome : 'Running';
}
