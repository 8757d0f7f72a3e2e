import type { Kernel, Timer } from '#kernel/kernel.ts';
import { keyOf } from '../api/object.ts';
import type { Pod } from '../api/types/pod.ts';
import type { Log } from '../client/log.ts';
import { type ClusterEvent, podChanges } from './cluster-event.ts';
import type { Rejector } from './framework.ts';
import type { Nominator } from './nominator.ts';
import { PodHeap } from './pod-heap.ts';
import { type PodInfo, podInfo, priorityOf } from './pod-info.ts';
import { schedulingGates } from './scheduling-gates.ts';

/** A Pod that has no node yet. */
export interface QueuedPod {
  readonly key: string;
  info: PodInfo;
  /** When it came, or failed last, in milliseconds. */
  since: number;
  /** Who came first among those of the same moment. */
  readonly order: number;
  /** How often no node took it. */
  rejections: number;
  /** How often in a row something went wrong that has nothing to do with the Pod. */
  errors: number;
  /** Who rejected it: a change that helps one of them brings it back. */
  rejectedBy: readonly Rejector[];
  /** When it had waited for too long last. */
  flushedAt: number;
  /** Whether it is tried because it had waited for too long. */
  wasFlushed: boolean;
}

/** The scheduler's defaults, in milliseconds (podInitialBackoffSeconds, podMaxBackoffSeconds, DefaultPodMaxInUnschedulablePodsDuration). */
const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 10_000;
const LONGEST_WAIT = 300_000;
const FLUSH_INTERVAL = 30_000;
/** Back-offs end at whole seconds (backoffQOrderingWindowDuration). */
const WINDOW = 1000;

type QueueName = 'Active' | 'Backoff' | 'Unschedulable';

/**
 * Pods without a node (pkg/scheduler/backend/queue): those to be tried now, by priority and age; those that failed a moment ago, whose
 * turn comes when there is nobody else (SchedulerPopFromBackoffQ); those that an error befell, for as long as their back-off lasts; and
 * those that no node took, until something changes that may help, or five minutes have passed.
 */
