import { timestamp } from '#kernel/calendar.ts';
import type { Condition } from '../../api/object.ts';

/** What became of the content of a namespace in one pass. */
export interface DeletionReport {
  /** How many objects remain, by `pods.`, `deployments.apps`; undefined when not all kinds were looked at. */
  readonly remaining: ReadonlyMap<string, number> | undefined;
  /** How many of those have a finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
}

const OK: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

/**
 * The conditions of a namespace that ends; the same list when nothing changed (pkg/controller/namespace/deletion, status_condition_utils).
 *
 * @param now milliseconds since the epoch
 */
export function withDeletionConditions(
  conditions: readonly Condition[] = [],
  report: DeletionReport,
  now: number,
): readonly Condition[] {
  const bad = failures(report);
  let result = conditions;
  for (const [type, okReason, okMessage] of OK) {
    const failure = bad.get(type);
    const status = failure ? 'True' : 'False';
    const { reason, message } = failure ?? { reason: okReason, message: okMessage };
    const before = result.find((condition) => condition.type === type);
    const same = before?.status === status && before.reason === reason && before.message === message;
    if (same) continue;
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(now);
    const next: Condition = { type, status, lastTransitionTime: lastTransitionTime ?? timestamp(now), reason, message };
    result = before ? result.map((condition) => (condition === before ? next : condition)) : [...result, next];
  }
  return result;
}

function failures({ remaining, finalizers, errors }: DeletionReport) {
  const result = new Map<string, { readonly reason: string; readonly message: string }>();
  if (remaining && remaining.size > 0) {
    const list = [...remaining].map(([resource, count]) => `${resource} has ${count} resource instances`);
    const message = `Some resources are remaining: ${list.sort().join(', ')}`;
    result.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message });
  }
  if (remaining && finalizers.size > 0) {
    const list = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${list.sort().join(', ')}`;
    result.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message });
  }
  if (errors.length > 0) {
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`;
    result.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  return result;
}
