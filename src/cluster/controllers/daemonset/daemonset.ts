import { isEqual } from '../../api/json.ts';
import { controllerRevision as revisionKind } from '../../api/kinds/apps/controller-revision.ts';
import { daemonSet as daemonSetKind } from '../../api/kinds/apps/daemon-set.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import { SECOND } from '../../api/time.ts';
import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ControllerRevision, DaemonSet } from '../../api/types/workloads.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { revisionHandlers } from '../history/revision-handlers.ts';
import { claim } from '../pod-control/claim.ts';
import { aggregate, isNamespaceEnding } from '../pod-control/errors.ts';
import { Expectations } from '../pod-control/expectations.ts';
import { indexByController, indexByNamespace, ownedBy, ownedOrOrphaned } from '../pod-control/owner.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { PodControl } from '../pod-control/pod-control.ts';
import { podHandlers } from '../pod-control/pod-handlers.ts';
import { slowStart } from '../pod-control/slow-start.ts';
import { eligibility } from './eligibility.ts';
import { FailedPodsBackoff } from './failed-pods-backoff.ts';
import { cleanUpHistory, constructHistory } from './history.ts';
import { type Placement, placement } from './placement.ts';
import { HASH_LABEL, targetNode, templateFor } from './pod-template.ts';
import { podsOnNodes } from './pods-on-nodes.ts';
import { rollingUpdate } from './rolling-update.ts';
import { daemonSetStatus } from './status.ts';

/** How many Pods one sync makes, and deletes. */
const BURST_REPLICAS = 250;

/** Keeps one Pod on every node that a DaemonSet fits (pkg/controller/daemon). */
export function startDaemonSet(context: ControllerContext): Controller {
  const controller = new DaemonSetController(context);
  return { name: 'daemonset', stop: () => controller.stop() };
}