export class SchedulingQueue {
  readonly #kernel: Kernel;
  readonly #log: Log;
  readonly #nominator: Nominator;
  readonly #onReady: () => void;
  readonly #active = new PodHeap<QueuedPod>(comesFirst);
  readonly #backoff = new PodHeap<QueuedPod>((one, other) => {
    const difference = backoffEnd(one) - backoffEnd(other);
    return difference === 0 ? comesFirst(one, other) : difference < 0;
  });
  readonly #errors = new Map<string, { readonly queued: QueuedPod; readonly timer: Timer }>();
  readonly #unschedulable = new Map<string, QueuedPod>();
  /** Of those, who waits for the changes that help a plugin. */
  readonly #waiting = new Map<Rejector, Set<QueuedPod>>();
  readonly #flush: { cancel(): void };
  #order = 0;
  #cycle = 0;

  /** @param onReady told when there is a Pod to be tried */
  constructor(kernel: Kernel, log: Log, nominator: Nominator, onReady: () => void) {
    this.#kernel = kernel;
    this.#log = log;
    this.#nominator = nominator;
    this.#onReady = onReady;
    this.#flush = kernel.every(FLUSH_INTERVAL, () => this.#flushOld());
  }

  get isEmpty(): boolean {
    return this.#active.size === 0 && this.#backoff.size === 0;
  }

  /** How many Pods were tried until now. */
  get cycle(): number {
    return this.#cycle;
  }

  /** A Pod that nobody has tried yet. */
  add(pod: Pod): void {
    this.#order += 1;
    const info = podInfo(pod);
    const queued: QueuedPod = {
      key: keyOf(pod),
      info,
      since: this.#kernel.now,
      order: this.#order,
      rejections: 0,
      errors: 0,
      rejectedBy: [],
      flushedAt: 0,
      wasFlushed: false,
    };
    if (this.#activate(queued)) this.#nominator.add(info);
  }

  /** What is known of a Pod changed: one that waits for a change of its own may be tried again. */
  update(pod: Pod, before: Pod): void {
    const key = keyOf(pod);
    const ready = this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errors.get(key)?.queued;
    const queued = ready ?? this.#unschedulable.get(key);
    if (!queued) {
      this.add(pod);
      return;
    }
    queued.info = podInfo(pod);
    this.#nominator.update(before, queued.info);
    if (ready) return;
    for (const event of podChanges(pod, before)) {
      if (queued.rejectedBy.some((rejector) => isHelpful(rejector, event, queued.info))) {
        if (this.#retry(queued) !== 'Unschedulable') return;
      }
    }
  }

  remove(pod: Pod): void {
    const key = keyOf(pod);
    this.#nominator.remove(pod.metadata.uid);
    this.#active.delete(key);
    this.#backoff.delete(key);
    this.#errors.get(key)?.timer.cancel();
    this.#errors.delete(key);
    const queued = this.#unschedulable.get(key);
    if (queued) this.#leaveUnschedulable(queued);
  }

  /** The most important Pod, the one that has waited longest among equals. */
  pop(): QueuedPod | undefined {
    const best = this.#active.pop() ?? this.#backoff.pop();
    if (best) this.#cycle += 1;
    return best;
  }

  /** No node took it; without plugins that rejected it, something else went wrong (AddUnschedulableIfNotPresent). */
  putBack(queued: QueuedPod, rejectedBy: readonly Rejector[]): void {
    queued.rejectedBy = rejectedBy;
    queued.since = this.#kernel.now;
    queued.wasFlushed = false;
    const isError = rejectedBy.length === 0;
    if (isError) queued.errors += 1;
    else {
      queued.rejections += 1;
      queued.errors = 0;
      this.#joinUnschedulable(queued);
    }
    this.#log.verbose(3, 'scheduling_queue.go:965', 'Pod moved to an internal scheduling queue', {
      pod: queued.key,
      event: 'ScheduleAttemptFailure',
      queue: isError ? 'Backoff' : 'Unschedulable',
      schedulingCycle: this.#cycle,
      hint: isError ? 1 : 0,
      'unschedulable plugins': Object.fromEntries(rejectedBy.map(({ name }) => [name, {}]).sort()),
    });
    if (isError) this.#waitForErrorBackoff(queued);
  }

  /** Brings those back whom a change may help. @param limit who is not meant at all */
  tell(event: ClusterEvent, limit: (pod: Pod) => boolean = () => true): void {
    for (const [rejector, waiting] of this.#waiting) {
      const hints = rejector.helpedBy[event.resource] as Readonly<Record<string, unknown>> | undefined;
      if (!hints?.[event.action]) continue;
      for (const queued of [...waiting]) {
        if (limit(queued.info.pod) && isHelpful(rejector, event, queued.info)) this.#retry(queued);
      }
    }
  }

  stop(): void {
    this.#flush.cancel();
    for (const { timer } of this.#errors.values()) timer.cancel();
    this.#active.clear();
    this.#backoff.clear();
    this.#errors.clear();
    this.#unschedulable.clear();
    this.#waiting.clear();
  }

  #retry(queued: QueuedPod): QueueName {
    if (backoffEnd(queued) < windowOf(this.#kernel.now)) return this.#activate(queued) ? 'Active' : 'Unschedulable';
    if (!this.#mayBeTried(queued)) return 'Unschedulable';
    this.#backoff.add(queued);
    this.#onReady();
    return 'Backoff';
  }

  /** Returns whether it may be tried now: one with gates waits until they are gone. */
  #activate(queued: QueuedPod): boolean {
    if (!this.#mayBeTried(queued)) return false;
    this.#active.add(queued);
    this.#onReady();
    return true;
  }

  #mayBeTried(queued: QueuedPod): boolean {
    const status = schedulingGates.gate(queued.info.pod);
    this.#leaveUnschedulable(queued);
    if (status === undefined) return true;
    this.#log.verbose(4, 'scheduling_queue.go:654', 'Status after running PreEnqueue plugin', {
      pod: queued.key,
      plugin: schedulingGates.name,
      status,
    });
    queued.rejectedBy = [schedulingGates];
    queued.wasFlushed = false;
    this.#joinUnschedulable(queued);
    return false;
  }

  #joinUnschedulable(queued: QueuedPod): void {
    this.#unschedulable.set(queued.key, queued);
    for (const rejector of queued.rejectedBy) {
      const waiting = this.#waiting.get(rejector);
      if (waiting) waiting.add(queued);
      else this.#waiting.set(rejector, new Set([queued]));
    }
  }

  #leaveUnschedulable(queued: QueuedPod): void {
    this.#unschedulable.delete(queued.key);
    for (const rejector of queued.rejectedBy) this.#waiting.get(rejector)?.delete(queued);
  }

  /** Back-offs of errors end with the second after. */
  #waitForErrorBackoff(queued: QueuedPod): void {
    const timer = this.#kernel.after(backoffEnd(queued) + WINDOW - this.#kernel.now, () => {
      this.#errors.delete(queued.key);
      this.#activate(queued);
    });
    this.#errors.set(queued.key, { queued, timer });
  }

  #flushOld(): void {
    const { now } = this.#kernel;
    for (const queued of [...this.#unschedulable.values()]) {
      if (now - Math.max(queued.since, queued.flushedAt) <= LONGEST_WAIT) continue;
      queued.wasFlushed = true;
      queued.flushedAt = now;
      this.#retry(queued);
    }
  }
}

function isHelpful(rejector: Rejector, event: ClusterEvent, waiting: PodInfo): boolean {
  const hint =
    event.resource === 'Pod'
      ? rejector.helpedBy.Pod?.[event.action]?.(event, waiting)
      : rejector.helpedBy.Node?.[event.action]?.(event, waiting);
  return hint === true;
}

/** plugins/queuesort, PrioritySort */
function comesFirst(one: QueuedPod, other: QueuedPod): boolean {
  const difference = priorityOf(other.info.pod) - priorityOf(one.info.pod) || one.since - other.since;
  return (difference || one.order - other.order) < 0;
}

/** Until when a Pod is not to be tried, when others are; in milliseconds since the epoch. */
function backoffEnd({ since, errors, rejections }: QueuedPod): number {
  const count = errors > 0 ? errors : rejections;
  if (count === 0) return 0;
  return windowOf(since + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (count - 1)));
}

function windowOf(time: number): number {
  return time - (time % WINDOW);
}
