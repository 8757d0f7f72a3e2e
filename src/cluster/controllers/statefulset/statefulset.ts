import { isEqual } from '../../api/json.ts';
import { controllerRevision as revisionKind } from '../../api/kinds/apps/controller-revision.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/apps/stateful-set.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import { SECOND } from '../../api/time.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ControllerRevision, StatefulSet } from '../../api/types/workloads.ts';
import type { Informer } from '../../client/informer.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { claim } from '../pod-control/claim.ts';
import { indexByController, indexByNamespace, ownedOrOrphaned } from '../pod-control/owner.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { podHandlers } from '../pod-control/pod-handlers.ts';
import { nextAvailabilityCheck } from '../pod-control/pod-state.ts';
import { Written } from '../pod-control/written.ts';
import { isMember } from './identity.ts';
import { findRevisions, type Revisions, truncateHistory } from './revisions.ts';
import { StatefulPods } from './stateful-pods.ts';
import { countReplicas, statefulSetStatus } from './status.ts';
import { StatefulUpdate } from './update.ts';

/** Keeps Pods with names of their own, one after the other (pkg/controller/statefulset). */
export function startStatefulSet(context: ControllerContext): Controller {
  const controller = new StatefulSetController(context);
  return { name: 'statefulset', stop: () => controller.stop() };
}

class StatefulSetController {
  readonly #context: ControllerContext;
  readonly #queue: PacedQueue;
  readonly #sets: Informer<StatefulSet>;
  readonly #revisions: Informer<ControllerRevision>;
  readonly #pods: Informer<Pod>;
  readonly #control: StatefulPods;
  readonly #written: Written;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new PacedQueue(context, 'statefulset', (key) => this.#sync(key));
    this.#written = new Written(context.kernel);
    this.#control = new StatefulPods(context.client, context.recorder('statefulset-controller'), this.#written);
    this.#sets = context.informers.of(statefulSetKind);
    this.#revisions = context.informers.of(revisionKind);
    this.#pods = context.informers.of(podKind);
    indexByNamespace(this.#sets);
    indexByController(this.#revisions);
    indexByController(this.#pods);
    const queueSet = (set: StatefulSet) => this.#queue.add(keyOf(set));
    this.#sets.handle({ added: queueSet, updated: queueSet, deleted: queueSet });
    const seen = (pod: Pod) => this.#written.seen(pod);
    this.#pods.handle({ added: seen, updated: seen, deleted: seen });
    this.#pods.handle(podHandlers({ kind: statefulSetKind, owners: this.#sets, queue: this.#queue }));
  }

  stop(): void {
    this.#queue.stop();
  }

  #sync(key: string): void {
    const set = this.#sets.getByKey(key);
    if (!set) {
      this.#queue.forget(key);
      return;
    }
    if (!this.#written.isSeen(key)) {
      // The event that is awaited queues it again; this is for one that never comes.
      this.#queue.addAfter(key, SECOND);
      return;
    }
    const { client, kernel } = this.#context;
    const terms = { client, owner: set, ownerKind: statefulSetKind };
    const known = claim(ownedOrOrphaned(this.#revisions, set), { ...terms, kind: revisionKind });
    const pods = claim(ownedOrOrphaned(this.#pods, set), {
      ...terms,
      kind: podKind,
      filter: (pod) => isMember(set, pod),
    });
    const revisions = findRevisions(client, set, known);
    const { failure, status } = this.#update(set, pods, revisions, kernel.now);
    this.#updateStatus(set, status);
    truncateHistory(client, set, known, pods, revisions);
    if (failure !== undefined) throw failure;
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && (status.readyReplicas ?? 0) !== status.availableReplicas) {
      const wait = nextAvailabilityCheck(pods, minReadySeconds, kernel.now) ?? minReadySeconds * SECOND;
      this.#queue.addAfter(key, wait);
    }
  }

  /** Also a step that failed leaves a status to tell. */
  #update(
    set: StatefulSet,
    pods: readonly Pod[],
    revisions: Revisions,
    now: number,
  ): { readonly failure: unknown; readonly status: StatefulSet['status'] } {
    const { minReadySeconds = 0 } = set.spec;
    const isEnding = set.metadata.deletionTimestamp !== undefined;
    const update = new StatefulUpdate(set, pods, revisions, this.#control, now);
    let failure: unknown;
    let replaced = 0;
    try {
      if (!isEnding) replaced = update.run();
    } catch (error) {
      failure = error;
    }
    const counts = countReplicas(update.pods, revisions, minReadySeconds, now);
    const status = statefulSetStatus(set, revisions, { ...counts, currentReplicas: counts.currentReplicas - replaced });
    return { failure, status };
  }

  #updateStatus(set: StatefulSet, status: StatefulSet['status']): void {
    if (isEqual(set.status, status)) return;
    const { client } = this.#context;
    try {
      client.updateStatus(statefulSetKind, { ...set, status });
    } catch (error) {
      if (!isReason(error, 'Conflict')) throw error;
      const fresh = client.get(statefulSetKind, set.metadata.namespace, set.metadata.name);
      client.updateStatus(statefulSetKind, { ...fresh, status });
    }
  }
}
