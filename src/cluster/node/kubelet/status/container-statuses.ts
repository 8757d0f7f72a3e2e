import { parseTime, timestamp } from '#kernel/calendar.ts';
import type { ContainerStatus as RuntimeStatus } from '#machine/cri.ts';
import type { Json } from '../../../api/json.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../../../api/types/pod.ts';
import type { KubeletFiles } from '../files.ts';
import type { ProbeResults } from '../probes/probe-results.ts';
import { isSidecar, latestOf, mustStart, type RuntimePod } from '../runtime/runtime-pod.ts';
import { terminationMessage } from './termination-message.ts';

export interface StatusSources {
  readonly pod: Pod;
  readonly state: RuntimePod;
  /** Why containers could not be started, by name. */
  readonly reasons: ReadonlyMap<string, { readonly reason: string; readonly message: string }>;
  readonly probes: ProbeResults;
  readonly files: KubeletFiles;
  /** When the kubelet began. */
  readonly kubeletStart: number;
}

/** A container that began so long before the kubelet is from before that, and is taken for what it was (prober.kubeletRestartGracePeriod). */
const EARLIER = 10_000;

/** What the API shows of containers, in the order of the spec (kubelet_pods.convertToAPIContainerStatuses, prober's UpdatePodStatus). */
export function containerStatuses(
  containers: readonly Container[],
  sources: StatusSources,
  before: readonly ContainerStatus[] = [],
  wasReady = false,
): readonly ContainerStatus[] {
  return containers.map((container) => {
    const known = before.find(({ name }) => name === container.name);
    const status = withReason(container, plainStatus(container, sources, known), sources);
    const id = latestOf(sources.state, container)?.id;
    const isRunning = status.state?.running !== undefined;
    const hadStarted = known?.started === true && known.containerID === status.containerID;
    const started = isRunning && id !== undefined && hasPassed(container, id, sources, hadStarted);
    return { ...status, started, ready: readiness(container, status, started, id, sources, wasReady) };
  });
}

function hasPassed({ startupProbe }: Container, id: string, { probes }: StatusSources, hadStarted: boolean): boolean {
  return !startupProbe || (probes.result('Startup', id) ?? hadStarted);
}

function readiness(
  container: Container,
  { state }: ContainerStatus,
  started: boolean,
  id: string | undefined,
  { pod, probes, kubeletStart }: StatusSources,
  wasReady: boolean,
): boolean {
  const isInit = pod.spec.initContainers?.includes(container) ?? false;
  if (isInit && !isSidecar(container)) return state?.terminated?.exitCode === 0;
  if (!started || id === undefined) return false;
  if (!container.readinessProbe) return true;
  const result = probes.result('Readiness', id);
  // Nobody was asked yet since the kubelet began.
  return result ?? (wasReady && parseTime(state?.running?.startedAt ?? '') < kubeletStart - EARLIER);
}

/** What the runtime says, without why a container is not started. */
function plainStatus(
  container: Container,
  { pod, state, files }: StatusSources,
  known: ContainerStatus | undefined,
): ContainerStatus {
  const [current, previous] = state.containers.filter(({ config }) => config.name === container.name);
  const volumeMounts = container.volumeMounts && { volumeMounts: mountStatuses(container) };
  if (!current) return missingStatus(container, pod, state, known, volumeMounts);
  return {
    name: container.name,
    state: stateOf(current, files),
    lastState: previous ? stateOf(previous, files) : lastStateOf(current, known),
    ready: false,
    restartCount: restartsOf(current, known),
    image: current.image,
    imageID: current.imageRef,
    containerID: idOf(current),
    resources: container.resources ?? {},
    ...(container.resources?.requests && { allocatedResources: container.resources.requests }),
    ...volumeMounts,
    user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } },
  };
}

/** Attempts are counted by the runtime, which forgets containers that are removed. */
function restartsOf({ config, state }: RuntimeStatus, known: ContainerStatus | undefined): number {
  if (!known || known.restartCount < config.attempt) return config.attempt;
  return state === 'RUNNING' && known.state?.terminated ? known.restartCount + 1 : known.restartCount;
}

/** How the one before ended, when the runtime has removed it. */
function lastStateOf(current: RuntimeStatus, known: ContainerStatus | undefined): ContainerState {
  if (known?.containerID !== idOf(current) && known?.state?.terminated) return known.state;
  return known?.lastState?.terminated ? known.lastState : {};
}

/** The runtime knows none of its name: it never was, or was removed. */
function missingStatus(
  container: Container,
  pod: Pod,
  state: RuntimePod,
  known: ContainerStatus | undefined,
  volumeMounts: Pick<ContainerStatus, 'volumeMounts'> | undefined,
): ContainerStatus {
  if (known?.state?.terminated) return known;
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0;
  const isInit = pod.spec.initContainers?.includes(container) ?? false;
  const wasRunning = known?.state?.running !== undefined && !known.lastState?.terminated;
  const isForgotten = isInit && !isSidecar(container) && pod.spec.containers.some((main) => latestOf(state, main));
  return {
    name: container.name,
    state: isForgotten ? FORGOTTEN : { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: wasRunning ? LOST : (known?.lastState ?? {}),
    ready: false,
    restartCount: (known?.restartCount ?? 0) + (wasRunning && pod.metadata.deletionTimestamp === undefined ? 1 : 0),
    image: container.image ?? '',
    imageID: '',
    ...volumeMounts,
  };
}

const LOST: ContainerState = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was deleted.  The container used to be Running',
  },
};

const FORGOTTEN: ContainerState = {
  terminated: {
    exitCode: 0,
    reason: 'Completed',
    message:
      'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally',
  },
};

/** A container that is to be started and could not be waits; how it ended is its last state. */
function withReason(
  container: Container,
  status: ContainerStatus,
  { pod, state, reasons }: StatusSources,
): ContainerStatus {
  const why = reasons.get(container.name);
  const isInit = pod.spec.initContainers?.includes(container) ?? false;
  const last = latestOf(state, container);
  if (!why || (isInit && last?.state === 'EXITED' && last.exitCode === 0)) return status;
  if (!mustStart(container, pod, state)) return status;
  return {
    ...status,
    state: { waiting: { reason: why.reason, ...(why.message !== '' && { message: why.message }) } },
    lastState: status.state?.terminated ? status.state : (status.lastState ?? {}),
  };
}

function stateOf(status: RuntimeStatus, files: KubeletFiles): ContainerState {
  if (status.state === 'RUNNING') return { running: { startedAt: timestamp(status.startedAt) } };
  if (status.state === 'CREATED') return { waiting: {} };
  const message = terminationMessage(status, files);
  return {
    terminated: {
      exitCode: status.exitCode,
      reason: status.reason,
      ...(message !== '' && { message }),
      startedAt: timestamp(status.startedAt),
      finishedAt: timestamp(status.finishedAt),
      containerID: idOf(status),
    },
  };
}

function idOf({ id }: RuntimeStatus): string {
  return `containerd://${id}`;
}

function mountStatuses({ volumeMounts = [] }: Container): readonly Readonly<Record<string, Json>>[] {
  return volumeMounts.map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
}
