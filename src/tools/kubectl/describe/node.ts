import { Quantity } from '../../../cluster/api/quantity.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import { ageOf } from '../../../cluster/api/time.ts';
import { pathOf } from '../connection/discovery.ts';
import type { AnyObject } from '../resources/object.ts';
import type { Describer } from './describer.ts';
import { annotations, labels } from './metadata.ts';
import type { PodSpec } from './pod.ts';
import { type Description, longTime } from './text.ts';

type Resources = Readonly<Record<string, string>>;

interface NodeStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastHeartbeatTime?: string;
    readonly lastTransitionTime?: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  readonly capacity?: Resources;
  readonly allocatable?: Resources;
  readonly nodeInfo?: Readonly<Record<string, string>>;
}

const ROLE = 'node-role.kubernetes.io/';
const INFO: readonly (readonly [label: string, key: string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
];

export const describeNode: Describer = {
  *related(session, node) {
    const name = node.metadata?.name ?? '';
    const pods = yield* session.discovery.find('pods');
    const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
      path: pathOf(pods, undefined),
      query: { fieldSelector: `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded` },
    });
    const leases = yield* session.discovery.find('leases');
    try {
      const lease = yield* session.json<AnyObject>({ path: pathOf(leases, 'kube-node-lease', name) });
      return { pods: items, leases: [lease] };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { pods: items };
    }
  },
  describe(out, node, { related, now }) {
    const { metadata = {} } = node;
    const spec = (node['spec'] ?? {}) as {
      readonly podCIDR?: string;
      readonly podCIDRs?: readonly string[];
      readonly unschedulable?: boolean;
      readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
    };
    const status = (node['status'] ?? {}) as NodeStatus;
    out.line(0, `Name:\t${metadata.name}`);
    const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
      key.startsWith(ROLE) ? [key.slice(ROLE.length)] : key === 'kubernetes.io/role' ? [value] : [],
    );
    out.line(0, `Roles:\t${roles.sort().join(',') || '<none>'}`);
    labels(out, node);
    annotations(out, node);
    out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
    const taints = (spec.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
    out.list(0, 'Taints', taints.toSorted());
    out.line(0, `Unschedulable:\t${spec.unschedulable ?? false}`);
    lease(out, related['leases']?.[0]);
    if (status.conditions && status.conditions.length > 0) {
      out.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
      out.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
      for (const each of status.conditions)
        out.line(
          1,
          `${each.type} \t${each.status} \t${longTime(each.lastHeartbeatTime)} \t${longTime(each.lastTransitionTime)} \t${each.reason ?? ''} \t${each.message ?? ''}`,
        );
    }
    out.line(0, 'Addresses:');
    for (const { type, address } of status.addresses ?? []) out.line(1, `${type}:\t${address}`);
    resourceList(out, 'Capacity', status.capacity);
    resourceList(out, 'Allocatable', status.allocatable);
    out.line(0, 'System Info:');
    for (const [label, key] of INFO) out.line(1, `${label}:\t${status.nodeInfo?.[key] ?? ''}`);
    if (spec.podCIDR) out.line(0, `PodCIDR:\t${spec.podCIDR}`);
    if (spec.podCIDRs && spec.podCIDRs.length > 0) out.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`);
    podResources(out, related['pods'] ?? [], status.allocatable ?? status.capacity ?? {}, now);
  },
};

function lease(out: Description, object: AnyObject | undefined): void {
  if (!object) {
    out.line(0, 'Lease:\tFailed to get lease');
    return;
  }
  const { holderIdentity, acquireTime, renewTime } = (object['spec'] ?? {}) as {
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
  out.line(0, 'Lease:');
  out.line(1, `HolderIdentity:\t${holderIdentity ?? '<unset>'}`);
  out.line(1, `AcquireTime:\t${acquireTime ? longTime(acquireTime) : '<unset>'}`);
  out.line(1, `RenewTime:\t${renewTime ? longTime(renewTime) : '<unset>'}`);
}

function resourceList(out: Description, label: string, all: Resources = {}): void {
  const names = Object.keys(all).sort();
  if (names.length === 0) return;
  out.line(0, `${label}:`);
  for (const name of names) out.line(1, `${name}:\t${all[name]}`);
}

type Kind = 'requests' | 'limits';

/** What a Pod asks for of a resource: the containers together, or the largest init container. */
function ofPod(pod: AnyObject, kind: Kind, name: string): Quantity {
  const { containers, initContainers = [] } = pod['spec'] as PodSpec;
  const of = (container: PodSpec['containers'][number]) => {
    const text = container.resources?.[kind]?.[name];
    return text === undefined ? Quantity.zero() : Quantity.parse(text);
  };
  const together = containers.reduce((sum, container) => sum.plus(of(container)), Quantity.zero());
  return initContainers.map(of).reduce((most, each) => (each.milli > most.milli ? each : most), together);
}

function podResources(out: Description, pods: readonly AnyObject[], allocatable: Resources, now: number): void {
  const share = (value: Quantity, name: string) => {
    const whole = Quantity.parse(allocatable[name] ?? '0').milli;
    return whole === 0 ? 0 : Math.trunc((value.milli / whole) * 100);
  };
  const shown = (value: Quantity, name: string) => `${value} (${share(value, name)}%)`;
  out.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  out.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  out.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  for (const pod of pods) {
    const cells = (['cpu', 'memory'] as const).flatMap((name) => [
      shown(ofPod(pod, 'requests', name), name),
      shown(ofPod(pod, 'limits', name), name),
    ]);
    out.line(
      1,
      `${pod.metadata?.namespace}\t${pod.metadata?.name}\t\t${cells.join('\t')}\t${ageOf(pod.metadata?.creationTimestamp, now)}`,
    );
  }
  out.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  out.line(1, 'Resource\tRequests\tLimits');
  out.line(1, '--------\t--------\t------');
  const huge = Object.keys(allocatable).filter((name) => name.startsWith('hugepages-'));
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...huge.sort()]) {
    const sum = (kind: Kind) => pods.reduce((total, pod) => total.plus(ofPod(pod, kind, name)), Quantity.zero());
    out.line(1, `${name}\t${shown(sum('requests'), name)}\t${shown(sum('limits'), name)}`);
  }
}
