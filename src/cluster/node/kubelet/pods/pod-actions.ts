import type { ContainerStatus } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import type { ProbeResults } from '../probes/probe-results.ts';
import { latestOf, mustStart, type RuntimePod, sandboxChange } from '../runtime/runtime-pod.ts';
import { initActions, type Killing } from './init-actions.ts';

/** What a sync is to do. */
export interface PodActions {
  /** All containers and the sandbox end. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly attempt: number;
  readonly initContainersToStart: readonly Container[];
  readonly containersToStart: readonly Container[];
  readonly containersToKill: readonly Killing[];
}

/** Compares what runs with what the spec says (kuberuntime_manager.computePodActions). */
export function computePodActions(pod: Pod, state: RuntimePod, probes: ProbeResults): PodActions {
  const { isNeeded, attempt } = sandboxChange(pod, state);
  if (isNeeded) return withNewSandbox(pod, state, attempt);
  const init = initActions(pod, state, probes);
  const actions = { ...NOTHING, attempt, killPod: init.hasFailed, initContainersToStart: init.start };
  if (init.hasFailed || !init.isInitialized) return { ...actions, containersToKill: init.kill };
  const start: Container[] = [];
  const kill: Killing[] = [...init.kill];
  let kept = 0;
  for (const container of pod.spec.containers) {
    const status = latestOf(state, container);
    if (status?.state !== 'RUNNING') {
      if (mustStart(container, pod, state)) start.push(container);
      continue;
    }
    const why = whyKill(container, pod, status, probes);
    if (!why) {
      kept += 1;
      continue;
    }
    const { restart, message, ...rest } = why;
    if (restart) start.push(container);
    kill.push({ container, status, message: restart ? `${message}, will be restarted` : message, ...rest });
  }
  // Sidecars do not keep a Pod alive.
  if (kept === 0 && start.length === 0) return { ...actions, killPod: true, initContainersToStart: [] };
  return { ...actions, containersToStart: start, containersToKill: kill };
}

const NOTHING: Omit<PodActions, 'attempt'> = {
  killPod: false,
  createSandbox: false,
  initContainersToStart: [],
  containersToStart: [],
  containersToKill: [],
};

/** Everything begins anew in a new sandbox, unless the Pod is done. */
function withNewSandbox(pod: Pod, state: RuntimePod, attempt: number): PodActions {
  const { restartPolicy, containers, initContainers = [] } = pod.spec;
  const onlyKill = { ...NOTHING, attempt, killPod: true };
  if (restartPolicy === 'Never' && attempt !== 0 && state.containers.length > 0) return onlyKill;
  const toStart = containers.filter((container) => {
    const status = latestOf(state, container);
    const hasSucceeded = status?.state === 'EXITED' && status.exitCode === 0;
    return !(hasSucceeded && (container.restartPolicy ?? restartPolicy) === 'OnFailure');
  });
  if (toStart.length === 0 && containers.some((container) => latestOf(state, container))) return onlyKill;
  const [first] = initContainers;
  return {
    ...onlyKill,
    createSandbox: true,
    ...(first ? { initContainersToStart: [first] } : { containersToStart: toStart }),
  };
}

/** Why a container that runs must end; undefined when it may stay. */
function whyKill(
  container: Container,
  pod: Pod,
  status: ContainerStatus,
  probes: ProbeResults,
): { readonly message: string; readonly restart: boolean; readonly probe?: 'Startup' | 'Liveness' } | undefined {
  const { name } = container;
  if (status.config.image !== container.image)
    return { message: `Container ${name} definition changed`, restart: true };
  const restart = (container.restartPolicy ?? pod.spec.restartPolicy) !== 'Never';
  if (probes.result('Liveness', status.id) === false)
    return { message: `Container ${name} failed liveness probe`, restart, probe: 'Liveness' };
  if (probes.result('Startup', status.id) === false)
    return { message: `Container ${name} failed startup probe`, restart, probe: 'Startup' };
  return undefined;
}
