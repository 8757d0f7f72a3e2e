import { type Routine, sleep } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import { killContainer } from '../containers/container-stop.ts';
import type { KubeletContext } from '../context.ts';
import { isSidecar, type RuntimePod } from '../runtime/runtime-pod.ts';
import { all as together } from '../together.ts';
import type { PodRecord } from './pod-record.ts';
import type { SyncResult } from './sync-result.ts';

/** How often a sidecar looks whether its turn to end has come, in milliseconds. */
const TURN_PERIOD = 100;

/** Ends all containers of a Pod at once, sidecars after those that they serve, and then its sandboxes (kuberuntime's killPodWithSyncResult). */
export function* killPod(
  context: KubeletContext,
  record: PodRecord,
  state: RuntimePod,
  grace?: number,
): Routine<readonly SyncResult[]> {
  const { pod } = record;
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const running = state.containers.flatMap(({ id, config, state: is }) => {
    const container = is === 'RUNNING' ? all.find(({ name }) => name === config.name) : undefined;
    return container ? [{ id, container }] : [];
  });
  const left = new Set(running.map(({ container }) => container.name));
  const results: SyncResult[] = [];
  const kills = running.map(({ id, container }) =>
    kill(context, record, container, id, { left, waitsFor: before(pod, container), grace, results }),
  );
  yield* together(context.kernel, kills);
  for (const { id } of state.sandboxes) {
    try {
      yield* context.runtime.stopPodSandbox(id);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      results.push({
        action: 'KillPodSandbox',
        target: pod.metadata.uid,
        error: { reason: 'KillPodSandboxError', message: error.rpcMessage },
      });
    }
  }
  return results;
}

function* kill(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  id: string,
  options: {
    readonly left: Set<string>;
    readonly waitsFor: readonly string[];
    readonly grace: number | undefined;
    readonly results: SyncResult[];
  },
): Routine<void> {
  const { left, waitsFor, grace, results } = options;
  function* turn(seconds: number): Routine<void> {
    const deadline = context.kernel.now + seconds * 1000;
    while (waitsFor.some((name) => left.has(name)) && context.kernel.now < deadline)
      yield* sleep(context.kernel, TURN_PERIOD);
  }
  try {
    yield* killContainer(context, record, container, id, { grace, ...(waitsFor.length > 0 && { turn }) });
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    const failure = { reason: 'KillContainerError', message: error.rpcMessage };
    results.push({ action: 'KillContainer', target: container.name, error: failure });
  } finally {
    left.delete(container.name);
  }
}

/** What a sidecar waits for: the main containers and the sidecars after it (kuberuntime_termination_order.go). */
function before({ spec }: Pod, container: Container): readonly string[] {
  const init = spec.initContainers ?? [];
  const index = init.findIndex(({ name }) => name === container.name);
  if (index < 0 || !isSidecar(container)) return [];
  return [...spec.containers, ...init.slice(index + 1).filter(isSidecar)].map(({ name }) => name);
}
