import { timestamp } from '#kernel/calendar.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { Condition, Draft } from '../../../api/object.ts';
import type { Node, NodeStatus } from '../../../api/types/core.ts';

/** What a machine is, as its Node shows it. */
export interface MachineFacts {
  readonly capacity: Readonly<Record<string, string>>;
  readonly nodeInfo: Readonly<Record<string, string>>;
  readonly addresses: NonNullable<NodeStatus['addresses']>;
}

/** A Node as its kubelet registers it (pkg/kubelet/kubelet_node_status.initialNode). */
export function initialNode(
  name: string,
  facts: MachineFacts,
  options: {
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: NonNullable<Node['spec']['taints']>;
    readonly providerID: string;
  },
): Draft<Node> {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': facts.nodeInfo['architecture'] ?? '',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': facts.nodeInfo['architecture'] ?? '',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...options.labels,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      ...(options.providerID !== '' && { providerID: options.providerID }),
      ...(options.taints.length > 0 && { taints: options.taints }),
    },
  };
}

/** What the kubelet reports of its node (pkg/kubelet/nodestatus). @param unready why it is not ready; empty when it is */
export function nodeStatus(
  before: NodeStatus,
  facts: MachineFacts,
  runtime: CriRuntime,
  unready: readonly string[],
  now: number,
): NodeStatus {
  return {
    ...before,
    capacity: facts.capacity,
    allocatable: facts.capacity,
    addresses: facts.addresses,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: facts.nodeInfo,
    images: imagesOf(runtime) ?? before.images ?? [],
    conditions: conditionsOf(before.conditions ?? [], unready, now),
    declaredFeatures: DECLARED_FEATURES,
    features: { supplementalGroupsPolicy: true },
    runtimeHandlers: ['', 'runc'].map((name) => ({
      name,
      features: { recursiveReadOnlyMounts: true, userNamespaces: false },
    })),
  };
}

/** Features of the release that schedulers may count on. */
const DECLARED_FEATURES = [
  'ExtendWebSocketsToKubelet',
  'InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingInitContainers',
  'RestartAllContainersOnContainerExits',
];

function imagesOf(runtime: CriRuntime): NodeStatus['images'] | undefined {
  try {
    return [...runtime.images()]
      .sort((a, b) => b.size - a.size)
      .map(({ repoTags, repoDigests, size }) => ({ names: [...repoDigests, ...repoTags], sizeBytes: size }));
  } catch {
    return undefined;
  }
}

const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

function conditionsOf(before: readonly Condition[], unready: readonly string[], now: number): readonly Condition[] {
  const time = timestamp(now);
  const make = (type: string, status: Condition['status'], reason: string, message: string): Condition => {
    const known = before.find((condition) => condition.type === type);
    const isSame = known?.status === status && known.lastTransitionTime;
    return {
      type,
      status,
      lastHeartbeatTime: time,
      lastTransitionTime: isSame ? known.lastTransitionTime : time,
      reason,
      message,
    };
  };
  const ready =
    unready.length === 0
      ? make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : make(
          'Ready',
          'False',
          'KubeletNotReady',
          unready.length === 1 ? (unready[0] ?? '') : `[${unready.join(', ')}]`,
        );
  return [...PRESSURES.map(([type, reason, message]) => make(type, 'False', reason, message)), ready];
}
