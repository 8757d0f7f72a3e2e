import type { Kernel, Timer } from '#kernel/kernel.ts';
import { keyOf } from '../api/object.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ClusterEvent, FilterPlugin } from './framework.ts';
import { priorityOf } from './pod-info.ts';

/** A Pod that has no node yet. */
export interface QueuedPod {
  pod: Pod;
  /** When it came into the queue that it waits in, in milliseconds. */
  since: number;
  attempts: number;
  /** The plugins that rejected it: a change that helps one of them brings it back. */
  rejectedBy: readonly FilterPlugin[];
}

/** The scheduler's defaults, in milliseconds (podInitialBackoffSeconds, podMaxBackoffSeconds, DefaultPodMaxInUnschedulablePodsDuration). */
const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 10_000;
const LONGEST_WAIT = 300_000;
const FLUSH_INTERVAL = 30_000;

/**
 * Pods without a node (pkg/scheduler/backend/queue): those to be tried now, by priority and age; those that failed a moment ago, for as
 * long as their back-off lasts; and those that no node took, until something changes that may help, or five minutes have passed.
 */
export class SchedulingQueue {
  readonly #kernel: Kernel;
  readonly #onReady: () => void;
  /** By priority, each in the order in which they came. */
  readonly #active = new Map<number, Map<string, QueuedPod>>();
  readonly #backoff = new Map<string, { readonly queued: QueuedPod; readonly timer: Timer }>();
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #flush: { timer: Timer | undefined } = { timer: undefined };

  /** @param onReady told when there is a Pod to be tried */
  constructor(kernel: Kernel, onReady: () => void) {
    this.#kernel = kernel;
    this.#onReady = onReady;
  }

  get hasActive(): boolean {
    return this.#active.size > 0;
  }

  /** A Pod that nobody has tried yet. */
  add(pod: Pod): void {
    this.#activate({ pod, since: this.#kernel.now, attempts: 0, rejectedBy: [] });
  }

  /** What is known of a Pod changed: one that waits for a change of its own may be tried again. */
  update(pod: Pod): void {
    const key = keyOf(pod);
    const active = this.#active.get(priorityOf(pod))?.get(key) ?? this.#backoff.get(key)?.queued;
    if (active) {
      active.pod = pod;
      return;
    }
    const waiting = this.#unschedulable.get(key);
    if (!waiting) {
      this.add(pod);
      return;
    }
    const isSame = JSON.stringify(waiting.pod.spec) === JSON.stringify(pod.spec);
    const hasLabels = JSON.stringify(waiting.pod.metadata.labels) === JSON.stringify(pod.metadata.labels);
    waiting.pod = pod;
    if (!isSame || !hasLabels) this.#retry(key, waiting, { type: 'PodUpdate', pod });
  }

  remove(pod: Pod): void {
    const key = keyOf(pod);
    this.#leaveActive(pod, key);
    this.#backoff.get(key)?.timer.cancel();
    this.#backoff.delete(key);
    this.#unschedulable.delete(key);
  }

  /** The most important Pod, the one that has waited longest among equals. */
  pop(): QueuedPod | undefined {
    const bucket = this.#active.get(Math.max(...this.#active.keys()));
    const [best] = bucket?.values() ?? [];
    if (!best) return undefined;
    this.#leaveActive(best.pod, keyOf(best.pod));
    best.attempts += 1;
    return best;
  }

  /** No node took it. */
  waitForChange(queued: QueuedPod, rejectedBy: readonly FilterPlugin[]): void {
    queued.since = this.#kernel.now;
    queued.rejectedBy = rejectedBy;
    this.#unschedulable.set(keyOf(queued.pod), queued);
    this.#flush.timer ??= this.#kernel.after(FLUSH_INTERVAL, () => this.#flushOld());
  }

  /** Something went wrong that has nothing to do with the Pod. */
  retryLater(queued: QueuedPod): void {
    queued.since = this.#kernel.now;
    this.#backOff(keyOf(queued.pod), queued);
  }

  /** Brings those back whom a change may help. */
  tell(event: ClusterEvent): void {
    for (const [key, queued] of [...this.#unschedulable]) this.#retry(key, queued, event);
  }

  stop(): void {
    this.#flush.timer?.cancel();
    for (const { timer } of this.#backoff.values()) timer.cancel();
    this.#active.clear();
    this.#backoff.clear();
    this.#unschedulable.clear();
  }

  #retry(key: string, queued: QueuedPod, event: ClusterEvent): void {
    const { pod, rejectedBy } = queued;
    if (rejectedBy.length > 0 && !rejectedBy.some((plugin) => plugin.isHelpedBy(event, pod))) return;
    this.#unschedulable.delete(key);
    this.#backOff(key, queued);
  }

  /** Until its back-off, counted from its last failure, is over. */
  #backOff(key: string, queued: QueuedPod): void {
    const length = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (queued.attempts - 1));
    const rest = queued.since + length - this.#kernel.now;
    if (rest <= 0) {
      this.#activate(queued);
      return;
    }
    const timer = this.#kernel.after(rest, () => {
      this.#backoff.delete(key);
      this.#activate(queued);
    });
    this.#backoff.set(key, { queued, timer });
  }

  #activate(queued: QueuedPod): void {
    queued.since = this.#kernel.now;
    const priority = priorityOf(queued.pod);
    const bucket = this.#active.get(priority) ?? new Map<string, QueuedPod>();
    this.#active.set(priority, bucket);
    bucket.set(keyOf(queued.pod), queued);
    this.#onReady();
  }

  #leaveActive(pod: Pod, key: string): void {
    const priority = priorityOf(pod);
    const bucket = this.#active.get(priority);
    bucket?.delete(key);
    if (bucket?.size === 0) this.#active.delete(priority);
  }

  #flushOld(): void {
    this.#flush.timer = undefined;
    for (const [key, queued] of [...this.#unschedulable]) {
      if (this.#kernel.now - queued.since < LONGEST_WAIT) continue;
      this.#unschedulable.delete(key);
      this.#backOff(key, queued);
    }
    if (this.#unschedulable.size > 0) {
      this.#flush.timer = this.#kernel.after(FLUSH_INTERVAL, () => this.#flushOld());
    }
  }
}
