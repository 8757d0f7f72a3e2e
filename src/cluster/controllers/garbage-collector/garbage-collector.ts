import { WorkQueue } from '#kernel/work-queue.ts';
import { KINDS } from '../../api/kinds/kinds.ts';
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { DeleteRequest } from '../../client/client.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { FOREGROUND, ORPHAN } from './finalizers.ts';
import { Graph, type GraphNode } from './graph.ts';
import { describe, kindAt, ownerAt, type Reference } from './reference.ts';

const NAME = 'garbage-collector-controller';

/** Not yet: it is tried again, and nothing is wrong. */
class NotYet extends Error {}

/** Never: an object outside namespaces cannot have an owner inside one, so nothing can be said about that owner. */
class Unanswerable extends Error {}

/** The owners that an object names, by what became of them. */
interface Owners {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
}

/**
 * Deletes what its owners have left behind: in the background, in the foreground (before the owner), or lets it be an orphan
 * (pkg/controller/garbagecollector). Events have no owners and are not looked at.
 */
export function startGarbageCollector(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const recorder = context.recorder(NAME);
  const onError = (uid: string, error: unknown) => {
    if (error instanceof NotYet || isReason(error, 'Conflict') || !(error instanceof Error)) return;
    const item = graph.get(uid)?.reference;
    const err = `error syncing item ${item ? describe(item) : uid}: ${error.message}`;
    log.error('garbagecollector.go:365', 'Unhandled Error', { err, logger: 'UnhandledError' });
  };
  const deletions = new WorkQueue<string>(kernel, { sync: attemptToDelete, onError });
  const orphanings = new WorkQueue<string>(kernel, { sync: attemptToOrphan, onError });
  const graph = new Graph({
    attemptToDelete: (uid) => deletions.add(uid),
    attemptToOrphan: (uid) => orphanings.add(uid),
    invalidOwner: tellOfInvalidOwner,
  });
  const watched = KINDS.filter(
    ({ storagePath, verbs }) =>
      storagePath !== 'events' && ['delete', 'list', 'watch'].every((verb) => verbs.some((one) => one === verb)),
  );
  for (const kind of watched) {
    informers.of<KubeObject>(kind).handle({
      added: (object) => graph.observe(object, undefined),
      updated: (object, before) => {
        // Another object of the same name: the deletion of the first was missed.
        const isSame = object.metadata.uid === before.metadata.uid;
        if (!isSame) graph.remove(before.metadata.uid);
        graph.observe(object, isSame ? before : undefined);
      },
      deleted: ({ metadata }) => graph.remove(metadata.uid),
    });
  }
  log.info('garbagecollector.go:141', 'Starting controller', { logger: NAME, controller: 'garbagecollector' });

  function attemptToDelete(uid: string): void {
    if (!informers.haveSynced) throw new NotYet();
    const node = graph.get(uid);
    if (!node) return;
    if (node.isBeingDeleted && !node.isDeletingDependents) return;
    const latest = find(node.reference);
    if (latest?.metadata.uid !== uid) {
      graph.removeAbsent(node.reference);
      return;
    }
    if (node.isDeletingDependents) {
      letGoOf(node);
      return;
    }
    const references = latest.metadata.ownerReferences ?? [];
    try {
      if (references.length > 0) judge(node, latest, classify(node.reference, references));
    } catch (error) {
      if (!(error instanceof Unanswerable)) throw error;
      return;
    }
    if (node.isVirtual) throw new NotYet();
  }

  function judge(node: GraphNode, latest: KubeObject, { solid, dangling, waiting }: Owners): void {
    if (solid.length > 0) {
      if (dangling.length > 0 || waiting.length > 0) removeOwners(node.reference, [...dangling, ...waiting]);
      return;
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      // Two that wait for one another would wait for ever.
      if ([...node.dependents].some(({ isDeletingDependents }) => isDeletingDependents)) unblockOwners(node);
      remove(latest, 'Foreground');
      return;
    }
    const { finalizers = [] } = latest.metadata;
    const policy = finalizers.includes(ORPHAN)
      ? 'Orphan'
      : finalizers.includes(FOREGROUND)
        ? 'Foreground'
        : 'Background';
    remove(latest, policy);
  }

  function classify(item: Reference, references: readonly OwnerReference[]): Owners {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of references) {
      const owner = findOwner(item, reference);
      if (!owner) dangling.push(reference);
      else if (isWaitingForDependents(owner)) waiting.push(reference);
      else solid.push(reference);
    }
    return { solid, dangling, waiting };
  }

  /** @throws NotYet for an owner of a kind that is not served; Unanswerable */
  function findOwner(item: Reference, reference: OwnerReference): KubeObject | undefined {
    const kind = kindAt(reference);
    if (!kind) throw new NotYet();
    const address = ownerAt(reference, kind.isNamespaced ? item.namespace : undefined);
    if (graph.absentOwners.has(address)) return undefined;
    if (kind.isNamespaced && item.namespace === undefined) throw new Unanswerable();
    const owner = find(address);
    if (owner?.metadata.uid === reference.uid) return owner;
    graph.absentOwners.add(address);
    return undefined;
  }

  function letGoOf(node: GraphNode): void {
    const blocking = graph.blockingDependents(node);
    if (blocking.length === 0) removeFinalizer(node.reference, FOREGROUND);
    for (const dependent of blocking) if (!dependent.isDeletingDependents) deletions.add(dependent.reference.uid);
  }

  function attemptToOrphan(uid: string): void {
    if (!informers.haveSynced) throw new NotYet();
    const node = graph.get(uid);
    if (!node) return;
    for (const { reference } of node.dependents) removeOwners(reference, [{ uid }]);
    removeFinalizer(node.reference, ORPHAN);
  }

  function find(reference: Reference): KubeObject | undefined {
    const kind = kindAt(reference);
    if (!kind) throw new NotYet();
    return client.find<KubeObject>(kind, kind.isNamespaced ? reference.namespace : undefined, reference.name);
  }

  function remove(object: KubeObject, propagationPolicy: DeleteRequest['propagationPolicy'] & string): void {
    const { uid, resourceVersion, name } = object.metadata;
    const kind = kindAt(object);
    if (!kind) return;
    log.verbose(2, 'garbagecollector.go:650', 'Deleting item', { logger: NAME, item: name, propagationPolicy });
    try {
      client.delete<KubeObject>(kind, object, { propagationPolicy, preconditions: { uid, resourceVersion } });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
      graph.remove(uid);
    }
  }

  function removeOwners(reference: Reference, owners: readonly Pick<OwnerReference, 'uid'>[]): void {
    const ownerReferences = owners.map(({ uid }) => ({ $patch: 'delete', uid }));
    patch(reference, { metadata: { uid: reference.uid, ownerReferences } }, 'strategic');
  }

  function unblockOwners({ reference, owners }: GraphNode): void {
    const ownerReferences = owners
      .filter(({ blockOwnerDeletion }) => blockOwnerDeletion)
      .map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    patch(reference, { metadata: { uid: reference.uid, ownerReferences } }, 'strategic');
  }

  function removeFinalizer(reference: Reference, finalizer: string): void {
    const object = find(reference);
    const { finalizers = [], resourceVersion, uid } = object?.metadata ?? {};
    if (uid !== reference.uid || !finalizers.includes(finalizer)) return;
    const left = finalizers.filter((name) => name !== finalizer);
    patch(reference, { metadata: { resourceVersion, finalizers: left.length > 0 ? left : null } }, 'merge');
  }

  function patch(reference: Reference, body: unknown, type: 'strategic' | 'merge'): void {
    const kind = kindAt(reference);
    const { name, namespace } = reference;
    if (!kind) return;
    try {
      client.patch<KubeObject>(kind, { metadata: { name, ...(namespace !== undefined && { namespace }) } }, body, type);
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }

  function tellOfInvalidOwner(dependent: Reference, owner: OwnerReference): void {
    const { apiVersion, kind, namespace, name, uid } = dependent;
    const about = { apiVersion, kind, name, uid, ...(namespace !== undefined && { namespace }) };
    const message = `ownerRef ${describe(ownerAt(owner, namespace))} does not exist in namespace "${namespace ?? ''}"`;
    recorder.record(about, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  return {
    name: 'garbage-collector',
    stop: () => {
      deletions.stop();
      orphanings.stop();
    },
  };
}

function isWaitingForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(FOREGROUND) ?? false);
}
