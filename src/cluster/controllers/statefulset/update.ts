import type { Pod, PodTemplateSpec } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import { templateOf } from '../history/revisions.ts';
import { isAvailable, isTerminal } from '../pod-control/pod-state.ts';
import { slowStart } from '../pod-control/slow-start.ts';
import { firstOrdinal, hasIdentity, newPod, ordinalOf, revisionOf } from './identity.ts';
import type { Revisions } from './revisions.ts';
import type { StatefulPods } from './stateful-pods.ts';
import { isRunningAndReady } from './status.ts';

/** How many Pods at most are made or deleted at once. */
const LONGEST_BATCH = 500;

/** One sync of a StatefulSet's Pods: one step, or with the Parallel policy all at once (updateStatefulSet of pkg/controller/statefulset). */
export class StatefulUpdate {
  readonly #set: StatefulSet;
  readonly #revisions: Revisions;
  readonly #control: StatefulPods;
  readonly #now: number;
  /** By ordinal, from the first one on; those that are missing are undefined. */
  readonly #replicas: (Pod | undefined)[];
  /** Beyond the last ordinal, or below the first one; the highest goes first. */
  readonly #condemned: readonly Pod[];

  constructor(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, control: StatefulPods, now: number) {
    this.#set = set;
    this.#revisions = revisions;
    this.#control = control;
    this.#now = now;
    const first = firstOrdinal(set);
    const replicas = Array.from<Pod | undefined>({ length: set.spec.replicas });
    const condemned: Pod[] = [];
    for (const pod of pods) {
      const index = ordinalOf(pod) - first;
      if (index >= 0 && index < replicas.length) replicas[index] = pod;
      else if (ordinalOf(pod) >= 0) condemned.push(pod);
    }
    this.#replicas = replicas;
    this.#condemned = condemned.sort((one, other) => ordinalOf(other) - ordinalOf(one));
  }

  /** The Pods there are, with those that were made. */
  get pods(): readonly Pod[] {
    return [...this.#replicas.filter((pod) => pod !== undefined), ...this.#condemned];
  }

  /** Returns how many Pods of the current revision go for the update. @throws ApiError, ConnectionError */
  run(): number {
    const firstUnavailable = this.#firstUnavailable();
    if (this.#isOrdered) {
      if (this.#replicas.some((_, index) => this.#ensure(index))) return 0;
      if (this.#condemned.some((pod) => this.#remove(pod, firstUnavailable))) return 0;
    } else {
      this.#atOnce(this.#replicas.length, (index) => this.#ensure(index));
      this.#atOnce(this.#condemned.length, (index) => {
        const pod = this.#condemned[index];
        if (pod) this.#remove(pod, firstUnavailable);
      });
    }
    return this.#set.spec.updateStrategy.type === 'OnDelete' ? 0 : this.#replaceOne();
  }

  get #isOrdered(): boolean {
    return this.#set.spec.podManagementPolicy !== 'Parallel';
  }

  #atOnce(count: number, act: (index: number) => void): void {
    const { error } = slowStart(count, act, LONGEST_BATCH);
    if (error !== undefined) throw error;
  }

  /** Sees to one replica (processReplica). Returns whether the others have to wait for it. */
  #ensure(index: number): boolean {
    const pod = this.#replicas[index];
    if (!pod) {
      this.#replicas[index] = this.#control.create(this.#set, this.#newPod(firstOrdinal(this.#set) + index));
      return this.#isOrdered;
    }
    if (isTerminal(pod)) {
      // Its name is taken until it is gone.
      if (pod.metadata.deletionTimestamp === undefined) this.#control.delete(this.#set, pod);
      return true;
    }
    if (this.#isOrdered && !this.#isSettled(pod)) return true;
    if (!hasIdentity(pod)) this.#replicas[index] = this.#control.mend(this.#set, pod);
    return false;
  }

  #newPod(ordinal: number): ReturnType<typeof newPod> {
    const { current, update } = this.#revisions;
    const isOld = ordinal < firstOrdinal(this.#set) + this.#heldBack;
    const revision = isOld ? current : update;
    return newPod(this.#set, this.#templateOf(isOld), revision.metadata.name, ordinal);
  }

  #templateOf(isOld: boolean): PodTemplateSpec {
    return isOld ? templateOf(this.#revisions.current) : this.#set.spec.template;
  }

  /** How many of the first replicas stay at the current revision, also when they are made anew. */
  get #heldBack(): number {
    const { type, rollingUpdate } = this.#set.spec.updateStrategy;
    if (rollingUpdate) return rollingUpdate.partition ?? 0;
    return type === 'RollingUpdate' ? (this.#set.status.currentReplicas ?? 0) : 0;
  }

  /** Deletes one that is too many (processCondemned). Returns whether the others have to wait. */
  #remove(pod: Pod, firstUnavailable: Pod | undefined): boolean {
    if (pod.metadata.deletionTimestamp !== undefined) return this.#isOrdered;
    // Scaling down waits for Pods that are broken, but for the one that is the reason of the waiting.
    if (this.#isOrdered && pod !== firstUnavailable && !this.#isSettled(pod)) return true;
    this.#control.delete(this.#set, pod);
    return true;
  }

  /** Deletes the Pod with the highest ordinal that is not of the new revision, once those above it are available. */
  #replaceOne(): number {
    const { partition = 0 } = this.#set.spec.updateStrategy.rollingUpdate ?? {};
    for (let index = this.#replicas.length - 1; index >= partition; index -= 1) {
      const pod = this.#replicas[index];
      if (!pod) return 0;
      const isGoing = pod.metadata.deletionTimestamp !== undefined;
      if (!isGoing && revisionOf(pod) !== this.#revisions.update.metadata.name) {
        this.#control.delete(this.#set, pod);
        return 1;
      }
      if (this.#isUnavailable(pod)) return 0;
    }
    return 0;
  }

  /** The lowest ordinal of the replicas, then of those that are too many. */
  #firstUnavailable(): Pod | undefined {
    const missing = this.#replicas.findIndex((pod) => !pod || this.#isUnavailable(pod));
    if (missing >= 0) return this.#replicas[missing];
    return [...this.#condemned].reverse().find((pod) => this.#isUnavailable(pod));
  }

  #isSettled(pod: Pod): boolean {
    return isRunningAndReady(pod) && !this.#isUnavailable(pod);
  }

  #isUnavailable(pod: Pod): boolean {
    const { minReadySeconds = 0 } = this.#set.spec;
    return pod.metadata.deletionTimestamp !== undefined || !isAvailable(pod, minReadySeconds, this.#now);
  }
}
