import { isEqual } from '../../api/json.ts';
import { deployment as deploymentKind } from '../../api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import type { Condition } from '../../api/object.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { withCondition } from '../pod-control/conditions.ts';
import { findNewReplicaSet } from './replica-sets.ts';
import { hasReplicasAnnotations, REVISION, replicasAnnotations } from './revision.ts';
import { type DeploymentStatus, deploymentCondition } from './status.ts';

export interface RolloutContext {
  readonly client: Client;
  readonly recorder: EventRecorder;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One sync of a Deployment: what it works on, as its own writes leave it. */
export class Rollout {
  readonly context: RolloutContext;
  #deployment: Deployment;
  #sets: readonly ReplicaSet[];

  /** @param sets all ReplicaSets of the Deployment */
  constructor(context: RolloutContext, deployment: Deployment, sets: readonly ReplicaSet[]) {
    this.context = context;
    this.#deployment = deployment;
    this.#sets = sets;
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  get sets(): readonly ReplicaSet[] {
    return this.#sets;
  }

  /** The ReplicaSet of the Deployment's template, once there is one. */
  get newSet(): ReplicaSet | undefined {
    return findNewReplicaSet(this.#deployment, this.#sets);
  }

  /** All others, also those without Pods. */
  get oldSets(): ReplicaSet[] {
    const { newSet } = this;
    return this.#sets.filter((set) => set !== newSet);
  }

  /** A ReplicaSet that was made or changed. */
  put(set: ReplicaSet): void {
    this.#sets = [...this.#sets.filter(({ metadata }) => metadata.name !== set.metadata.name), set];
  }

  /** @throws ApiError Conflict … */
  updateStatus(status: DeploymentStatus): void {
    if (isEqual(this.#deployment.status, status)) return;
    this.#deployment = this.context.client.updateStatus(deploymentKind, { ...this.#deployment, status });
  }

  /** The revision of the Deployment is written with its status. @throws ApiError Conflict … */
  updateRevision(revision: string | undefined, status: DeploymentStatus): void {
    const { metadata } = this.#deployment;
    const isSame = revision === undefined || metadata.annotations?.[REVISION] === revision;
    if (isSame) {
      this.updateStatus(status);
      return;
    }
    const annotations = { ...metadata.annotations, [REVISION]: revision };
    const next = { ...this.#deployment, metadata: { ...metadata, annotations }, status };
    this.#deployment = this.context.client.updateStatus(deploymentKind, next);
  }

  /** The status with the Progressing condition set; nothing is written. */
  withProgressing(status: Condition['status'], reason: string, message: string): DeploymentStatus {
    const condition = deploymentCondition('Progressing', status, reason, message, this.context.now);
    const before = this.#deployment.status;
    return { ...before, conditions: withCondition(before.conditions, condition) };
  }

  /**
   * Gives a ReplicaSet a size, and the annotations by which the next scaling is recognized.
   *
   * @param force also writes annotations when the size stays
   * @returns whether the size changed
   * @throws ApiError Conflict …
   */
  scale(set: ReplicaSet, replicas: number, force = false): boolean {
    const before = set.spec.replicas;
    const isSameSize = before === replicas;
    if (isSameSize && !force) return false;
    if (isSameSize && hasReplicasAnnotations(set, this.#deployment)) return false;
    // By name: an earlier step of this sync may have changed it.
    const latest = this.#sets.find(({ metadata }) => metadata.name === set.metadata.name) ?? set;
    const annotations = { ...latest.metadata.annotations, ...replicasAnnotations(this.#deployment) };
    const { client, recorder } = this.context;
    this.put(
      client.update(replicaSetKind, {
        ...latest,
        metadata: { ...latest.metadata, annotations },
        spec: { ...latest.spec, replicas },
      }),
    );
    if (isSameSize) return false;
    const direction = before < replicas ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    recorder.record(this.#deployment, 'Normal', 'ScalingReplicaSet', message);
    return true;
  }
}
