import { isEqual } from '../../api/json.ts';
import { deployment as deploymentKind } from '../../api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { controllerOf, type Draft, type LabelSelector } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import { templateHash } from '../history/hash.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { controllerReference } from '../pod-control/owner.ts';
import { hasProgressDeadline } from './fenceposts.ts';
import { HASH_LABEL, isSameTemplate, newReplicaCount } from './replica-sets.ts';
import { maxRevision, newReplicaSetAnnotations, REVISION } from './revision.ts';
import type { Rollout } from './rollout.ts';

/** DNS1123SubdomainMaxLength */
const LONGEST_NAME = 253;

/**
 * Finds the ReplicaSet of the Deployment's template, or makes it, and keeps its revision the highest (getNewReplicaSet of
 * pkg/controller/deployment).
 *
 * @throws ApiError when it cannot be made, or when another one has its name: the sync is tried again, under another hash
 */
export function ensureNewReplicaSet(rollout: Rollout, mayCreate: boolean): void {
  const revision = maxRevision(rollout.oldSets) + 1;
  const existing = rollout.newSet;
  if (existing) updateExisting(rollout, existing, revision);
  else if (mayCreate) create(rollout, revision);
}

function updateExisting(rollout: Rollout, set: ReplicaSet, revision: number): void {
  const { deployment } = rollout;
  const annotations = newReplicaSetAnnotations(deployment, set.metadata.annotations, revision, false);
  const { minReadySeconds } = deployment.spec;
  const hasSameDelay = (set.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
  if (!isEqual(annotations, set.metadata.annotations ?? {}) || !hasSameDelay) {
    const { minReadySeconds: _, ...spec } = set.spec;
    const updated = rollout.context.client.update(replicaSetKind, {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...spec, ...(minReadySeconds !== undefined && { minReadySeconds }) },
    });
    rollout.put(updated);
    return;
  }
  const isKnown = conditionOf(deployment.status.conditions, 'Progressing') !== undefined;
  const status =
    hasProgressDeadline(deployment) && !isKnown
      ? rollout.withProgressing('True', 'FoundNewReplicaSet', `Found new replica set "${set.metadata.name}"`)
      : deployment.status;
  rollout.updateRevision(annotations[REVISION], status);
}

function create(rollout: Rollout, revision: number): void {
  const { deployment, context } = rollout;
  const draft = newReplicaSet(rollout, revision);
  const { name = '' } = draft.metadata;
  let created: ReplicaSet;
  try {
    created = context.client.create(replicaSetKind, draft);
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) takeExisting(rollout, name, revision, error);
    else if (isNamespaceEnding(error)) throw error;
    else reportFailure(rollout, name, error);
    return;
  }
  rollout.put(created);
  if (created.spec.replicas > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${created.spec.replicas}`;
    context.recorder.record(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
  const status = hasProgressDeadline(deployment)
    ? rollout.withProgressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
    : deployment.status;
  rollout.updateRevision(`${revision}`, status);
}

/** The ReplicaSet that a template gets, with as many replicas as there may be now. */
function newReplicaSet({ deployment, sets }: Rollout, revision: number): Draft<ReplicaSet> {
  const { metadata, spec, status } = deployment;
  const hash = templateHash(spec.template, status.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name.slice(0, LONGEST_NAME - 1 - hash.length)}-${hash}`,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      ownerReferences: [controllerReference(deploymentKind, deployment)],
      labels,
      annotations: newReplicaSetAnnotations(deployment, undefined, revision, true),
    },
    spec: {
      replicas: newReplicaCount(deployment, sets, 0),
      ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
      selector: withLabel(spec.selector, hash),
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}

function withLabel(selector: LabelSelector, hash: string): LabelSelector {
  return { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } };
}

/**
 * A ReplicaSet of that name is there: ours, which the cache does not know yet, or one of another template under the same hash. Then the
 * collision is counted, which gives another hash next time.
 */
function takeExisting(rollout: Rollout, name: string, revision: number, error: unknown): void {
  const { deployment, context } = rollout;
  const found = context.client.get(replicaSetKind, deployment.metadata.namespace, name);
  if (isOurs(found, deployment)) {
    rollout.put(found);
    rollout.updateRevision(`${revision}`, deployment.status);
    return;
  }
  rollout.updateStatus({ ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 });
  throw error;
}

function isOurs(set: ReplicaSet, { metadata, spec }: Deployment): boolean {
  return controllerOf(set)?.uid === metadata.uid && isSameTemplate(spec.template, set.spec.template);
}

function reportFailure(rollout: Rollout, name: string, error: unknown): never {
  const { deployment, context } = rollout;
  const message = `Failed to create new replica set "${name}": ${messageOf(error)}`;
  if (hasProgressDeadline(deployment)) {
    try {
      rollout.updateStatus(rollout.withProgressing('False', 'ReplicaSetCreateError', message));
    } catch (failure) {
      // The sync fails anyway, for the reason that matters, and writes the condition when it is tried again.
      if (!(failure instanceof Error)) throw failure;
    }
  }
  context.recorder.record(deployment, 'Warning', 'ReplicaSetCreateError', message);
  throw error;
}
