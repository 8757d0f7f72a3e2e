import type { Kernel, Timer } from '#kernel/kernel.ts';
import { isEqual } from '../../api/json.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { isReason } from '../../api/status.ts';
import type { Pod, PodStatus } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';

/** A status that could not be sent is tried again after so many milliseconds (manager.syncPeriod). */
const RETRY = 10_000;

/** Sends the statuses of Pods to the API server when they change, and again when it was away (pkg/kubelet/status.manager). */
export class StatusManager {
  readonly #kernel: Kernel;
  readonly #client: Client | undefined;
  /** Of a static Pod its mirror's UID. */
  readonly #targetOf: (pod: Pod) => Pod | undefined;
  readonly #statuses = new Map<string, PodStatus>();
  readonly #pending = new Map<string, Pod>();
  #timer: Timer | undefined;
  #isScheduled = false;
  #isStopped = false;

  constructor(kernel: Kernel, client: Client | undefined, targetOf: (pod: Pod) => Pod | undefined) {
    this.#kernel = kernel;
    this.#client = client;
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

  /** Sends a status once more: the mirror was made anew. */
  resend(pod: Pod): void {
    if (!this.#statuses.has(pod.metadata.uid)) return;
    this.#pending.set(pod.metadata.uid, pod);
    this.#schedule();
  }

  forget(uid: string): void {
    this.#statuses.delete(uid);
    this.#pending.delete(uid);
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
        this.#sendOne(target, status);
        this.#pending.delete(uid);
      } catch (error) {
        if (isReason(error, 'NotFound')) this.#pending.delete(uid);
        else this.#later();
      }
    }
  }

  #sendOne(target: Pod, status: PodStatus): void {
    const current = this.#client?.find(podKind, target.metadata.namespace, target.metadata.name);
    if (!current || current.metadata.uid !== target.metadata.uid) return;
    const { nominatedNodeName: _, ...own } = current.status;
    if (isEqual(own, status)) return;
    this.#client?.updateStatus(podKind, { ...current, status });
  }

  #later(): void {
    if (this.#timer?.isPending) return;
    this.#timer = this.#kernel.after(RETRY, () => this.#send());
  }
}
