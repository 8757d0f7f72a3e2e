import { isEqual } from '../../api/json.ts';
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import { FOREGROUND, ORPHAN } from './finalizers.ts';
import { AbsentOwners, ownerAt, type Reference, referenceOf, refersTo } from './reference.ts';

/** An object as the graph has it. It changes in place: the graph is its only keeper. */
export interface GraphNode {
  reference: Reference;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  /** Known only as somebody's owner: whether it exists is to be found out. */
  isVirtual: boolean;
  isBeingDeleted: boolean;
  /** It waits until its dependents are gone. */
  isDeletingDependents: boolean;
}

/** What is to be done about objects of the graph. */
export interface GraphWork {
  /** Is it still owned? */
  attemptToDelete(uid: string): void;
  attemptToOrphan(uid: string): void;
  /** An owner in another namespace. */
  invalidOwner(dependent: Reference, owner: OwnerReference): void;
}

/** Who owns whom, over all kinds (garbagecollector.GraphBuilder). */
export class Graph {
  readonly absentOwners = new AbsentOwners();
  readonly #nodes = new Map<string, GraphNode>();
  readonly #work: GraphWork;

  constructor(work: GraphWork) {
    this.#work = work;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was added or updated. */
  observe(object: KubeObject, before: KubeObject | undefined): void {
    const { metadata } = object;
    const owners = metadata.ownerReferences ?? [];
    let node = this.#nodes.get(metadata.uid);
    if (node?.isVirtual) this.#makeReal(node, referenceOf(object));
    if (!node) {
      node = { ...newNode(referenceOf(object)), isVirtual: false };
      this.#nodes.set(metadata.uid, node);
    }
    if (!isEqual(owners, node.owners)) this.#changeOwners(node, owners);
    if (metadata.deletionTimestamp !== undefined) node.isBeingDeleted = true;
    if (startsWith(ORPHAN, object, before)) this.#work.attemptToOrphan(metadata.uid);
    else if (startsWith(FOREGROUND, object, before)) {
      node.isDeletingDependents = true;
      this.#attempt(node.dependents);
      this.#attempt([node]);
    }
  }

  /** An object is gone. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    for (const { uid: owner } of node.owners) this.#nodes.get(owner)?.dependents.delete(node);
    if (node.dependents.size > 0) this.absentOwners.add(node.reference);
    this.#attempt(node.dependents);
    for (const { uid: owner } of node.owners) {
      const known = this.#nodes.get(owner);
      if (known?.isDeletingDependents) this.#attempt([known]);
    }
  }

  /** What was thought to be there is not (enqueueVirtualDeleteEvent). */
  removeAbsent(reference: Reference): void {
    const node = this.#nodes.get(reference.uid);
    if (!node) return;
    const others = [...node.dependents].filter((dependent) => !names(dependent, reference));
    if (!node.isVirtual || others.length === 0) {
      if (node.isVirtual || isEqual(node.reference, reference)) this.remove(reference.uid);
      return;
    }
    // Dependents disagree about what the owner of that UID is: the next of their versions is looked for.
    this.absentOwners.add(reference);
    this.#attempt([...node.dependents].filter((dependent) => names(dependent, reference)));
    const [other] = others;
    const next = other?.owners.find(({ uid }) => uid === reference.uid);
    if (!other || !next) return;
    const candidate = ownerAt(next, other.reference.namespace);
    if (this.absentOwners.has(candidate)) this.remove(reference.uid);
    else {
      node.reference = candidate;
      this.#attempt([node]);
    }
  }

  /** Dependents without which an owner may not go. */
  blockingDependents({ reference, dependents }: GraphNode): readonly GraphNode[] {
    return [...dependents].filter(({ owners }) =>
      owners.some(({ uid, blockOwnerDeletion }) => uid === reference.uid && blockOwnerDeletion === true),
    );
  }

  #makeReal(node: GraphNode, reference: Reference): void {
    for (const dependent of node.dependents) {
      if (!names(dependent, reference)) {
        this.#reportNamespace(dependent, reference);
        this.#attempt([dependent]);
      }
    }
    node.reference = reference;
    node.isVirtual = false;
  }

  #changeOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners;
    node.owners = owners;
    for (const owner of owners) if (!before.some(({ uid }) => uid === owner.uid)) this.#addTo(node, owner);
    for (const owner of before) {
      const now = owners.find(({ uid }) => uid === owner.uid);
      const known = this.#nodes.get(owner.uid);
      if (!now) known?.dependents.delete(node);
      if (owner.blockOwnerDeletion && !now?.blockOwnerDeletion && known) this.#attempt([known]);
    }
  }

  #addTo(node: GraphNode, owner: OwnerReference): void {
    const { namespace } = node.reference;
    const known = this.#nodes.get(owner.uid);
    if (!known) {
      const virtual = newNode(ownerAt(owner, namespace));
      this.#nodes.set(owner.uid, virtual);
      virtual.dependents.add(node);
      this.#attempt([virtual]);
      return;
    }
    known.dependents.add(node);
    if (refersTo(owner, namespace, known.reference)) return;
    if (!known.isVirtual) this.#reportNamespace(node, known.reference);
    this.#attempt([node]);
  }

  #reportNamespace({ reference, owners }: GraphNode, owner: Reference): void {
    const named = owners.find(({ uid }) => uid === owner.uid);
    if (named && owner.namespace !== undefined && owner.namespace !== reference.namespace) {
      this.#work.invalidOwner(reference, named);
    }
  }

  #attempt(nodes: Iterable<GraphNode>): void {
    for (const { reference } of nodes) this.#work.attemptToDelete(reference.uid);
  }
}

function newNode(reference: Reference): GraphNode {
  return {
    reference,
    owners: [],
    dependents: new Set(),
    isVirtual: true,
    isBeingDeleted: false,
    isDeletingDependents: false,
  };
}

function names({ owners, reference }: GraphNode, owner: Reference): boolean {
  return owners.some((named) => refersTo(named, reference.namespace, owner));
}

/** Whether a deletion began that waits for somebody with this finalizer. */
function startsWith(finalizer: string, object: KubeObject, before: KubeObject | undefined): boolean {
  const waits = (of: KubeObject | undefined) =>
    of?.metadata.deletionTimestamp !== undefined && (of.metadata.finalizers?.includes(finalizer) ?? false);
  return waits(object) && !waits(before);
}
