import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import { CriError } from '#machine/cri.ts';
import type { Pod } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import { terminatedStatus } from '../status/pod-status.ts';
import { PodVolumes } from '../volumes/volume-manager.ts';
import { deadlineOf } from './deadline.ts';
import { killPod } from './pod-kill.ts';
import { formatName } from './pod-names.ts';
import { PodRecord } from './pod-record.ts';
import { syncPod } from './pod-sync.ts';
import { errorOf, RuntimeAway, SyncError } from './sync-result.ts';

/** After what a Pod is synced again, by how the last sync ended; each up to half as long again (pod_workers.completeWork). Milliseconds. */
const AFTER_ERROR = 10_000;
const AFTER_TRANSIENT_ERROR = 1_000;
/** `syncFrequency`. */
const AFTER_SUCCESS = 60_000;
/** The main loop looks once a second for Pods whose time has come. */
const TICK = 1_000;

/** Brings one Pod to what its spec says, again and again, and ends it (pkg/kubelet/pod_workers.go). */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #record: PodRecord;
  readonly #volumes: PodVolumes;
  readonly #coroutine: Coroutine<void>;
  #phase: 'sync' | 'terminating' | 'terminated' = 'sync';
  /** Seconds that its containers have to end, when somebody said so. */
  #grace: number | undefined;
  #wakeUp: (() => void) | undefined;
  #isAwake = true;
  #timer: Timer | undefined;
  /** No sync sees what an earlier one did before the runtime was asked again. */
  #notBefore = 0;

  /** @param onTerminated nothing of the Pod runs any more, and nothing will */
  constructor(context: KubeletContext, pod: Pod, onTerminated: () => void) {
    this.#context = context;
    this.#record = new PodRecord(context, pod);
    this.#volumes = new PodVolumes(context);
    this.#coroutine = new Coroutine(context.kernel, this.#run(), onTerminated, (error) => this.#complain(error));
  }

  get pod(): Pod {
    return this.#record.pod;
  }

  /** It still holds what it was given of the node (podWorkers.CouldHaveRunningContainers). */
  get mayRun(): boolean {
    return this.#phase !== 'terminated';
  }

  get isTerminating(): boolean {
    return this.#phase !== 'sync';
  }

  /** Only what it is like, no sync: its status was changed. */
  reconcile(pod: Pod): void {
    this.#record.pod = pod;
  }

  update(pod: Pod): void {
    this.#record.pod = pod;
    this.wake();
  }

  /** Ends the Pod. @param grace seconds, in place of its spec's; a shorter one than before counts */
  terminate(grace = this.pod.spec.terminationGracePeriodSeconds ?? 30): void {
    this.#grace = Math.max(1, Math.min(this.#grace ?? grace, grace));
    if (this.#phase === 'sync') this.#phase = 'terminating';
    this.#volumes.interrupt();
    this.wake();
  }

  /** Something may have changed: a container, a probe, a time. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp?.();
  }

  /** The kubelet's process ended: containers go on without it. */
  stop(): void {
    this.#timer?.cancel();
    this.#coroutine.cancel();
  }

  *#run(): Routine<void> {
    while (this.#phase === 'sync') {
      yield* this.#sleep();
      if (this.isTerminating) break;
      yield* this.#attempt(function* (this: PodWorker): Routine<void> {
        const isOver = yield* syncPod(this.#context, this.#record, this.#volumes, () => this.isTerminating);
        if (isOver && this.#phase === 'sync') this.#phase = 'terminating';
      });
    }
    while ((this.#phase as string) === 'terminating') {
      yield* this.#attempt(() => this.#terminate());
      if ((this.#phase as string) === 'terminating') yield* this.#sleep();
    }
    this.#timer?.cancel();
    this.#finish();
  }

  /** One sync, and when the next is due. */
  *#attempt(sync: (this: PodWorker) => Routine<void>): Routine<void> {
    const { kernel, pleg } = this.#context;
    this.#isAwake = false;
    this.#timer?.cancel();
    try {
      yield* sync.call(this);
      this.#wakeAfter(AFTER_SUCCESS);
      this.#notBefore = kernel.now;
    } catch (error) {
      if (error instanceof RuntimeAway) {
        this.#isAwake = true;
        this.#notBefore = pleg.nextRelist;
        return;
      }
      if (!(error instanceof SyncError)) throw error;
      this.#complain(error);
      const wait = error.retryAt === undefined ? AFTER_ERROR : Math.max(0, error.retryAt - kernel.now);
      this.#wakeAfter(error.isTransient ? AFTER_TRANSIENT_ERROR : Math.min(AFTER_SUCCESS, wait));
      this.#notBefore = pleg.nextRelist;
    }
    const { uid } = this.pod.metadata;
    const deadline = deadlineOf(this.pod, this.#context.statuses.get(uid) ?? {});
    if (deadline !== undefined && this.#phase === 'sync') this.#wakeAt(deadline);
  }

  /** kubelet.SyncTerminatingPod. @throws SyncError */
  *#terminate(): Routine<void> {
    const { probes, recorder } = this.#context;
    const record = this.#record;
    const { pod } = record;
    const state = record.runtimeState();
    record.report(state);
    probes.stopLivenessAndStartup(pod.metadata.uid);
    try {
      const error = errorOf(yield* killPod(this.#context, record, state, this.#grace));
      if (error) {
        recorder.record(pod, 'Warning', 'FailedKillPod', `error killing pod: ${error.message}`);
        throw new SyncError(`error killing terminating pod: ${error.message}`);
      }
    } catch (error) {
      if (error instanceof CriError) throw new SyncError(error.rpcMessage);
      throw error;
    }
    probes.remove(pod.metadata.uid);
    record.report(record.runtimeState(), true);
    this.#phase = 'terminated';
  }

  /** kubelet.SyncTerminatedPod */
  #finish(): void {
    const { statuses } = this.#context;
    const { pod } = this;
    try {
      this.#record.report(this.#record.runtimeState(), true);
    } catch (error) {
      // A runtime that went away meanwhile: what was reported when it ended is enough.
      if (!(error instanceof RuntimeAway)) throw error;
    }
    this.#volumes.unmount(pod);
    statuses.terminate(pod, terminatedStatus(pod, statuses.get(pod.metadata.uid) ?? pod.status));
  }

  /** Until it is woken, and until a sync would see something new. */
  *#sleep(): Routine<void> {
    const { kernel } = this.#context;
    while (!this.#isAwake || kernel.now < this.#notBefore) {
      const timer = this.#isAwake ? kernel.after(this.#notBefore - kernel.now, () => this.#wakeUp?.()) : undefined;
      yield* wait<void>((resume) => {
        this.#wakeUp = () => resume();
        return () => {
          this.#wakeUp = undefined;
        };
      });
      timer?.cancel();
      this.#wakeUp = undefined;
    }
  }

  #wakeAfter(milliseconds: number): void {
    const { kernel } = this.#context;
    this.#wakeAt(kernel.now + milliseconds * (1 + kernel.random.float() / 2));
  }

  #wakeAt(time: number): void {
    const { kernel } = this.#context;
    const at = Math.ceil(time / TICK) * TICK;
    if (this.#timer?.isPending && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = kernel.after(Math.max(0, at - kernel.now), () => this.wake());
  }

  #complain(error: unknown): void {
    this.#context.log.error('pod_workers.go:1338', 'Error syncing pod, skipping', {
      err: error instanceof Error ? error.message : String(error),
      pod: formatName(this.pod),
      podUID: this.pod.metadata.uid,
    });
  }
}
