import { timestamp } from '#kernel/calendar.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Namespace } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';

/** metav1.DeleteOptions */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** The older way to say Orphan. */
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/**
 * What becomes of an object that is to be deleted: 'now' when nobody must act first (rest.BeforeDelete, registry.deletionFinalizers…). A
 * Pod, which may have time to end, is marked even when it has none (registry.Store.Delete).
 */
export function deletionOf(kind: AnyKind, object: KubeObject, options: DeleteOptions, now: number): KubeObject | 'now' {
  const finalizers = finalizersFor(object, options);
  const grace = graceOf(kind, object, options);
  const { metadata } = object;
  if (kind.kind !== 'Pod' && finalizers.length === 0 && !hasSpecFinalizers(kind, object)) return 'now';
  const earlier = metadata.deletionTimestamp !== undefined;
  // A later deletion may shorten the time that is left, never lengthen it.
  const left = earlier ? Math.min(metadata.deletionGracePeriodSeconds ?? 0, grace) : grace;
  const isShorter = left < (metadata.deletionGracePeriodSeconds ?? 0);
  const next: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 && { finalizers }),
      ...(earlier && !isShorter
        ? {}
        : {
            deletionTimestamp: timestamp(now + left * 1000),
            deletionGracePeriodSeconds: left,
            // Asking for a deletion changes what is wanted of the object.
            ...(metadata.generation !== undefined && !earlier && { generation: metadata.generation + 1 }),
          }),
    },
  };
  return kind.kind === 'Namespace' ? terminating(next as Namespace) : next;
}

/** Foreground and orphan are finalizers that the garbage collector takes away. */
function finalizersFor({ metadata }: KubeObject, options: DeleteOptions): readonly string[] {
  const policy = options.propagationPolicy ?? (options.orphanDependents ? 'Orphan' : undefined);
  const others = (metadata.finalizers ?? []).filter(
    (name) => policy === undefined || (name !== FOREGROUND && name !== ORPHAN),
  );
  if (policy === 'Foreground') return [...others, FOREGROUND];
  if (policy === 'Orphan') return [...others, ORPHAN];
  return others;
}

/** Seconds. Pods end gracefully, unless no kubelet has them or they have ended (pkg/registry/core/pod.podStrategy.CheckGracefulDelete). */
function graceOf(kind: AnyKind, object: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (kind.kind !== 'Pod') return 0;
  const { spec, status } = object as Pod;
  if (!spec.nodeName || status.phase === 'Succeeded' || status.phase === 'Failed') return 0;
  return Math.max(0, gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30);
}

/** Marked for deletion, and nobody is left who must act first: it goes with the update that says so. */
export function isFinished(kind: AnyKind, object: KubeObject): boolean {
  const { metadata } = object;
  if (metadata.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds) return false;
  return !metadata.finalizers?.length && !hasSpecFinalizers(kind, object);
}

function hasSpecFinalizers(kind: AnyKind, object: KubeObject): boolean {
  return kind.kind === 'Namespace' && ((object as Namespace).spec.finalizers?.length ?? 0) > 0;
}

function terminating(namespace: Namespace): Namespace {
  return { ...namespace, status: { ...namespace.status, phase: 'Terminating' } };
}
