import type { Kernel, Timer } from '#kernel/kernel.ts';
import { isEqual } from '../../../api/json.ts';
import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import { isReason } from '../../../api/status.ts';
import type { Pod, PodStatus } from '../../../api/types/pod.ts';
import type { Client } from '../../../client/client.ts';
import type { Log } from '../../../client/log.ts';
import { formatName } from '../pods/pod-names.ts';
import { isStatic } from '../pods/pod-source.ts';

/** A status that could not be sent is tried again after so many milliseconds (manager.syncPeriod). */
const RETRY = 10_000;

/** Sends the statuses of Pods to the API server when they change, and again when it was away; Pods that have ended it lets go (pkg/kubelet/status). */
export class StatusManager {
  readonly #kernel: Kernel;
  readonly #client: Client | undefined;
  readonly #log: Log;
  /** The Pod whose status the API server has: a static Pod's mirror. */
  readonly #targetOf: (pod: Pod) => Pod | undefined;
  readonly #statuses = new Map<string, PodStatus>();
  readonly #pending = new Map<string, Pod>();
  /** UIDs of Pods of which nothing is left to be told. */
  readonly #finished = new Set<string>();
  #timer: Timer | undefined;
  #isScheduled = false;
  #isStopped = false;

  constructor(kernel: Kernel, client: Client | undefined, log: Log, targetOf: (pod: Pod) => Pod | undefined) {
    this.#kernel = kernel;
    this.#client = client;
    this.#log = log;
    this.#targetOf = targetOf;
  }

  /** The last status that was set. */
  get(uid: string): PodStatus | undefined {
    return this.#statuses.get(uid);
  }

  set(pod: Pod, status: PodStatus): void {
    const { uid } = pod.metadata;
    const before = this.#statuses.get(uid);
    if (before && isEqual(before, status)) return;
    this.#statuses.set(uid, status);
    this.#pending.set(uid, pod);
    this.#schedule();
  }

  /** The Pod's last status. When it is to be deleted, the API server may forget it then. */
  terminate(pod: Pod, status: PodStatus): void {
    const { uid } = pod.metadata;
    this.#finished.add(uid);
    this.#statuses.set(uid, status);
    this.#pending.set(uid, pod);
    this.#schedule();
  }

  /** Sends a status once more: the mirror was made anew, or the Pod is to be deleted. */
  resend(pod: Pod): void {
    const { uid } = pod.metadata;
    if (!this.#statuses.has(uid)) return;
    this.#pending.set(uid, pod);
    this.#schedule();
  }

  forget(uid: string): void {
    this.#statuses.delete(uid);
    this.#pending.delete(uid);
    this.#finished.delete(uid);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    this.#kernel.soon(() => this.#send());
  }

  #send(): void {
    this.#isScheduled = false;
    if (this.#isStopped || !this.#client) return;
    for (const [uid, pod] of [...this.#pending]) {
      const status = this.#statuses.get(uid);
      const target = this.#targetOf(pod);
      if (!status || !target) continue;
      try {
        this.#sendOne(this.#client, pod, target, status);
        this.#pending.delete(uid);
      } catch (error) {
        if (isReason(error, 'NotFound')) this.#pending.delete(uid);
        else this.#failed(pod, error);
      }
    }
  }

  #sendOne(client: Client, pod: Pod, target: Pod, status: PodStatus): void {
    const current = client.find(podKind, target.metadata.namespace, target.metadata.name);
    // One of the same name that was made meanwhile is another Pod.
    if (!current || current.metadata.uid !== target.metadata.uid) return;
    const { nominatedNodeName: _, ...own } = current.status;
    if (!isEqual(own, status)) client.updateStatus(podKind, { ...current, status });
    const { deletionTimestamp, uid } = current.metadata;
    if (deletionTimestamp === undefined || isStatic(pod) || !this.#finished.has(pod.metadata.uid)) return;
    client.delete(podKind, current, { gracePeriodSeconds: 0, preconditions: { uid } });
    this.#log.verbose(3, 'status_manager.go:1222', 'Pod fully terminated and removed from etcd', {
      pod: formatName(pod),
    });
  }

  #failed(pod: Pod, error: unknown): void {
    const err = error instanceof Error ? error.message : String(error);
    this.#log.error('status_manager.go:1164', 'Failed to get status for pod', {
      err,
      podUID: pod.metadata.uid,
      pod: formatName(pod),
    });
    if (this.#timer?.isPending) return;
    this.#timer = this.#kernel.after(RETRY, () => this.#send());
  }
}
