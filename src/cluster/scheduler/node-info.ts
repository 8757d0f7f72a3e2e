import type { Node } from '../api/types/core.ts';
import type { ContainerPort } from '../api/types/pod.ts';
import type { PodInfo } from './pod-info.ts';
import { amounts } from './pod-requests.ts';

/** A node with the Pods that are on it or will be, and what they take of it (pkg/scheduler/framework.NodeInfo). */
export class NodeInfo {
  readonly node: Node;
  readonly allocatable: Readonly<Record<string, number>>;
  readonly #pods: Map<string, PodInfo>;
  readonly #requested: Record<string, number> = {};
  #nonZeroCpu = 0;
  #nonZeroMemory = 0;
  #withAffinity = 0;
  #withPorts = 0;

  constructor(node: Node, pods: Iterable<PodInfo> = []) {
    this.node = node;
    this.allocatable = amounts(node.status.allocatable);
    this.#pods = new Map();
    for (const info of pods) this.add(info);
  }

  get name(): string {
    return this.node.metadata.name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? {};
  }

  get podCount(): number {
    return this.#pods.size;
  }

  get pods(): IterableIterator<PodInfo> {
    return this.#pods.values();
  }

  /** Whether a Pod here has something to say about its neighbours. */
  get hasPodsWithAffinity(): boolean {
    return this.#withAffinity > 0;
  }

  /** CPU in millicores and memory in bytes, with a usual amount for who asks for none. */
  get nonZeroRequested(): { readonly cpu: number; readonly memory: number } {
    return { cpu: this.#nonZeroCpu, memory: this.#nonZeroMemory };
  }

  requested(resource: string): number {
    return this.#requested[resource] ?? 0;
  }

  add(info: PodInfo): void {
    const { uid } = info.pod.metadata;
    if (this.#pods.has(uid)) return;
    this.#pods.set(uid, info);
    this.#count(info, 1);
  }

  remove(uid: string): void {
    const info = this.#pods.get(uid);
    if (!info) return;
    this.#pods.delete(uid);
    this.#count(info, -1);
  }

  /** A copy to try something on. */
  clone(): NodeInfo {
    return new NodeInfo(this.node, this.#pods.values());
  }

  /** The same Pods on the node as it is now. */
  withNode(node: Node): NodeInfo {
    return new NodeInfo(node, this.#pods.values());
  }

  /** An address of 0.0.0.0 stands for every address. */
  isPortTaken({ hostPort, protocol = 'TCP', hostIP = '0.0.0.0' }: ContainerPort): boolean {
    if (this.#withPorts === 0) return false;
    for (const { hostPorts } of this.#pods.values()) {
      for (const used of hostPorts) {
        if (used.hostPort !== hostPort || (used.protocol ?? 'TCP') !== protocol) continue;
        const address = used.hostIP || '0.0.0.0';
        const wanted = hostIP || '0.0.0.0';
        if (address === wanted || address === '0.0.0.0' || wanted === '0.0.0.0') return true;
      }
    }
    return false;
  }

  #count({ requests, nonZero, terms, hostPorts }: PodInfo, sign: 1 | -1): void {
    for (const name in requests) this.#requested[name] = (this.#requested[name] ?? 0) + sign * (requests[name] ?? 0);
    this.#nonZeroCpu += sign * nonZero.cpu;
    this.#nonZeroMemory += sign * nonZero.memory;
    const hasTerms = Object.values(terms).some((list) => list.length > 0);
    if (hasTerms) this.#withAffinity += sign;
    if (hostPorts.length > 0) this.#withPorts += sign;
  }
}