class DaemonSetController {
  readonly #context: ControllerContext;
  readonly #queue: PacedQueue;
  readonly #sets: Informer<DaemonSet>;
  readonly #revisions: Informer<ControllerRevision>;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #expectations: Expectations;
  readonly #backoff = new FailedPodsBackoff();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new PacedQueue(context, 'daemonset', (key) => this.#sync(key));
    this.#recorder = context.recorder('daemonset-controller');
    this.#podControl = new PodControl(context.client, this.#recorder, daemonSetKind);
    this.#expectations = new Expectations(context.kernel);
    this.#sets = context.informers.of(daemonSetKind);
    this.#revisions = context.informers.of(revisionKind);
    this.#pods = context.informers.of(podKind);
    this.#nodes = context.informers.of(nodeKind);
    indexByNamespace(this.#sets);
    indexByController(this.#revisions);
    indexByController(this.#pods);
    this.#handle();
  }

  stop(): void {
    this.#queue.stop();
  }

  #handle(): void {
    const deleted = (set: DaemonSet) => {
      this.#expectations.forget(keyOf(set));
      this.#queue.add(keyOf(set));
    };
    this.#sets.handle({
      added: (set) => this.#queue.add(keyOf(set)),
      updated: (set, before) => {
        if (set.metadata.uid !== before.metadata.uid) deleted(before);
        this.#queue.add(keyOf(set));
      },
      deleted,
    });
    this.#revisions.handle(revisionHandlers({ kind: daemonSetKind, owners: this.#sets, queue: this.#queue }));
    this.#pods.handle(
      podHandlers({
        kind: daemonSetKind,
        owners: this.#sets,
        queue: this.#queue,
        onCreated: (key) => this.#expectations.creationObserved(key),
        onDeleted: (key) => this.#expectations.anyDeletionObserved(key),
        patience: SECOND,
      }),
    );
    this.#nodes.handle({
      added: (node) => this.#nodeChanged(node),
      updated: (node, before) => {
        const isSame =
          isEqual(node.metadata.labels, before.metadata.labels) && isEqual(node.spec.taints, before.spec.taints);
        if (!isSame) this.#nodeChanged(node);
      },
    });
  }

  /** Queues the DaemonSets that have to do something on the node (syncNodeUpdate). */
  #nodeChanged(node: Node): void {
    for (const set of this.#sets.all()) {
      const { shouldRun, shouldContinue } = eligibility(node, set);
      const pods = ownedBy(this.#pods, set.metadata.uid);
      const isScheduled = pods.some((pod) => targetNode(pod) === node.metadata.name);
      const isMissing = shouldRun && !isScheduled;
      if (isMissing || (isScheduled && (!shouldContinue || set.status.numberMisscheduled > 0))) {
        this.#queue.add(keyOf(set));
      }
    }
  }

  #sync(key: string): void {
    const set = this.#sets.getByKey(key);
    if (!set) {
      this.#expectations.forget(key);
      this.#queue.forget(key);
      return;
    }
    if (set.metadata.deletionTimestamp !== undefined) return;
    const { client } = this.#context;
    const revisions = claim(ownedOrOrphaned(this.#revisions, set), {
      client,
      owner: set,
      ownerKind: daemonSetKind,
      kind: revisionKind,
    });
    const { current, old } = constructHistory(client, set, revisions, () => this.#claimPods(set));
    const hash = current.metadata.labels?.[HASH_LABEL] ?? '';
    if (!this.#expectations.areSatisfied(key)) {
      this.#updateStatus(key, set, hash, false);
      return;
    }
    const errors: unknown[] = [];
    try {
      this.#update(key, set, hash, old);
    } catch (error) {
      errors.push(error);
    }
    try {
      this.#updateStatus(key, set, hash, true);
    } catch (error) {
      errors.push(error);
    }
    if (errors.length > 0) throw errors[0];
  }

  #claimPods(set: DaemonSet): Pod[] {
    return claim(ownedOrOrphaned(this.#pods, set), {
      client: this.#context.client,
      owner: set,
      ownerKind: daemonSetKind,
      kind: podKind,
    });
  }

  #update(key: string, set: DaemonSet, hash: string, old: readonly ControllerRevision[]): void {
    const nodes = [...this.#nodes.all()];
    const { now } = this.#context.kernel;
    const pods = this.#claimPods(set);
    const placed = placement(nodes, podsOnNodes(pods), {
      set,
      hash,
      now,
      mayReplace: (pod, node) => this.#mayReplace(key, set, pod, node),
    });
    this.#apply(key, set, hash, placed);
    // Only once all nodes have their Pods: what misses counts as unavailable.
    if (this.#expectations.areSatisfied(key) && set.spec.updateStrategy.type === 'RollingUpdate') {
      this.#apply(key, set, hash, rollingUpdate(nodes, podsOnNodes(pods), { set, hash, now }));
    }
    cleanUpHistory(this.#context.client, set, old, pods);
  }

  #mayReplace(key: string, set: DaemonSet, pod: Pod, node: string): boolean {
    const { namespace, name } = pod.metadata;
    if (pod.status.phase === 'Succeeded') {
      const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
      this.#recorder.record(set, 'Normal', 'SucceededDaemonPod', message);
      return true;
    }
    const backoffKey = `${set.metadata.uid}/${set.status.observedGeneration ?? 0}/${node}`;
    const wait = this.#backoff.take(backoffKey, this.#context.kernel.now);
    if (wait > 0) {
      this.#queue.addAfter(key, wait);
      return false;
    }
    const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
    this.#recorder.record(set, 'Warning', 'FailedDaemonPod', message);
    return true;
  }

  /** Makes and deletes Pods (syncNodes). @throws Error with all that failed */
  #apply(key: string, set: DaemonSet, hash: string, { create, delete: condemned }: Placement): void {
    const nodes = create.slice(0, BURST_REPLICAS);
    const gone = condemned.slice(0, BURST_REPLICAS);
    this.#expectations.expect(key, nodes.length, gone.length);
    const errors: unknown[] = [];
    const { successes, error: failure } = slowStart(nodes.length, (index) => {
      try {
        this.#podControl.create(set, templateFor(set, hash, nodes[index] ?? ''));
      } catch (error) {
        if (!isNamespaceEnding(error)) throw error;
      }
    });
    this.#expectations.creationObserved(key, nodes.length - successes);
    if (failure !== undefined) errors.push(failure);
    for (const name of gone) {
      try {
        this.#podControl.delete(set, name);
      } catch (error) {
        this.#expectations.anyDeletionObserved(key);
        if (!isReason(error, 'NotFound')) errors.push(error);
      }
    }
    if (errors.length > 0) throw aggregate(errors);
  }

  #updateStatus(key: string, set: DaemonSet, hash: string, isObserved: boolean): void {
    const { client, kernel } = this.#context;
    const { now } = kernel;
    const pods = podsOnNodes(this.#claimPods(set));
    const status = daemonSetStatus(set, [...this.#nodes.all()], pods, { hash, now, isObserved });
    if (!isEqual(set.status, status)) {
      try {
        client.updateStatus(daemonSetKind, { ...set, status });
      } catch (error) {
        if (!isReason(error, 'Conflict')) throw error;
        const fresh = client.get(daemonSetKind, set.metadata.namespace, set.metadata.name);
        client.updateStatus(daemonSetKind, { ...fresh, status: { ...fresh.status, ...status } });
      }
    }
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0)) {
      this.#queue.addAfter(key, minReadySeconds * SECOND);
    }
  }
}
