import type { Kind } from '../../api/kind.ts';
import {
  apiVersionOf,
  controllerOf,
  type KubeObject,
  type LabelSelector,
  type OwnerReference,
} from '../../api/object.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import type { Informer } from '../../client/informer.ts';

/** What references say of a kind. */
export type KindName = Pick<Kind, 'group' | 'version' | 'kind'>;

/** The reference that makes `owner` the one who manages an object (metav1.NewControllerRef). */
export function controllerReference(kind: KindName, owner: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(kind.group, kind.version),
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

const BY_CONTROLLER = 'controller';
const BY_NAMESPACE = 'namespace';

/**
 * Lets an informer find the objects of one owner, and those without one, in time that grows with them alone
 * (pkg/controller, AddPodControllerIndexer). Must be called before the informer starts; again does no harm.
 */
export function indexByController<T extends KubeObject>(informer: Informer<T>): void {
  informer.index(BY_CONTROLLER, (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace)]);
}

export function ownedBy<T extends KubeObject>(informer: Informer<T>, uid: string): readonly T[] {
  return informer.indexed(BY_CONTROLLER, uid);
}

/** What an owner manages, and what it might adopt: objects of its namespace that nobody manages. */
export function ownedOrOrphaned<T extends KubeObject>(informer: Informer<T>, owner: KubeObject): readonly T[] {
  const orphans = informer.indexed(BY_CONTROLLER, orphansOf(owner.metadata.namespace));
  const owned = ownedBy(informer, owner.metadata.uid);
  return orphans.length === 0 ? owned : [...owned, ...orphans];
}

/** No uid looks like this. */
function orphansOf(namespace: string | undefined): string {
  return `orphans of ${namespace ?? ''}`;
}

/** Lets an informer find the owners of a namespace. Must be called before the informer starts. */
export function indexByNamespace<T extends KubeObject>(informer: Informer<T>): void {
  informer.index(BY_NAMESPACE, (object) => [object.metadata.namespace ?? '']);
}

/** An object that selects those that it manages by their labels. */
export type Selecting = KubeObject & { readonly spec: { readonly selector: LabelSelector } };

/** The owners that would take an object without one. More than one is a mistake of the user, and all of them try. */
export function ownersSelecting<T extends Selecting>(informer: Informer<T>, object: KubeObject): readonly T[] {
  const { namespace, labels } = object.metadata;
  if (!labels || Object.keys(labels).length === 0) return [];
  return informer.indexed(BY_NAMESPACE, namespace ?? '').filter(({ spec }) => selectorMatcher(spec.selector)(labels));
}

/** The owner that a reference names, unless another object bears its name by now. */
export function resolveOwner<T extends KubeObject>(
  informer: Informer<T>,
  kind: Kind<T>,
  namespace: string | undefined,
  reference: OwnerReference | undefined,
): T | undefined {
  if (reference?.kind !== kind.kind) return undefined;
  const owner = informer.get(namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}
