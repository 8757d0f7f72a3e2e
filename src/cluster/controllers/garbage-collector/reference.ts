import { type AnyKind, KINDS } from '../../api/kinds/kinds.ts';
import { groupOf, type KubeObject, type OwnerReference } from '../../api/object.ts';

/** Where an object is, and which one of that name. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
}

export function referenceOf({ apiVersion, kind, metadata: { namespace, name, uid } }: KubeObject): Reference {
  return { apiVersion, kind, namespace, name, uid };
}

/** The owner that an object in a namespace names. */
export function ownerAt({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined): Reference {
  return { apiVersion, kind, namespace, name, uid };
}

/** As messages have it (garbagecollector.objectReference.String). */
export function describe({ apiVersion, kind, namespace = '', name, uid }: Reference): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
}

/** Undefined for a kind that is not served. */
export function kindAt({ apiVersion, kind }: Pick<Reference, 'apiVersion' | 'kind'>): AnyKind | undefined {
  const group = groupOf(apiVersion);
  return KINDS.find((candidate) => candidate.kind === kind && candidate.group === group);
}

/** Whether an owner is what an object in a namespace refers to. */
export function refersTo(reference: OwnerReference, namespace: string | undefined, owner: Reference): boolean {
  const isThere = owner.namespace === undefined || owner.namespace === namespace;
  const { apiVersion, kind, name, uid } = owner;
  return (
    isThere &&
    reference.uid === uid &&
    reference.name === name &&
    reference.kind === kind &&
    reference.apiVersion === apiVersion
  );
}

/** Owners that were found to be absent, the last few: a UID does not come back (garbagecollector.ReferenceCache). */
export class AbsentOwners {
  readonly #keys = new Set<string>();

  add(owner: Reference): void {
    const key = describe(owner);
    this.#keys.delete(key);
    this.#keys.add(key);
    const oldest = this.#keys.values().next();
    if (this.#keys.size > MAX_ABSENT && !oldest.done) this.#keys.delete(oldest.value);
  }

  has(owner: Reference): boolean {
    return this.#keys.has(describe(owner));
  }
}

const MAX_ABSENT = 500;
