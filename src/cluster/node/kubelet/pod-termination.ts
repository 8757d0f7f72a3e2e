import { Coroutine, type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { type ContainerStatus, CriError } from '#machine/cri.ts';
import type { Container } from '../../api/types/pod.ts';
import { stopContainer } from './container-stop.ts';
import type { KubeletContext } from './context.ts';
import type { PodRecord } from './pod-record.ts';
import { SyncError } from './sync-error.ts';
import { unmountVolumes } from './volumes.ts';

/** kubelet.go: backOffPeriod. */
const RETRY = 10_000;

/** Ends all that runs of a Pod (kubelet.SyncTerminatingPod). Without its runtime nothing can be ended: again, until it is back. */
export class PodTermination {
  readonly #context: KubeletContext;
  readonly #record: PodRecord;
  #hurry: (() => void) | undefined;

  constructor(context: KubeletContext, record: PodRecord) {
    this.#context = context;
    this.#record = record;
  }

  /** The grace period was shortened. */
  hurry(): void {
    this.#hurry?.();
  }

  *run(): Routine<void> {
    const { runtime, kernel } = this.#context;
    const { pod } = this.#record;
    const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    for (;;) {
      try {
        const running = all.flatMap((container) => {
          const status = this.#record.statusesOf(container).find(({ state }) => state === 'RUNNING');
          return status ? [{ container, status }] : [];
        });
        yield* this.#stopAll(running);
        for (const { id } of this.#record.runtimeState().sandboxes) yield* runtime.stopPodSandbox(id);
        return;
      } catch (error) {
        if (!(error instanceof SyncError) && !(error instanceof CriError)) throw error;
        yield* sleep(kernel, RETRY);
      }
    }
  }

  /** All containers at once, each with the grace period; one that is shortened meanwhile counts. */
  *#stopAll(running: readonly { readonly container: Container; readonly status: ContainerStatus }[]): Routine<void> {
    const { kernel } = this.#context;
    const record = this.#record;
    let left = running.length;
    if (left === 0) return;
    yield* wait<void>((resume) => {
      const done = () => {
        left -= 1;
        if (left === 0) resume();
      };
      const stops = running.map(({ container, status }) => {
        const message = `Stopping container ${container.name}`;
        const routine = stopContainer(this.#context, record, container, status, record.grace ?? 30, message);
        return new Coroutine(kernel, routine, done, done);
      });
      const { grace } = record;
      this.#hurry = () => {
        if (record.grace === grace) return;
        for (const { status } of running) this.#killSoon(status.id);
      };
      return () => {
        for (const stop of stops) stop.cancel();
      };
    });
    this.#hurry = undefined;
  }

  #killSoon(id: string): void {
    const { kernel, runtime } = this.#context;
    const ignore = () => undefined;
    new Coroutine(kernel, runtime.stopContainer(id, this.#record.grace ?? 0), ignore, ignore);
  }
}

/** Takes away what is left of a Pod on its node (kubelet.SyncTerminatedPod, and the garbage collection of its containers). */
export function* removePod(context: KubeletContext, record: PodRecord): Routine<void> {
  const { runtime, files, prober } = context;
  const { sandboxes, containers } = record.runtimeState();
  for (const { id } of containers) prober.stop(id);
  unmountVolumes(record.pod, files);
  context.onTerminated(record.pod);
  for (const { id } of sandboxes) yield* runtime.removePodSandbox(id);
}
