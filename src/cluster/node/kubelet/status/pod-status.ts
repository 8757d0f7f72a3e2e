import { timestamp } from '#kernel/calendar.ts';
import { qosOf } from '../../../api/kinds/pod/qos.ts';
import type { ContainerStatus, Pod, PodStatus } from '../../../api/types/pod.ts';
import { isStatic } from '../pods/pod-source.ts';
import { latestOf, sandboxChange } from '../runtime/runtime-pod.ts';
import { containerStatuses, type StatusSources } from './container-statuses.ts';
import { conditionsOf } from './pod-conditions.ts';
import { phaseOf } from './pod-phase.ts';
import { podResources } from './pod-resources.ts';

interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What the kubelet knows of a Pod. */
export interface PodFacts extends StatusSources {
  readonly hostIP: string;
  /** Nothing of it runs any more, and nothing will. */
  readonly hasEnded: boolean;
  /** Why the Pod has failed whatever its containers do. */
  readonly failure: Reason | undefined;
}

/** The status that the kubelet reports (pkg/kubelet/kubelet_pods.generateAPIPodStatus). @param before the last one */
export function podStatus(facts: PodFacts, before: PodStatus, now: number): PodStatus {
  const { pod, state, hostIP, failure } = facts;
  const { spec } = pod;
  const wasReady = before.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  const init = containerStatuses(spec.initContainers ?? [], facts, before.initContainerStatuses, wasReady);
  const main = containerStatuses(spec.containers, facts, before.containerStatuses, wasReady);
  const hasSandbox = !sandboxChange(pod, state).isNeeded;
  const hasStarted = hasSandbox && spec.containers.some((container) => latestOf(state, container));
  const terminal = [before.phase, pod.status.phase].find((each) => each === 'Succeeded' || each === 'Failed');
  const phase = failure ? 'Failed' : (terminal ?? phaseOf(pod, init, main, facts.hasEnded, hasStarted));
  const why: Partial<Reason> = failure ?? (phase === before.phase ? before : {});
  const ip = spec.hostNetwork ? hostIP : ipOf(facts, before);
  const requests = podResources(pod, 'requests');
  const limits = podResources(pod, 'limits');
  return {
    ...observed(pod),
    phase,
    conditions: conditionsOf({ pod, init, main, phase, hasSandbox }, before, now),
    ...(why.message && { message: why.message }),
    ...(why.reason && { reason: why.reason }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    startTime: before.startTime ?? timestamp(now),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    qosClass: qosOf(spec),
    ...(hasAny(requests) && { allocatedResources: requests }),
    resources: { ...(hasAny(limits) && { limits }), ...(hasAny(requests) && { requests }) },
  };
}

/** Of a Pod that was refused (kubelet.rejectPod). */
export function rejectedStatus(pod: Pod, { reason, message }: Reason, now: number): PodStatus {
  return {
    ...observed(pod),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: pod.status.startTime ?? timestamp(now),
    qosClass: qosOf(pod.spec),
  };
}

/** The last status of a Pod that has ended: what nobody knows counts as failed (status_manager.TerminatePod). */
export function terminatedStatus(pod: Pod, status: PodStatus): PodStatus {
  const { initContainerStatuses: init = [], containerStatuses: main = [], phase } = status;
  const isInitialized =
    init.length === 0 ||
    main.some(({ state, lastState }) => lastState?.terminated ?? !state?.waiting) ||
    init.at(-1)?.state?.terminated?.exitCode === 0;
  const tried = init.findLastIndex(({ state, lastState }) => lastState?.terminated ?? !state?.waiting);
  return {
    ...status,
    ...(init.length > 0 && {
      initContainerStatuses: init.map((each, index) => (index <= Math.max(0, tried) ? ended(each) : each)),
    }),
    ...(main.length > 0 && { containerStatuses: isInitialized ? main.map(ended) : main }),
    ...(!isStatic(pod) && { phase: phase === 'Succeeded' ? phase : 'Failed' }),
  };
}

function ended(status: ContainerStatus): ContainerStatus {
  if (status.state?.terminated) return status;
  return {
    ...status,
    state: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
        startedAt: null,
        finishedAt: null,
      },
    },
  };
}

/** A static Pod's generation is its manifest's; the API server counts its mirror's. */
function observed(pod: Pod): Pick<PodStatus, 'observedGeneration'> {
  const { generation } = pod.metadata;
  return generation ? { observedGeneration: generation } : {};
}

/** That of the sandbox; without a ready one the last stays (pkg/kubelet/pleg.getPodIPs). */
function ipOf({ state }: PodFacts, before: PodStatus): string | undefined {
  const ready = state.sandboxes.find((sandbox) => sandbox.state === 'READY');
  return ready ? ready.ip : before.podIP;
}

function hasAny(list: Readonly<Record<string, string>>): boolean {
  return Object.keys(list).length > 0;
}
