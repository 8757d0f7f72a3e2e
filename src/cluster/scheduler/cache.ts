import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import { NodeInfo } from './node-info.ts';
import { type PodInfo, podInfo } from './pod-info.ts';

/**
 * The nodes and what is on them, as far as the scheduler knows: Pods that it has just bound count before the API server tells of them
 * (pkg/scheduler/backend/cache).
 */
export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  /** Pods on nodes that are not known, or not any more. */
  readonly #homeless = new Map<string, PodInfo>();
  readonly #placed = new Map<string, string>();

  get nodes(): readonly NodeInfo[] {
    return [...this.#nodes.values()];
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const known = this.#nodes.get(name);
    if (known) {
      this.#nodes.set(name, known.withNode(node));
      return;
    }
    const pods = [...this.#homeless.values()].filter(({ pod }) => this.#placed.get(pod.metadata.uid) === name);
    for (const { pod } of pods) this.#homeless.delete(pod.metadata.uid);
    this.#nodes.set(name, new NodeInfo(node, pods));
  }

  removeNode(name: string): void {
    for (const info of this.#nodes.get(name)?.pods ?? []) this.#homeless.set(info.pod.metadata.uid, info);
    this.#nodes.delete(name);
  }

  /** A Pod is on a node, or is about to be. */
  setPod(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    this.removePod(uid);
    const info = podInfo(pod);
    this.#placed.set(uid, nodeName);
    const node = this.#nodes.get(nodeName);
    if (node) node.add(info);
    else this.#homeless.set(uid, info);
  }

  removePod(uid: string): void {
    const name = this.#placed.get(uid);
    if (name === undefined) return;
    this.#placed.delete(uid);
    this.#homeless.delete(uid);
    this.#nodes.get(name)?.remove(uid);
  }

  hasPod(uid: string): boolean {
    return this.#placed.has(uid);
  }
}
