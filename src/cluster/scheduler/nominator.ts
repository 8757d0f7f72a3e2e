import type { Pod } from '../api/types/pod.ts';
import type { NodeInfo } from './node-info.ts';
import { type PodInfo, priorityOf } from './pod-info.ts';

interface Nomination {
  readonly info: PodInfo;
  readonly node: string;
}

/** Pods for which others were told to leave a node: the room is theirs, as far as less important ones go (backend/queue, nominator). */
export class Nominator {
  readonly #byUid = new Map<string, Nomination>();
  readonly #byNode = new Map<string, Map<string, PodInfo>>();

  /** @param node undefined: what the Pod's status says; empty: none any more */
  add(info: PodInfo, node = info.pod.status.nominatedNodeName ?? ''): void {
    const { uid } = info.pod.metadata;
    this.remove(uid);
    if (node === '') return;
    this.#byUid.set(uid, { info, node });
    const nominated = this.#byNode.get(node) ?? new Map<string, PodInfo>();
    this.#byNode.set(node, nominated);
    nominated.set(uid, info);
  }

  /** What the scheduler decided holds until the Pod's status says so too. */
  update(before: Pod, info: PodInfo): void {
    const isUntold = !before.status.nominatedNodeName && !info.pod.status.nominatedNodeName;
    this.add(info, isUntold ? this.#byUid.get(before.metadata.uid)?.node : undefined);
  }

  remove(uid: string): void {
    const node = this.#byUid.get(uid)?.node;
    if (node === undefined) return;
    this.#byUid.delete(uid);
    const nominated = this.#byNode.get(node);
    nominated?.delete(uid);
    if (nominated?.size === 0) this.#byNode.delete(node);
  }

  /** Whom a node is kept for, and who is no less important than the Pod that asks. */
  rivals({ pod }: PodInfo, { name }: NodeInfo): readonly PodInfo[] {
    return this.#nominated(name).filter(
      (info) => info.pod.metadata.uid !== pod.metadata.uid && priorityOf(info.pod) >= priorityOf(pod),
    );
  }

  /** Those less important than a Pod that takes the node from them. */
  lesser(pod: Pod, node: string): readonly PodInfo[] {
    return this.#nominated(node).filter((info) => priorityOf(info.pod) < priorityOf(pod));
  }

  #nominated(node: string): readonly PodInfo[] {
    return [...(this.#byNode.get(node)?.values() ?? [])];
  }
}
