import { timestamp } from '#kernel/calendar.ts';
import type { PodSandbox, ContainerStatus as RuntimeStatus } from '#machine/cri.ts';
import type { Json } from '../../api/json.ts';
import type { Condition } from '../../api/object.ts';
import type { Container, ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../../api/types/pod.ts';

/** What the kubelet knows of a Pod beside the runtime. */
export interface PodFacts {
  readonly pod: Pod;
  /** Newest first. */
  readonly sandboxes: readonly PodSandbox[];
  /** Of every container of the Pod, newest first. */
  readonly containers: readonly RuntimeStatus[];
  /** Why a container is not started: CrashLoopBackOff, ImagePullBackOff … */
  readonly waiting: ReadonlyMap<string, { readonly reason: string; readonly message: string }>;
  /** By container: what its readiness probe said last; true for one without. */
  readonly isReady: (container: Container) => boolean;
  /** By container: whether its startup probe has passed. */
  readonly isStarted: (container: Container) => boolean;
  readonly hostIP: string;
  readonly startTime: number;
  readonly isTerminating: boolean;
  /** The Pod was refused or evicted: its phase is Failed whatever runs. */
  readonly rejected: { readonly reason: string; readonly message: string } | undefined;
}

/** The status that the kubelet reports (pkg/kubelet/kubelet_pods.generateAPIPodStatus). @param before the last one, for times of transition */
export function podStatus(facts: PodFacts, before: PodStatus, now: number): PodStatus {
  const { pod, hostIP, rejected } = facts;
  if (rejected) return rejectedStatus(facts, before);
  const init = (pod.spec.initContainers ?? []).map((container) =>
    containerStatus(container, facts, before.initContainerStatuses, true),
  );
  const main = pod.spec.containers.map((container) =>
    containerStatus(container, facts, before.containerStatuses, false),
  );
  const phase = phaseOf(pod, init, main, before.phase);
  const podIP = pod.spec.hostNetwork ? hostIP : facts.sandboxes.find(({ state }) => state === 'READY')?.ip;
  const conditions = conditionsOf(facts, init, main, phase);
  const ip = podIP ?? (phase === 'Succeeded' || phase === 'Failed' ? before.podIP : undefined);
  return {
    ...(pod.metadata.generation !== undefined && !isMirror(pod) && { observedGeneration: pod.metadata.generation }),
    phase,
    conditions: conditions.map((condition) => withTransition(condition, before, now)).concat(othersOf(before)),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    startTime: timestamp(facts.startTime),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    qosClass: before.qosClass ?? 'BestEffort',
    ...(before.reason && { reason: before.reason }),
    ...(before.message && { message: before.message }),
  };
}

/** A static Pod's mirror has no generation that the kubelet has seen. */
function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file';
}

function rejectedStatus({ rejected, startTime, pod }: PodFacts, before: PodStatus): PodStatus {
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase: 'Failed',
    reason: rejected?.reason ?? '',
    message: rejected?.message ?? '',
    startTime: timestamp(startTime),
    conditions: before.conditions ?? [],
    ...(before.qosClass && { qosClass: before.qosClass }),
    ...(before.containerStatuses && { containerStatuses: before.containerStatuses }),
  };
}

function containerStatus(
  container: Container,
  facts: PodFacts,
  before: readonly ContainerStatus[] | undefined,
  isInit: boolean,
): ContainerStatus {
  const [current, previous] = facts.containers.filter(({ config }) => config.name === container.name);
  const known = before?.find(({ name }) => name === container.name);
  const why = facts.waiting.get(container.name);
  const common = {
    name: container.name,
    resources: container.resources ?? {},
    ...(container.resources?.requests && { allocatedResources: container.resources.requests }),
  };
  if (!current) {
    const state: ContainerState = {
      waiting: why
        ? waitingOf(why)
        : { reason: hasInit(facts.pod) && !isInit ? 'PodInitializing' : initialReason(facts) },
    };
    return {
      name: container.name,
      state,
      lastState: known?.lastState ?? {},
      ready: false,
      restartCount: known?.restartCount ?? 0,
      image: container.image ?? '',
      imageID: '',
      started: false,
      ...(container.volumeMounts && { volumeMounts: mountStatus(container) }),
    };
  }
  const isRunning = current.state === 'RUNNING';
  // A container that waits for its next start shows why, and how it ended as its last state.
  const shown = !isRunning && why ? { waiting: waitingOf(why) } : stateOf(current);
  const last = !isRunning && why ? current : previous;
  const started = isRunning && facts.isStarted(container);
  return {
    ...common,
    state: shown,
    lastState: last && last.state === 'EXITED' ? stateOf(last) : {},
    ready: isInit ? isInitReady(container, current, facts) : started && facts.isReady(container),
    restartCount: current.config.attempt,
    image: current.image,
    imageID: current.imageRef,
    containerID: `containerd://${current.id}`,
    started,
    ...(container.volumeMounts && { volumeMounts: mountStatus(container) }),
    user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } },
  };
}

