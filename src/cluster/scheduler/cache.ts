import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import { NodeInfo } from './node-info.ts';
import { type PodInfo, podInfo } from './pod-info.ts';

interface Placed {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Whether only the scheduler knows of it. */
  readonly isAssumed: boolean;
}

/**
 * The nodes and what is on them, as far as the scheduler knows: Pods that it is about to bind count before the API server tells of them
 * (pkg/scheduler/backend/cache).
 */
export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #placed = new Map<string, Placed>();

  get nodes(): readonly NodeInfo[] {
    return [...this.#nodes.values()];
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Pods may be there before their node. */
  setNode(node: Node): void {
    const { name } = node.metadata;
    const known = this.#nodes.get(name);
    if (known) {
      this.#nodes.set(name, known.withNode(node));
      return;
    }
    const pods = [...this.#placed.values()].filter(({ nodeName }) => nodeName === name).map(({ info }) => info);
    this.#nodes.set(name, new NodeInfo(node, pods));
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
  }

  /** A Pod is about to be on a node. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place({ info, nodeName, isAssumed: true });
  }

  /** A Pod is on a node. */
  setPod(pod: Pod, nodeName: string): void {
    const known = this.#placed.get(pod.metadata.uid);
    this.#place({ info: podInfo(pod, known?.info), nodeName, isAssumed: false });
  }

  removePod(uid: string): void {
    const placed = this.#placed.get(uid);
    if (!placed) return;
    this.#placed.delete(uid);
    this.#nodes.get(placed.nodeName)?.remove(uid);
  }

  isAssumed(uid: string): boolean {
    return this.#placed.get(uid)?.isAssumed === true;
  }

  #place(placed: Placed): void {
    const { uid } = placed.info.pod.metadata;
    this.removePod(uid);
    this.#placed.set(uid, placed);
    this.#nodes.get(placed.nodeName)?.add(placed.info);
  }
}
