import { isEqual } from '../../api/json.ts';
import type { Kind } from '../../api/kind.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import type { ControllerRevision } from '../../api/types/workloads.ts';
import type { Informer, InformerHandler } from '../../client/informer.ts';
import { ownersSelecting, resolveOwner, type Selecting } from '../pod-control/owner.ts';
import type { PacedQueue } from '../pod-control/paced-queue.ts';

/** Queues the owners whose revisions somebody else changes or deletes (addHistory, updateHistory, deleteHistory of pkg/controller/daemon). */
export function revisionHandlers<O extends Selecting>(options: {
  readonly kind: Kind<O>;
  readonly owners: Informer<O>;
  readonly queue: PacedQueue;
}): InformerHandler<ControllerRevision> {
  const { kind, owners, queue } = options;
  const queueOwner = (revision: ControllerRevision) => {
    const owner = resolveOwner(owners, kind, revision.metadata.namespace, controllerOf(revision));
    if (owner) queue.add(keyOf(owner));
  };
  const queueSelecting = (revision: ControllerRevision) => {
    for (const owner of ownersSelecting(owners, revision)) queue.add(keyOf(owner));
  };
  return {
    // One with an owner is its owner's own work.
    added: (revision) => {
      if (revision.metadata.deletionTimestamp !== undefined) queueOwner(revision);
      else if (!controllerOf(revision)) queueSelecting(revision);
    },
    updated: (revision, before) => {
      const hasOwnerChanged = !isEqual(controllerOf(revision), controllerOf(before));
      if (hasOwnerChanged) queueOwner(before);
      if (controllerOf(revision)) queueOwner(revision);
      else if (hasOwnerChanged || !isEqual(revision.metadata.labels, before.metadata.labels)) queueSelecting(revision);
    },
    deleted: queueOwner,
  };
}
