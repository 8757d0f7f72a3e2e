import type { KubeObject, Labels } from '../../api/object.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { maxSurge } from './fenceposts.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** The Deployment's annotations go to its ReplicaSets, but for these, which each has of its own. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

/** Of the former revisions of a ReplicaSet that was rolled back to again and again. */
const LONGEST_HISTORY = 2000;

/** 0 for none, undefined for what is no number. */
export function revisionOf({ metadata }: KubeObject): number | undefined {
  return integer(metadata.annotations?.[REVISION] ?? '0');
}

export function maxRevision(sets: readonly ReplicaSet[]): number {
  return Math.max(0, ...sets.map((set) => revisionOf(set) ?? 0));
}

/** The annotations of the ReplicaSet of a rollout (SetNewReplicaSetAnnotations). @param isNew it is not created yet */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  before: Labels | undefined,
  newRevision: number,
  isNew: boolean,
): Labels {
  const annotations: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!OWN.has(key)) annotations[key] = value;
  }
  const oldRevision = before?.[REVISION];
  const known = integer(oldRevision ?? '0');
  if (known === undefined) return annotations;
  if (known < newRevision) {
    annotations[REVISION] = `${newRevision}`;
    if (oldRevision !== undefined) {
      const history = historyWith(before?.[REVISION_HISTORY], oldRevision);
      if (history !== undefined) annotations[REVISION_HISTORY] = history;
    }
  }
  return isNew ? { ...annotations, ...replicasAnnotations(deployment) } : annotations;
}

function historyWith(history: string | undefined, revision: string): string | undefined {
  if (!history) return revision;
  const revisions = history.split(',');
  while (revisions.length > 0 && [...revisions, revision].join(',').length > LONGEST_HISTORY) revisions.shift();
  const longer = [...revisions, revision].join(',');
  return longer.length <= LONGEST_HISTORY ? longer : history;
}

/** What a scaling is recognized by: the size that the ReplicaSets were last made for. */
export function replicasAnnotations(deployment: Deployment): Labels {
  const { replicas } = deployment.spec;
  return { [DESIRED_REPLICAS]: `${replicas}`, [MAX_REPLICAS]: `${replicas + maxSurge(deployment)}` };
}

export function hasReplicasAnnotations(set: ReplicaSet, deployment: Deployment): boolean {
  return Object.entries(replicasAnnotations(deployment)).every(
    ([key, value]) => set.metadata.annotations?.[key] === value,
  );
}

export function desiredReplicas(set: ReplicaSet): number | undefined {
  return count(set.metadata.annotations?.[DESIRED_REPLICAS]);
}

export function maxReplicas(set: ReplicaSet): number | undefined {
  return count(set.metadata.annotations?.[MAX_REPLICAS]);
}

function integer(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : undefined;
}
