import type { ContainerStatus } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import type { ProbeResults } from '../probes/probe-results.ts';
import { isSidecar, latestOf, mustStart, type RuntimePod } from '../runtime/runtime-pod.ts';

/** A container that must end although its Pod goes on. */
export interface Killing {
  readonly container: Container;
  readonly status: ContainerStatus;
  readonly message: string;
  /** By which probe, when by one: its own grace period counts. */
  readonly probe?: 'Startup' | 'Liveness';
}

export interface InitActions {
  readonly isInitialized: boolean;
  /** One failed and is not to be started again. */
  readonly hasFailed: boolean;
  readonly start: readonly Container[];
  readonly kill: readonly Killing[];
}

/** What is to be done for init containers (kuberuntime_container.computeInitContainerActions): the next one that has not run yet, and sidecars that must be kept running. */
export function initActions(pod: Pod, state: RuntimePod, probes: ProbeResults): InitActions {
  const init = pod.spec.initContainers ?? [];
  const kill: Killing[] = [];
  const start: Container[] = [];
  if (init.length === 0) return { isInitialized: true, hasFailed: false, start, kill };
  let isInitialized = pod.spec.containers.some((container) => {
    const status = latestOf(state, container);
    return status !== undefined && status.state !== 'EXITED';
  });
  let isPreviouslyInitialized = isInitialized;
  // From the last to the first: those that are completed may be removed from the runtime, the last one tells most.
  for (const [index, container] of [...init.entries()].reverse()) {
    const status = latestOf(state, container);
    if (!status) {
      if (isPreviouslyInitialized && isSidecar(container)) start.push(container);
      continue;
    }
    if (isPreviouslyInitialized && !isSidecar(container)) continue;
    const step = stepOf(container, status, pod, state, probes);
    if (step === 'failed') return { isInitialized: false, hasFailed: true, start: [], kill };
    if (step.isDone) {
      const next = init[index + 1];
      if (!next) isInitialized = true;
      else if (!isPreviouslyInitialized) start.push(next);
    }
    if (step.start) start.push(container);
    if (step.kill) kill.push({ container, status, ...step.kill });
    isPreviouslyInitialized = true;
  }
  const [first] = init;
  if (!isPreviouslyInitialized && first) start.push(first);
  return { isInitialized, hasFailed: false, start: start.reverse(), kill };
}

interface Step {
  /** It has done its work, or as a sidecar has started: the next one may begin. */
  readonly isDone: boolean;
  /** It must be started, again or for the first time. */
  readonly start: boolean;
  readonly kill?: Pick<Killing, 'message' | 'probe'>;
}

const GO_ON: Step = { isDone: true, start: false };
const WAIT: Step = { isDone: false, start: false };
const START: Step = { isDone: false, start: true };

function stepOf(
  container: Container,
  status: ContainerStatus,
  pod: Pod,
  state: RuntimePod,
  probes: ProbeResults,
): Step | 'failed' {
  if (status.state === 'CREATED') return START;
  if (status.state === 'EXITED') {
    if (isSidecar(container)) return START;
    if (status.exitCode === 0) return GO_ON;
    return mustStart(container, pod, state) ? START : 'failed';
  }
  return isSidecar(container) ? runningSidecar(container, status, probes) : WAIT;
}

function runningSidecar(
  { name, image, startupProbe, livenessProbe }: Container,
  { id, config }: ContainerStatus,
  probes: ProbeResults,
): Step {
  if (startupProbe) {
    const startup = probes.result('Startup', id);
    if (startup === undefined) return WAIT;
    if (!startup)
      return { ...START, kill: { message: `Init container ${name} failed startup probe`, probe: 'Startup' } };
  }
  if (config.image !== image)
    return { isDone: true, start: true, kill: { message: `Init container ${name} definition changed` } };
  if (livenessProbe && probes.result('Liveness', id) === false)
    return {
      isDone: true,
      start: true,
      kill: { message: `Init container ${name} failed liveness probe`, probe: 'Liveness' },
    };
  return GO_ON;
}
