import type { LabelMatcher } from '../api/selectors/labels.ts';
import type { Node } from '../api/types/core.ts';
import type { ContainerPort, Pod } from '../api/types/pod.ts';
import type { PodInfo } from './pod-info.ts';
import { amounts } from './pod-requests.ts';

/** Which Pods belong together. */
export interface PodSelector {
  /** The same for selectors that select the same. */
  readonly key: string;
  readonly fits: LabelMatcher;
}

interface Counter {
  readonly namespace: string | undefined;
  readonly fits: LabelMatcher;
  count: number;
}

/** So many selectors are counted at a time, those that were asked for last. */
const MAX_COUNTERS = 64;

/** A node with the Pods that are on it or will be, and what they take of it (pkg/scheduler/framework.NodeInfo). */
export class NodeInfo {
  readonly node: Node;
  readonly allocatable: Readonly<Record<string, number>>;
  readonly #pods = new Map<string, PodInfo>();
  readonly #withAffinity = new Map<string, PodInfo>();
  readonly #withRequiredAntiAffinity = new Map<string, PodInfo>();
  readonly #withPorts = new Map<string, PodInfo>();
  readonly #requested: Record<string, number> = {};
  readonly #counters = new Map<string, Counter>();
  readonly #images: ReadonlyMap<string, number>;
  #nonZeroCpu = 0;
  #nonZeroMemory = 0;

  constructor(node: Node, pods: Iterable<PodInfo> = []) {
    this.node = node;
    this.allocatable = amounts(node.status.allocatable);
    this.#images = new Map(
      (node.status.images ?? []).flatMap(({ names, sizeBytes = 0 }) => names.map((name) => [name, sizeBytes] as const)),
    );
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

  /** Those that have something to say about their neighbours. */
  get podsWithAffinity(): IterableIterator<PodInfo> {
    return this.#withAffinity.values();
  }

  /** Those that refuse some neighbours. */
  get podsWithRequiredAntiAffinity(): IterableIterator<PodInfo> {
    return this.#withRequiredAntiAffinity.values();
  }

  /** CPU in millicores and memory in bytes, with a usual amount for who asks for none. */
  get nonZeroRequested(): { readonly cpu: number; readonly memory: number } {
    return { cpu: this.#nonZeroCpu, memory: this.#nonZeroMemory };
  }

  requested(resource: string): number {
    return this.#requested[resource] ?? 0;
  }

  /** The size in bytes of an image that the node has, by one of its names. */
  imageSize(name: string): number | undefined {
    return this.#images.get(name);
  }

  /** How many Pods of a namespace are selected; those that end do not count. */
  count(namespace: string | undefined, { key, fits }: PodSelector): number {
    const id = `${namespace}\n${key}`;
    const known = this.#counters.get(id);
    this.#counters.delete(id);
    const counter = known ?? this.#newCounter(namespace, fits);
    this.#counters.set(id, counter);
    const oldest = this.#counters.keys().next();
    if (this.#counters.size > MAX_COUNTERS && !oldest.done) this.#counters.delete(oldest.value);
    return counter.count;
  }

  add(info: PodInfo): void {
    const { uid } = info.pod.metadata;
    if (this.#pods.has(uid)) return;
    this.#pods.set(uid, info);
    if (Object.values(info.terms).some((list) => list.length > 0)) this.#withAffinity.set(uid, info);
    if (info.terms.requiredAnti.length > 0) this.#withRequiredAntiAffinity.set(uid, info);
    if (info.hostPorts.length > 0) this.#withPorts.set(uid, info);
    this.#account(info, 1);
  }

  remove(uid: string): void {
    const info = this.#pods.get(uid);
    if (!info) return;
    for (const index of [this.#pods, this.#withAffinity, this.#withRequiredAntiAffinity, this.#withPorts])
      index.delete(uid);
    this.#account(info, -1);
  }

  /** A copy to try something on. */
  clone(): NodeInfo {
    return new NodeInfo(this.node, this.#pods.values());
  }

  /** The same Pods on the node as it is now. */
  withNode(node: Node): NodeInfo {
    return new NodeInfo(node, this.#pods.values());
  }

  isPortTaken(port: ContainerPort): boolean {
    for (const { hostPorts } of this.#withPorts.values()) {
      if (hostPorts.some((used) => isSamePort(used, port))) return true;
    }
    return false;
  }

  #newCounter(namespace: string | undefined, fits: LabelMatcher): Counter {
    const counter: Counter = { namespace, fits, count: 0 };
    for (const { pod } of this.#pods.values()) if (counts(counter, pod)) counter.count += 1;
    return counter;
  }

  #account({ pod, requests, nonZero }: PodInfo, sign: 1 | -1): void {
    for (const name in requests) this.#requested[name] = (this.#requested[name] ?? 0) + sign * (requests[name] ?? 0);
    this.#nonZeroCpu += sign * nonZero.cpu;
    this.#nonZeroMemory += sign * nonZero.memory;
    for (const counter of this.#counters.values()) if (counts(counter, pod)) counter.count += sign;
  }
}

/** Ports of a node that cannot both be had. An address of 0.0.0.0 stands for every address (framework.HostPortInfo). */
export function isSamePort(one: ContainerPort, other: ContainerPort): boolean {
  if (one.hostPort !== other.hostPort || (one.protocol || 'TCP') !== (other.protocol || 'TCP')) return false;
  const address = one.hostIP || '0.0.0.0';
  const wanted = other.hostIP || '0.0.0.0';
  return address === wanted || address === '0.0.0.0' || wanted === '0.0.0.0';
}

function counts({ namespace, fits }: Counter, { metadata }: Pod): boolean {
  return metadata.namespace === namespace && !metadata.deletionTimestamp && fits(metadata.labels);
}
