import type { Kind } from '../../api/kind.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import { isReason } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import { aggregate, messageOf } from './errors.ts';
import { controllerReference, type Selecting } from './owner.ts';

export interface Claim<T extends KubeObject, O extends Selecting> {
  readonly client: Client;
  readonly owner: O;
  readonly ownerKind: Kind<O>;
  /** Of what is claimed. */
  readonly kind: Kind<T>;
  /** What must hold beside the labels. */
  readonly filter?: (object: T) => boolean;
}

/**
 * The objects that an owner manages: its own that still fit its selector, and orphans that do, which it adopts; its own that no longer
 * fit are released (pkg/controller.BaseControllerRefManager.ClaimObject).
 *
 * @throws Error with every object that could not be adopted or released
 */
export function claim<T extends KubeObject, O extends Selecting>(objects: readonly T[], terms: Claim<T, O>): T[] {
  const fits = selectorMatcher(terms.owner.spec.selector);
  const canAdopt = once(() => checkOwner(terms));
  const errors: unknown[] = [];
  const { uid } = terms.owner.metadata;
  const claimed: T[] = [];
  for (const object of objects) {
    const matches = fits(object.metadata.labels) && (terms.filter?.(object) ?? true);
    // Most are the owner's already.
    if (matches && controllerOf(object)?.uid === uid) {
      claimed.push(object);
      continue;
    }
    try {
      if (claimOne(object, matches, terms, canAdopt)) claimed.push(object);
    } catch (error) {
      if (!isReason(error, 'NotFound')) errors.push(error);
    }
  }
  if (errors.length > 0) throw aggregate(errors);
  return claimed;
}

function claimOne<T extends KubeObject, O extends Selecting>(
  object: T,
  matches: boolean,
  terms: Claim<T, O>,
  canAdopt: () => void,
): boolean {
  const { owner } = terms;
  const reference = controllerOf(object);
  const isOwnerEnding = owner.metadata.deletionTimestamp !== undefined;
  if (reference) {
    if (reference.uid !== owner.metadata.uid) return false;
    if (!matches && !isOwnerEnding) release(object, terms);
    return matches;
  }
  if (isOwnerEnding || !matches || object.metadata.deletionTimestamp !== undefined) return false;
  if (owner.metadata.namespace !== object.metadata.namespace) return false;
  adopt(object, terms, canAdopt);
  return true;
}

function adopt<T extends KubeObject, O extends Selecting>(object: T, terms: Claim<T, O>, canAdopt: () => void): void {
  const { metadata } = object;
  try {
    canAdopt();
  } catch (error) {
    const what = `${terms.kind.kind} ${metadata.namespace}/${metadata.name} (${metadata.uid})`;
    throw new Error(`can't adopt ${what}: ${messageOf(error)}`, { cause: error });
  }
  const reference = controllerReference(terms.ownerKind, terms.owner);
  terms.client.patch(terms.kind, object, { metadata: { ownerReferences: [reference], uid: metadata.uid } });
}

function release<T extends KubeObject, O extends Selecting>(object: T, terms: Claim<T, O>): void {
  const { uid } = object.metadata;
  const ownerReferences = [{ $patch: 'delete', uid: terms.owner.metadata.uid }];
  try {
    terms.client.patch(terms.kind, object, { metadata: { uid, ownerReferences } });
  } catch (error) {
    // Gone, or another object of that name by now, or without references already: in no case there is anything left to release.
    if (!isReason(error, 'NotFound', 'Invalid')) throw error;
  }
}

/** The cache may not know yet that the owner goes: asked for once a claim (pkg/controller.RecheckDeletionTimestamp). */
function checkOwner<T extends KubeObject, O extends Selecting>({ client, owner, ownerKind }: Claim<T, O>): void {
  const { namespace, name, uid } = owner.metadata;
  const fresh = client.get(ownerKind, namespace, name);
  if (fresh.metadata.uid !== uid) {
    const found = `got uid ${fresh.metadata.uid}, wanted ${uid}`;
    throw new Error(`original ${ownerKind.kind} ${namespace}/${name} is gone: ${found}`);
  }
  if (fresh.metadata.deletionTimestamp !== undefined) {
    throw new Error(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
  }
}

/** What the first call did or threw holds for the others. */
function once(act: () => void): () => void {
  let result: { readonly error?: unknown } | undefined;
  return () => {
    if (!result) {
      try {
        act();
        result = {};
      } catch (error) {
        result = { error };
      }
    }
    if ('error' in result) throw result.error;
  };
}
