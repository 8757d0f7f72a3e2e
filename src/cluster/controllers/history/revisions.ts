import { isEqual, type Json } from '../../api/json.ts';
import { controllerRevision as revisionKind } from '../../api/kinds/apps/controller-revision.ts';
import type { PodTemplateSpec } from '../../api/types/pod.ts';
import type { ControllerRevision } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';

/**
 * What a revision keeps of its owner: a patch that brings the template back, which is what `kubectl rollout undo` sends
 * (getPatch of pkg/controller/daemon and statefulset).
 */
export function revisionData(template: PodTemplateSpec): Json {
  return { spec: { template: { ...(template as unknown as Record<string, Json>), $patch: 'replace' } } };
}

export function hasData(revision: ControllerRevision, data: Json): boolean {
  return isEqual(revision.data, data);
}

/** The template that a revision keeps. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (data as { readonly spec: { readonly template: Record<string, Json> } }).spec
    .template;
  return template as unknown as PodTemplateSpec;
}

export function maxRevision(revisions: readonly ControllerRevision[]): number {
  return Math.max(0, ...revisions.map(({ revision }) => revision));
}

/** By their numbers, then by age (pkg/controller/history.SortControllerRevisions). */
export function byRevision(one: ControllerRevision, other: ControllerRevision): number {
  if (one.revision !== other.revision) return one.revision - other.revision;
  const key = ({ metadata }: ControllerRevision) => `${metadata.creationTimestamp} ${metadata.name}`;
  return key(one) < key(other) ? -1 : 1;
}

/** Gives a revision a higher number: it is the newest again. @throws ApiError Conflict … */
export function renumber(client: Client, revision: ControllerRevision, number: number): ControllerRevision {
  if (revision.revision === number) return revision;
  return client.update(revisionKind, { ...revision, revision: number });
}
