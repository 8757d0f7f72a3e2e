import { isEqual } from '../../api/json.ts';
import type { PodTemplateSpec } from '../../api/types/pod.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { maxSurge } from './fenceposts.ts';
import { revisionOf } from './revision.ts';

export const HASH_LABEL = 'pod-template-hash';

/** The ReplicaSet of the Deployment's template; should there be several, the oldest one, so that all syncs choose the same. */
export function findNewReplicaSet({ spec }: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets].sort(byCreation).find((set) => isSameTemplate(set.spec.template, spec.template));
}

/** Whether templates are the same but for the hash that the controller adds (EqualIgnoreHash). */
export function isSameTemplate(one: PodTemplateSpec, other: PodTemplateSpec): boolean {
  if (!isEqual(one.spec, other.spec)) return false;
  const [oneMeta, otherMeta] = [one.metadata ?? {}, other.metadata ?? {}];
  return (
    isEqual({ ...oneMeta, labels: undefined }, { ...otherMeta, labels: undefined }) &&
    isEqual({ ...oneMeta.labels, [HASH_LABEL]: undefined }, { ...otherMeta.labels, [HASH_LABEL]: undefined })
  );
}

export function active(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter(({ spec }) => spec.replicas > 0);
}

/** How many Pods they are to have. */
export function wantedReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
}

export function actualReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + status.replicas, 0);
}

export function readyReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0);
}

export function availableReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0);
}

/** Undefined while a ReplicaSet that was observed does not say it. */
export function terminatingReplicas(sets: readonly ReplicaSet[]): number | undefined {
  let sum = 0;
  for (const { status } of sets) {
    if (status.terminatingReplicas !== undefined) sum += status.terminatingReplicas;
    else if (status.observedGeneration) return undefined;
  }
  return sum;
}

/** How many Pods the new ReplicaSet may have by now (NewRSNewReplicas). @param sets all of them, with the new one */
export function newReplicaCount(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate') return replicas;
  const room = replicas + maxSurge(deployment) - wantedReplicas(sets);
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

/** Where a scaling goes when no rollout is under way: the only one with Pods, or without any the newest (FindActiveOrLatest). */
export function activeOrLatest(newSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const withPods = active(newSet ? [...old, newSet] : old);
  if (withPods.length > 1) return undefined;
  return withPods[0] ?? newSet ?? [...old].sort(byCreation).at(-1);
}

type Order = (one: ReplicaSet, other: ReplicaSet) => number;

export const byCreation: Order = (one, other) =>
  compareText(one.metadata.creationTimestamp, other.metadata.creationTimestamp) ||
  compareText(one.metadata.name, other.metadata.name);

export const bySizeOlderFirst: Order = (one, other) =>
  other.spec.replicas - one.spec.replicas || byCreation(one, other);

export const bySizeNewerFirst: Order = (one, other) =>
  other.spec.replicas - one.spec.replicas ||
  compareText(other.metadata.creationTimestamp, one.metadata.creationTimestamp) ||
  compareText(other.metadata.name, one.metadata.name);

export const byRevision: Order = (one, other) => {
  const [revision, otherRevision] = [revisionOf(one), revisionOf(other)];
  if (revision === undefined || otherRevision === undefined) return byCreation(one, other);
  return revision - otherRevision || byCreation(one, other);
};

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
