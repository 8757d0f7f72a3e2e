import type { NodeInfo } from './node-info.ts';
import { type PodInfo, priorityOf } from './pod-info.ts';

/** Pods for which others were told to leave a node: the room is theirs, as far as less important ones go (backend/queue, nominator). */
export class Nominator {
  readonly #byUid = new Map<string, { readonly info: PodInfo; readonly node: string }>();

  add(info: PodInfo, node: string): void {
    this.#byUid.set(info.pod.metadata.uid, { info, node });
  }

  remove(uid: string): void {
    this.#byUid.delete(uid);
  }

  nodeOf(uid: string): string | undefined {
    return this.#byUid.get(uid)?.node;
  }

  /** Whom a node is kept for, and who is no less important than the Pod that asks. */
  rivals({ pod }: PodInfo, { name }: NodeInfo): readonly PodInfo[] {
    if (this.#byUid.size === 0) return [];
    return [...this.#byUid.values()]
      .filter(({ info, node }) => node === name && info.pod.metadata.uid !== pod.metadata.uid)
      .map(({ info }) => info)
      .filter((info) => priorityOf(info.pod) >= priorityOf(pod));
  }

  /** Those less important than a Pod that takes the node from them. */
  lesser({ pod }: PodInfo, nodeName: string): readonly PodInfo[] {
    return [...this.#byUid.values()]
      .filter(({ info, node }) => node === nodeName && priorityOf(info.pod) < priorityOf(pod))
      .map(({ info }) => info);
  }
}
