import { isEqual } from '../../api/json.ts';
import { deployment as deploymentKind } from '../../api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Deployment, ReplicaSet } from '../../api/types/workloads.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer, InformerHandler } from '../../client/informer.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { claim } from '../pod-control/claim.ts';
import { conditionOf } from '../pod-control/conditions.ts';
import { isNamespaceEnding } from '../pod-control/errors.ts';
import {
  indexByController,
  indexByNamespace,
  ownedBy,
  ownedOrOrphaned,
  ownersSelecting,
  resolveOwner,
} from '../pod-control/owner.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { hasProgressDeadline } from './fenceposts.ts';
import { ensureNewReplicaSet } from './new-replica-set.ts';
import { Rollout } from './rollout.ts';
import { deadlineOf, deploymentStatus, isComplete, withProgress } from './status.ts';
import { isScaling, recreate, rollingUpdate, scale } from './strategy.ts';

/** Rolls Deployments out by ReplicaSets, one for each template (pkg/controller/deployment). */
export function startDeployment(context: ControllerContext): Controller {
  const controller = new DeploymentController(context);
  return { name: 'deployment', stop: () => controller.stop() };
}

class DeploymentController {
  readonly #context: ControllerContext;
  readonly #queue: PacedQueue;
  readonly #recorder: EventRecorder;
  readonly #deployments: Informer<Deployment>;
  readonly #sets: Informer<ReplicaSet>;
  readonly #pods: Informer<Pod>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new PacedQueue(context, 'deployment', (key) => this.#sync(key));
    this.#recorder = context.recorder('deployment-controller');
    this.#deployments = context.informers.of(deploymentKind);
    this.#sets = context.informers.of(replicaSetKind);
    this.#pods = context.informers.of(podKind);
    indexByNamespace(this.#deployments);
    indexByController(this.#sets);
    indexByController(this.#pods);
    const queueDeployment = (deployment: Deployment) => this.#queue.add(keyOf(deployment));
    this.#deployments.handle({ added: queueDeployment, updated: queueDeployment, deleted: queueDeployment });
    this.#sets.handle(this.#setHandlers(queueDeployment));
  }

  stop(): void {
    this.#queue.stop();
  }

  #setHandlers(queue: (deployment: Deployment) => void): InformerHandler<ReplicaSet> {
    const queueOwner = (set: ReplicaSet) => {
      const owner = this.#ownerOf(set);
      if (owner) queue(owner);
    };
    const queueSelecting = (set: ReplicaSet) => ownersSelecting(this.#deployments, set).forEach(queue);
    return {
      added: (set) => {
        if (controllerOf(set) || set.metadata.deletionTimestamp !== undefined) queueOwner(set);
        else queueSelecting(set);
      },
      updated: (set, before) => {
        const hasOwnerChanged = !isEqual(controllerOf(set), controllerOf(before));
        if (hasOwnerChanged) queueOwner(before);
        if (controllerOf(set)) queueOwner(set);
        else if (hasOwnerChanged || !isEqual(set.metadata.labels, before.metadata.labels)) queueSelecting(set);
      },
      deleted: queueOwner,
    };
  }

  #ownerOf(set: ReplicaSet): Deployment | undefined {
    return resolveOwner(this.#deployments, deploymentKind, set.metadata.namespace, controllerOf(set));
  }

  #sync(key: string): void {
    const deployment = this.#deployments.getByKey(key);
    if (!deployment) {
      this.#queue.forget(key);
      return;
    }
    const { client, kernel } = this.#context;
    const sets = claim(ownedOrOrphaned(this.#sets, deployment), {
      client,
      owner: deployment,
      ownerKind: deploymentKind,
      kind: replicaSetKind,
    });
    const rollout = new Rollout({ client, recorder: this.#recorder, now: kernel.now }, deployment, sets);
    try {
      this.#step(rollout);
    } catch (error) {
      // What is in a namespace that ends goes with it.
      if (!isNamespaceEnding(error)) throw error;
    }
  }

  #step(rollout: Rollout): void {
    if (rollout.deployment.metadata.deletionTimestamp !== undefined) {
      ensureNewReplicaSet(rollout, false);
      this.#writeStatus(rollout);
      return;
    }
    updatePaused(rollout);
    if (rollout.deployment.spec.paused || isScaling(rollout)) {
      scale(rollout);
      this.#writeStatus(rollout);
      return;
    }
    if (rollout.deployment.spec.strategy.type === 'Recreate') {
      recreate(rollout, (set) => ownedBy(this.#pods, set.metadata.uid));
    } else rollingUpdate(rollout);
    this.#writeProgress(rollout);
  }

  #writeStatus(rollout: Rollout): void {
    const { deployment, sets, newSet, context } = rollout;
    rollout.updateStatus(deploymentStatus(deployment, sets, newSet, context.now));
  }

  #writeProgress(rollout: Rollout): void {
    const { deployment, sets, newSet, context } = rollout;
    const counted = deploymentStatus(deployment, sets, newSet, context.now);
    const status = withProgress(deployment, counted, sets, newSet, context.now);
    if (isEqual(deployment.status, status)) this.#checkLater(deployment);
    else rollout.updateStatus(status);
  }

  /** A rollout that is stuck makes no events: it is looked at again when its deadline is over (requeueStuckDeployment). */
  #checkLater(deployment: Deployment): void {
    const condition = conditionOf(deployment.status.conditions, 'Progressing');
    if (!hasProgressDeadline(deployment) || !condition || condition.reason === 'ProgressDeadlineExceeded') return;
    if (isComplete(deployment, deployment.status)) return;
    const wait = deadlineOf(deployment, condition) - this.#context.kernel.now;
    this.#queue.addAfter(keyOf(deployment), Math.max(0, wait) + 1000);
  }
}

/** A paused rollout has no deadline; the condition says so, unless it was missed before (checkPausedConditions). */
function updatePaused(rollout: Rollout): void {
  const { deployment } = rollout;
  if (!hasProgressDeadline(deployment)) return;
  const reason = conditionOf(deployment.status.conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  if (deployment.spec.paused && reason !== 'DeploymentPaused') {
    rollout.updateStatus(rollout.withProgressing('Unknown', 'DeploymentPaused', 'Deployment is paused'));
  } else if (!deployment.spec.paused && reason === 'DeploymentPaused') {
    rollout.updateStatus(rollout.withProgressing('Unknown', 'DeploymentResumed', 'Deployment is resumed'));
  }
}
