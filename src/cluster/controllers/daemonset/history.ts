import { controllerRevision as revisionKind } from '../../api/kinds/apps/controller-revision.ts';
import { daemonSet as daemonSetKind } from '../../api/kinds/apps/daemon-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ControllerRevision, DaemonSet } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import { templateHash } from '../history/hash.ts';
import { byRevision, hasData, maxRevision, renumber, revisionData } from '../history/revisions.ts';
import { controllerReference } from '../pod-control/owner.ts';
import { HASH_LABEL } from './pod-template.ts';

export interface History {
  /** The revision of the DaemonSet's template. */
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

/**
 * Finds the revision of the template, or makes it, and keeps its number the highest (constructHistory of pkg/controller/daemon).
 *
 * @param revisions all of the DaemonSet
 * @param pods asked for when one of several revisions of the same template is chosen
 * @throws ApiError AlreadyExists when another template has the hash: the collision is counted, and the next try has another
 */
export function constructHistory(
  client: Client,
  set: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: () => readonly Pod[],
): History {
  const data = revisionData(set.spec.template);
  const labelled = revisions.map((revision) => withHashLabel(client, revision));
  const same = labelled.filter((revision) => hasData(revision, data));
  const old = labelled.filter((revision) => !same.includes(revision));
  const number = maxRevision(old) + 1;
  const kept = same.sort(byRevision).at(-1);
  if (!kept) return { current: createRevision(client, set, number), old };
  if (same.length > 1) dropDuplicates(client, kept, same, pods());
  return { current: kept.revision < number ? renumber(client, kept, number) : kept, old };
}

/** One that was made without the label has its name for a hash. */
function withHashLabel(client: Client, revision: ControllerRevision): ControllerRevision {
  const { metadata } = revision;
  if (metadata.labels?.[HASH_LABEL] !== undefined) return revision;
  const labels = { ...metadata.labels, [HASH_LABEL]: metadata.name };
  return client.update(revisionKind, { ...revision, metadata: { ...metadata, labels } });
}

function createRevision(client: Client, set: DaemonSet, revision: number): ControllerRevision {
  const { metadata, spec, status } = set;
  const hash = templateHash(spec.template, status.collisionCount);
  const name = `${metadata.name}-${hash}`;
  const data = revisionData(spec.template);
  const { annotations, namespace } = metadata;
  try {
    return client.create(revisionKind, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: hash },
        ...(annotations && { annotations }),
        ownerReferences: [controllerReference(daemonSetKind, set)],
      },
      data,
      revision,
    });
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
    const existing = client.get(revisionKind, namespace, name);
    if (hasData(existing, data)) return existing;
    countCollision(client, set);
    throw error;
  }
}

function countCollision(client: Client, set: DaemonSet): void {
  const fresh = client.get(daemonSetKind, set.metadata.namespace, set.metadata.name);
  if (fresh.status.collisionCount !== set.status.collisionCount) return;
  const collisionCount = (fresh.status.collisionCount ?? 0) + 1;
  client.updateStatus(daemonSetKind, { ...fresh, status: { ...fresh.status, collisionCount } });
}

/** Pods of the others become Pods of the one that is kept. */
function dropDuplicates(
  client: Client,
  kept: ControllerRevision,
  same: readonly ControllerRevision[],
  pods: readonly Pod[],
): void {
  const hash = kept.metadata.labels?.[HASH_LABEL];
  for (const pod of pods) {
    if (pod.metadata.labels?.[HASH_LABEL] === hash) continue;
    client.patch(podKind, pod, { metadata: { labels: { [HASH_LABEL]: hash } } }, 'merge');
  }
  for (const revision of same) if (revision !== kept) client.delete(revisionKind, revision);
}

/** Deletes the oldest revisions beyond revisionHistoryLimit, none that a Pod is of (cleanupHistory). */
export function cleanUpHistory(
  client: Client,
  set: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): void {
  let excess = old.length - set.spec.revisionHistoryLimit;
  if (excess <= 0) return;
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[HASH_LABEL]));
  for (const revision of [...old].sort(byRevision)) {
    if (excess <= 0) return;
    if (live.has(revision.metadata.labels?.[HASH_LABEL])) continue;
    client.delete(revisionKind, revision);
    excess -= 1;
  }
}
