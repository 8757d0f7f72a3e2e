import { Quantity } from '../../../api/quantity.ts';
import { fitsNodeAffinity } from '../../../api/scheduling/node-affinity.ts';
import { isTolerated } from '../../../api/scheduling/tolerations.ts';
import type { Node } from '../../../api/types/core.ts';
import type { ContainerPort, Pod, ResourceList } from '../../../api/types/pod.ts';
import { isStatic } from '../pods/pod-source.ts';
import { podResources } from '../status/pod-resources.ts';

/** Why a Pod must not run on its node. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Whether a node takes a Pod that was bound to it: the checks that the scheduler made once more, with what runs here (pkg/kubelet/lifecycle/predicate.go).
 *
 * @param others Pods that run here or will
 */
export function admit(pod: Pod, node: Node, others: readonly Pod[]): Rejection | undefined {
  return tooMuch(pod, node.status.allocatable ?? {}, others) ?? mismatch(pod, node, others);
}

function tooMuch(pod: Pod, allocatable: ResourceList, others: readonly Pod[]): Rejection | undefined {
  const limit = numberOf('pods', allocatable);
  if (others.length + 1 > limit) return outOf('pods', 1, others.length, limit);
  const requests = podResources(pod, 'requests');
  for (const name of [...ORDER, ...Object.keys(requests).filter((each) => !ORDER.includes(each))]) {
    const wanted = numberOf(name, requests);
    // Resources that the node does not know are counted elsewhere, if at all.
    if (wanted === 0 || (!ORDER.includes(name) && allocatable[name] === undefined)) continue;
    const taken = others.reduce((sum, other) => sum + numberOf(name, podResources(other, 'requests')), 0);
    const capacity = numberOf(name, allocatable);
    if (wanted > capacity - taken) return outOf(name, wanted, taken, capacity);
  }
  return undefined;
}

const ORDER = ['cpu', 'memory', 'ephemeral-storage'];

function outOf(name: string, requested: number, used: number, capacity: number): Rejection {
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${numbers}` };
}

/** CPU in thousandths. */
function numberOf(name: string, list: ResourceList): number {
  const text = list[name];
  if (text === undefined) return 0;
  const quantity = Quantity.parse(text);
  return name === 'cpu' ? quantity.milli : quantity.value;
}

function mismatch(pod: Pod, node: Node, others: readonly Pod[]): Rejection | undefined {
  if (!fitsNodeAffinity(pod.spec, node))
    return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (pod.spec.nodeName !== node.metadata.name)
    return failed('NodeName', "node(s) didn't match the requested node name");
  const ports = hostPorts(pod);
  if (ports.length > 0 && others.flatMap(hostPorts).some((other) => ports.some((port) => clash(port, other))))
    return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (!isStatic(pod) && taints.some((taint) => !isTolerated(taint, pod.spec.tolerations)))
    return failed('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

function failed(name: string, why: string): Rejection {
  return { reason: name, message: `Predicate ${name} failed: ${why}` };
}

function hostPorts({ spec }: Pod): readonly ContainerPort[] {
  return spec.containers.flatMap(({ ports = [] }) => ports.filter(({ hostPort = 0 }) => hostPort > 0));
}

function clash(one: ContainerPort, other: ContainerPort): boolean {
  const isAny = (ip: string | undefined) => !ip || ip === '0.0.0.0';
  return (
    one.hostPort === other.hostPort &&
    (one.protocol ?? 'TCP') === (other.protocol ?? 'TCP') &&
    (isAny(one.hostIP) || isAny(other.hostIP) || one.hostIP === other.hostIP)
  );
}
