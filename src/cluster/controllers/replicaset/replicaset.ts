import { isEqual } from '../../api/json.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import { isReason } from '../../api/status.ts';
import { SECOND } from '../../api/time.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ReplicaSet } from '../../api/types/workloads.ts';
import type { Informer } from '../../client/informer.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { claim } from '../pod-control/claim.ts';
import { forAll, isNamespaceEnding } from '../pod-control/errors.ts';
import { Expectations } from '../pod-control/expectations.ts';
import { indexByController, indexByNamespace, ownedBy, ownedOrOrphaned } from '../pod-control/owner.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { PodControl } from '../pod-control/pod-control.ts';
import { podHandlers } from '../pod-control/pod-handlers.ts';
import { isTerminal, nextAvailabilityCheck } from '../pod-control/pod-state.ts';
import { slowStart } from '../pod-control/slow-start.ts';
import { podsToDelete } from './deletion-order.ts';
import { replicaSetStatus } from './status.ts';

/**
 * How many Pods one sync makes or deletes; the next one, when their events are in, goes on. 500 on a real cluster: fewer here, since a
 * sync must not hold up the thread, and nobody can tell the difference.
 */
const BURST_REPLICAS = 100;

/** Keeps as many Pods as a ReplicaSet wants (pkg/controller/replicaset). */
export function startReplicaSet(context: ControllerContext): Controller {
  const controller = new ReplicaSetController(context);
  return { name: 'replicaset', stop: () => controller.stop() };
}

class ReplicaSetController {
  readonly #context: ControllerContext;
  readonly #queue: PacedQueue;
  readonly #sets: Informer<ReplicaSet>;
  readonly #pods: Informer<Pod>;
  readonly #podControl: PodControl;
  readonly #expectations: Expectations;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new PacedQueue(
      context,
      'replicaset',
      (key) => this.#sync(key),
      (key) => this.#sets.getByKey(key)?.status.replicas ?? 0,
    );
    this.#podControl = new PodControl(context.client, context.recorder('replicaset-controller'), replicaSetKind);
    this.#expectations = new Expectations(context.kernel);
    this.#sets = context.informers.of(replicaSetKind);
    this.#pods = context.informers.of(podKind);
    indexByController(this.#sets);
    indexByNamespace(this.#sets);
    indexByController(this.#pods);
    this.#handleSets();
    this.#pods.handle(
      podHandlers({
        kind: replicaSetKind,
        owners: this.#sets,
        queue: this.#queue,
        onCreated: (key) => this.#expectations.creationObserved(key),
        onDeleted: (key, pod) => this.#expectations.deletionObserved(key, pod),
      }),
    );
  }

  stop(): void {
    this.#queue.stop();
  }

  #handleSets(): void {
    const deleted = (set: ReplicaSet) => {
      this.#expectations.forget(keyOf(set));
      this.#queue.add(keyOf(set));
    };
    this.#sets.handle({
      added: (set) => this.#queue.add(keyOf(set)),
      updated: (set, before) => {
        // Deleted and made anew between two lists.
        if (set.metadata.uid !== before.metadata.uid) deleted(before);
        this.#queue.add(keyOf(set));
      },
      deleted,
    });
  }

  #sync(key: string): void {
    const set = this.#sets.getByKey(key);
    if (!set) {
      this.#expectations.forget(key);
      this.#queue.forget(key);
      return;
    }
    const isInformed = this.#expectations.areSatisfied(key);
    const candidates = ownedOrOrphaned(this.#pods, set);
    const active: Pod[] = [];
    const ending: Pod[] = [];
    for (const pod of candidates) {
      if (isTerminal(pod)) continue;
      if (pod.metadata.deletionTimestamp === undefined) active.push(pod);
      else ending.push(pod);
    }
    const claimed = claim(active, {
      client: this.#context.client,
      owner: set,
      ownerKind: replicaSetKind,
      kind: podKind,
    });
    const fits = selectorMatcher(set.spec.selector);
    const isOwn = (pod: Pod) => controllerOf(pod)?.uid === set.metadata.uid;
    const terminating = ending.filter((pod) => isOwn(pod) && fits(pod.metadata.labels));
    let failure: unknown;
    if (isInformed && set.metadata.deletionTimestamp === undefined) failure = this.#manage(key, set, claimed);
    const { now } = this.#context.kernel;
    const status = replicaSetStatus(set, { active: claimed, terminating, failure, now });
    this.#updateStatus(set, status);
    if (failure !== undefined) throw failure;
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.readyReplicas !== status.availableReplicas) {
      const wait = nextAvailabilityCheck(claimed, minReadySeconds, now) ?? minReadySeconds * SECOND;
      this.#queue.addAfter(key, wait);
    }
  }

  /** Makes or deletes Pods; returns what failed. */
  #manage(key: string, set: ReplicaSet, active: readonly Pod[]): unknown {
    const difference = active.length - set.spec.replicas;
    if (difference < 0) return this.#create(key, set, Math.min(-difference, BURST_REPLICAS));
    if (difference > 0) return this.#delete(key, set, active, Math.min(difference, BURST_REPLICAS));
    return undefined;
  }

  #create(key: string, set: ReplicaSet, count: number): unknown {
    this.#expectations.expectCreations(key, count);
    const { successes, error } = slowStart(count, () => {
      try {
        this.#podControl.create(set, set.spec.template);
      } catch (failure) {
        // No Pod comes, and the expectation that one does keeps the sync from trying again.
        if (!isNamespaceEnding(failure)) throw failure;
      }
    });
    this.#expectations.creationObserved(key, count - successes);
    return error;
  }

  #delete(key: string, set: ReplicaSet, active: readonly Pod[], count: number): unknown {
    const chosen = podsToDelete(active, this.#related(set), count, this.#context.kernel.now);
    this.#expectations.expectDeletions(key, chosen.map(keyOf));
    try {
      forAll(chosen, (pod) => {
        try {
          this.#podControl.delete(set, pod.metadata.name);
        } catch (error) {
          this.#expectations.deletionObserved(key, keyOf(pod));
          if (!isReason(error, 'NotFound')) throw error;
        }
      });
    } catch (error) {
      return error;
    }
    return undefined;
  }

  /** Pods of all ReplicaSets of the same owner: by their owner, not by selectors as the real one, which finds the same ones. */
  #related(set: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(set);
    if (!owner) return [];
    return ownedBy(this.#sets, owner.uid).flatMap(({ metadata }) => ownedBy(this.#pods, metadata.uid));
  }

  #updateStatus(set: ReplicaSet, status: ReplicaSet['status']): void {
    if (isEqual(set.status, status)) return;
    const { client } = this.#context;
    try {
      client.updateStatus(replicaSetKind, { ...set, status });
    } catch (error) {
      if (!isReason(error, 'Conflict')) throw error;
      const fresh = client.get(replicaSetKind, set.metadata.namespace, set.metadata.name);
      client.updateStatus(replicaSetKind, { ...fresh, status });
    }
  }
}
