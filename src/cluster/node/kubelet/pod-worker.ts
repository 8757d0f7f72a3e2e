import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { KubeletContext } from './context.ts';
import { formatName } from './pod-names.ts';
import { PodRecord } from './pod-record.ts';
import { syncPod } from './pod-sync.ts';
import { PodTermination, removePod } from './pod-termination.ts';
import { SyncError } from './sync-error.ts';

/** kubelet.go: backOffPeriod; a sync that failed is done again after 1 to 1.5 times of it. */
const RETRY = 10_000;

/** Brings one Pod to what its spec says, again and again, and ends it (pkg/kubelet/pod_workers.go). */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #record: PodRecord;
  readonly #termination: PodTermination;
  readonly #coroutine: Coroutine<void>;
  #wakeUp: (() => void) | undefined;
  #isAwake = true;

  /** @param onFinished nothing is left of the Pod on this node */
  constructor(context: KubeletContext, pod: Pod, onFinished: () => void) {
    this.#context = context;
    this.#record = new PodRecord(context, pod, () => this.wake());
    this.#termination = new PodTermination(context, this.#record);
    this.#coroutine = new Coroutine(context.kernel, this.#run(), onFinished, (error) =>
      context.log.error('pod_workers.go:1324', 'Error syncing pod, skipping', {
        err: String(error),
        pod: formatName(pod),
        podUID: pod.metadata.uid,
      }),
    );
  }

  get pod(): Pod {
    return this.#record.pod;
  }

  update(pod: Pod): void {
    this.#record.pod = pod;
    this.wake();
  }

  /** Ends the Pod. @param grace seconds; a shorter one than before counts */
  terminate(grace: number): void {
    const record = this.#record;
    record.grace = Math.min(record.grace ?? grace, grace);
    record.isTerminating = true;
    this.wake();
    this.#termination.hurry();
  }

  /** Something may have changed: a container, a probe, a time. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp?.();
  }

  /** The kubelet's process ended: containers go on without it. */
  stop(): void {
    this.#record.stopTimer();
    this.#coroutine.cancel();
  }

  *#run(): Routine<void> {
    const record = this.#record;
    while (!record.isTerminating) {
      this.#isAwake = false;
      try {
        yield* syncPod(this.#context, record);
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        record.wakeAfter(error.retry ?? RETRY + this.#context.kernel.random.int(RETRY / 2));
      }
      record.report();
      if (!record.isTerminating && !this.#isAwake) yield* this.#sleep();
    }
    record.stopTimer();
    yield* this.#termination.run();
    record.waiting.clear();
    record.report();
    yield* removePod(this.#context, record);
  }

  *#sleep(): Routine<void> {
    yield* wait<void>((resume) => {
      this.#wakeUp = () => resume();
      return () => {
        this.#wakeUp = undefined;
      };
    });
    this.#wakeUp = undefined;
  }
}