function waitingOf({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): NonNullable<ContainerState['waiting']> {
  return { reason, ...(message !== '' && { message }) };
}

function hasInit(pod: Pod): boolean {
  return (pod.spec.initContainers?.length ?? 0) > 0;
}

function initialReason({ pod }: PodFacts): string {
  return hasInit(pod) ? 'PodInitializing' : 'ContainerCreating';
}

/** An init container is ready when it has done its work; a sidecar as others are. */
function isInitReady(container: Container, current: RuntimeStatus, facts: PodFacts): boolean {
  if (container.restartPolicy === 'Always')
    return current.state === 'RUNNING' && facts.isStarted(container) && facts.isReady(container);
  return current.state === 'EXITED' && current.exitCode === 0;
}

function mountStatus(container: Container): readonly Readonly<Record<string, Json>>[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
}

export function stateOf(status: RuntimeStatus): ContainerState {
  if (status.state === 'RUNNING') return { running: { startedAt: timestamp(status.startedAt) } };
  if (status.state === 'CREATED') return { waiting: { reason: 'ContainerCreating' } };
  return {
    terminated: {
      exitCode: status.exitCode,
      reason: status.reason,
      ...(status.message !== '' && { message: status.message }),
      startedAt: timestamp(status.startedAt),
      finishedAt: timestamp(status.finishedAt),
      containerID: `containerd://${status.id}`,
    },
  };
}

/** pkg/kubelet/kubelet_pods.getPhase */
function phaseOf(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  before: PodPhase | undefined,
): PodPhase {
  if (before === 'Succeeded' || before === 'Failed') return before;
  const policy = pod.spec.restartPolicy;
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
  );
  for (const { name, state, lastState } of init) {
    if (sidecars.has(name)) continue;
    const ended = state?.terminated ?? (state?.waiting ? lastState?.terminated : undefined);
    if (ended && ended.exitCode !== 0 && policy === 'Never') return 'Failed';
    if (state?.terminated?.exitCode !== 0) return 'Pending';
  }
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const { state, lastState } of main) {
    if (state?.running) running += 1;
    else if (state?.terminated) {
      stopped += 1;
      if (state.terminated.exitCode === 0) succeeded += 1;
    } else if (lastState?.terminated) stopped += 1;
    else waiting += 1;
  }
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

type Draft = Omit<Condition, 'lastTransitionTime'>;

/** pkg/kubelet/status/generate.go, in the order of the real one. */
function conditionsOf(
  facts: PodFacts,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  phase: PodPhase,
): readonly Draft[] {
  const { pod } = facts;
  const hasSandbox = facts.sandboxes.some(({ state }) => state === 'READY');
  const make = (type: string, holds: boolean, reason = '', message = ''): Draft => ({
    type,
    status: holds ? 'True' : 'False',
    ...(!isMirror(pod) && pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    lastProbeTime: null,
    ...(reason !== '' && { reason }),
    ...(message !== '' && { message }),
  });
  const incomplete = init.filter(({ ready }) => !ready).map(({ name }) => name);
  const unready = main.filter(({ ready }) => !ready).map(({ name }) => name);
  const initialized =
    phase === 'Succeeded'
      ? make('Initialized', true, 'PodCompleted')
      : incomplete.length === 0
        ? make('Initialized', true)
        : make(
            'Initialized',
            false,
            'ContainersNotInitialized',
            `containers with incomplete status: [${incomplete.join(' ')}]`,
          );
  const because: readonly [reason: string, message: string] =
    phase === 'Succeeded'
      ? ['PodCompleted', '']
      : phase === 'Failed'
        ? ['PodFailed', '']
        : ['ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`];
  const isReady = unready.length === 0 && phase !== 'Succeeded' && phase !== 'Failed';
  const gates = (pod.spec.readinessGates ?? []).filter(
    (gate) => pod.status.conditions?.find(({ type }) => type === gate.conditionType)?.status !== 'True',
  );
  const ready = isReady
    ? gates.length === 0
      ? make('Ready', true)
      : make(
          'Ready',
          false,
          'ReadinessGatesNotReady',
          gates
            .map(
              (gate) =>
                `corresponding condition of pod readiness gate ${JSON.stringify(gate.conditionType)} does not exist.`,
            )
            .join(', '),
        )
    : make('Ready', false, ...because);
  return [
    make('PodReadyToStartContainers', hasSandbox),
    initialized,
    ready,
    isReady ? make('ContainersReady', true) : make('ContainersReady', false, ...because),
    make('PodScheduled', true),
  ];
}

const OWN = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Conditions that others set stay. */
function othersOf({ conditions = [] }: PodStatus): readonly Condition[] {
  return conditions.filter(({ type }) => !OWN.has(type));
}

function withTransition(condition: Draft, { conditions = [] }: PodStatus, now: number): Condition {
  const before = conditions.find(({ type }) => type === condition.type);
  const isSame = before?.status === condition.status && before.lastTransitionTime;
  return { ...condition, lastTransitionTime: isSame ? before.lastTransitionTime : timestamp(now) };
}
