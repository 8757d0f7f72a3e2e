import { controllerRevision as revisionKind } from '../../api/kinds/apps/controller-revision.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/apps/stateful-set.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ControllerRevision, StatefulSet } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import { revisionHash } from '../history/hash.ts';
import { byRevision, hasData, renumber, revisionData } from '../history/revisions.ts';
import { controllerReference } from '../pod-control/owner.ts';
import { revisionOf } from './identity.ts';

export interface Revisions {
  /** What Pods below the partition are made from. */
  readonly current: ControllerRevision;
  /** Of the set's template. */
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

const HASH_LABEL = 'controller.kubernetes.io/hash';

/** A revision's name leaves room for the hash. */
const LONGEST_PREFIX = 223;

/** Finds the revision of the template, or makes it, and the one before (getStatefulSetRevisions). @throws ApiError */
export function findRevisions(client: Client, set: StatefulSet, known: readonly ControllerRevision[]): Revisions {
  const sorted = [...known].sort(byRevision);
  const data = revisionData(set.spec.template);
  const newest = sorted.at(-1);
  const same = sorted.filter((revision) => hasData(revision, data)).at(-1);
  const number = (newest?.revision ?? 0) + 1;
  const collisions = set.status.collisionCount ?? 0;
  let made: { readonly revision: ControllerRevision; readonly collisionCount: number };
  if (!same) made = createRevision(client, set, number, collisions);
  else made = { revision: same === newest ? same : renumber(client, same, number), collisionCount: collisions };
  const current = sorted.find(({ metadata }) => metadata.name === set.status.currentRevision);
  return { current: current ?? made.revision, update: made.revision, collisionCount: made.collisionCount };
}

/** As long as another template has the hash, the next one is tried (pkg/controller/history.CreateControllerRevision). */
function createRevision(
  client: Client,
  set: StatefulSet,
  number: number,
  collisions: number,
): { readonly revision: ControllerRevision; readonly collisionCount: number } {
  const { name, namespace, annotations } = set.metadata;
  const data = revisionData(set.spec.template);
  const hash = revisionHash(data, collisions);
  for (let collisionCount = collisions; ; collisionCount += 1) {
    const revisionName = `${name.slice(0, LONGEST_PREFIX)}-${revisionHash(data, collisionCount)}`;
    try {
      const revision = client.create(revisionKind, {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: revisionName,
          ...(namespace !== undefined && { namespace }),
          labels: { ...set.spec.template.metadata?.labels, [HASH_LABEL]: hash },
          ...(annotations && { annotations }),
          ownerReferences: [controllerReference(statefulSetKind, set)],
        },
        data,
        revision: number,
      });
      return { revision, collisionCount };
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error;
      const existing = client.get(revisionKind, namespace, revisionName);
      if (hasData(existing, data)) return { revision: existing, collisionCount };
    }
  }
}

/** Deletes the oldest revisions beyond revisionHistoryLimit, none that is in use (truncateHistory). */
export function truncateHistory(
  client: Client,
  set: StatefulSet,
  known: readonly ControllerRevision[],
  pods: readonly Pod[],
  { current, update }: Revisions,
): void {
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOf)]);
  const unused = [...known].sort(byRevision).filter(({ metadata }) => !live.has(metadata.name));
  const excess = Math.max(0, unused.length - set.spec.revisionHistoryLimit);
  for (const revision of unused.slice(0, excess)) client.delete(revisionKind, revision);
}
