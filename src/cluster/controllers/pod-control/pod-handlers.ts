import { isEqual } from '../../api/json.ts';
import type { Kind } from '../../api/kind.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import { SECOND } from '../../api/time.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Informer, InformerHandler } from '../../client/informer.ts';
import { ownersSelecting, resolveOwner, type Selecting } from './owner.ts';
import type { PacedQueue } from './paced-queue.ts';
import { isReady } from './pod-state.ts';

type Owner = Selecting & { readonly spec: { readonly minReadySeconds?: number } };

export interface PodHandlers<O extends Owner> {
  readonly kind: Kind<O>;
  readonly owners: Informer<O>;
  readonly queue: PacedQueue;
  /** Before the owner is queued: a Pod of it came, or is going to go. */
  readonly onCreated?: (ownerKey: string) => void;
  readonly onDeleted?: (ownerKey: string, podKey: string) => void;
  /** Milliseconds that are waited beyond minReadySeconds. */
  readonly patience?: number;
}

/**
 * Queues the owners whose Pods change, as the controllers of ReplicaSets, DaemonSets and StatefulSets do alike (addPod, updatePod and
 * deletePod of pkg/controller/replicaset, daemon, statefulset).
 */
export function podHandlers<O extends Owner>(options: PodHandlers<O>): InformerHandler<Pod> {
  const { kind, owners, queue, onCreated, onDeleted, patience = 0 } = options;
  const ownerOf = (pod: Pod) => resolveOwner(owners, kind, pod.metadata.namespace, controllerOf(pod));
  const queueSelecting = (pod: Pod) => {
    for (const owner of ownersSelecting(owners, pod)) queue.add(keyOf(owner));
  };

  const deleted = (pod: Pod) => {
    const owner = ownerOf(pod);
    if (!owner) return;
    const key = keyOf(owner);
    onDeleted?.(key, keyOf(pod));
    queue.add(key);
  };

  const added = (pod: Pod) => {
    // After a restart of the controller, Pods that are going may come as new ones.
    if (pod.metadata.deletionTimestamp !== undefined) {
      deleted(pod);
      return;
    }
    if (!controllerOf(pod)) {
      queueSelecting(pod);
      return;
    }
    const owner = ownerOf(pod);
    if (!owner) return;
    const key = keyOf(owner);
    onCreated?.(key);
    queue.add(key);
  };

  const updated = (pod: Pod, before: Pod) => {
    const haveLabelsChanged = !isEqual(pod.metadata.labels, before.metadata.labels);
    if (pod.metadata.deletionTimestamp !== undefined) {
      // A replacement is due now, not only once the kubelet is done with it.
      deleted(pod);
      if (haveLabelsChanged) deleted(before);
      return;
    }
    const hasOwnerChanged = !isEqual(controllerOf(pod), controllerOf(before));
    if (hasOwnerChanged) {
      const former = ownerOf(before);
      if (former) queue.add(keyOf(former));
    }
    if (!controllerOf(pod)) {
      if (haveLabelsChanged || hasOwnerChanged) queueSelecting(pod);
      return;
    }
    const owner = ownerOf(pod);
    if (!owner) return;
    queue.add(keyOf(owner));
    const { minReadySeconds = 0 } = owner.spec;
    if (minReadySeconds > 0 && isReady(pod) && !isReady(before)) {
      queue.addAfter(keyOf(owner), minReadySeconds * SECOND + patience);
    }
  };
  return { added, updated, deleted };
}
