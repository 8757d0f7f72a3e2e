import type { Kernel, Timer } from '#kernel/kernel.ts';
import { type ContainerStatus, CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container, Pod, PodStatus } from '../../api/types/pod.ts';
import type { KubeletContext } from './context.ts';
import { podStatus } from './pod-status.ts';
import { SyncError } from './sync-error.ts';

interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What is known of one Pod on its node, for the parts that bring it up and end it; and its status made of that. */
export class PodRecord {
  pod: Pod;
  /** Why containers are not started, by name: CrashLoopBackOff, ImagePullBackOff … */
  readonly waiting = new Map<string, Reason>();
  /** The Pod was refused: it will not run here. */
  rejected: Reason | undefined;
  isTerminating = false;
  /** Seconds that its containers have to end. */
  grace: number | undefined;
  hasMounted = false;
  mountFailures = 0;
  readonly #context: KubeletContext;
  readonly #startTime: number;
  readonly #wake: () => void;
  #timer: Timer | undefined;

  /** @param wake asks for another sync */
  constructor(context: KubeletContext, pod: Pod, wake: () => void) {
    this.#context = context;
    this.#startTime = context.kernel.now;
    this.#wake = wake;
    this.pod = pod;
  }

  /** Asks for a sync after so many milliseconds, or sooner when one was asked for. */
  wakeAfter(milliseconds: number): void {
    const kernel: Kernel = this.#context.kernel;
    if (this.#timer?.isPending && this.#timer.at <= kernel.now + milliseconds) return;
    this.#timer?.cancel();
    this.#timer = kernel.after(Math.max(0, milliseconds), this.#wake);
  }

  stopTimer(): void {
    this.#timer?.cancel();
  }

  /** @throws SyncError when the runtime does not answer */
  runtimeState(): { readonly sandboxes: readonly PodSandbox[]; readonly containers: readonly ContainerStatus[] } {
    try {
      return this.#context.runtime.ofPod(this.pod.metadata.uid);
    } catch (error) {
      if (error instanceof CriError) throw new SyncError();
      throw error;
    }
  }

  /** Newest first. @throws SyncError as `runtimeState` */
  statusesOf({ name }: Container): readonly ContainerStatus[] {
    return this.runtimeState().containers.filter(({ config }) => config.name === name);
  }

  /** '' before there is one. */
  get podIP(): string {
    if (this.pod.spec.hostNetwork) return this.#context.hostIP;
    try {
      const { sandboxes } = this.#context.runtime.ofPod(this.pod.metadata.uid);
      return sandboxes.find(({ state }) => state === 'READY')?.ip ?? '';
    } catch {
      return '';
    }
  }

  /** The last one that was reported. */
  get status(): PodStatus | undefined {
    return this.#context.statuses.get(this.pod.metadata.uid);
  }

  report(): void {
    const { statuses, runtime, hostIP, kernel, prober } = this.#context;
    const pod = this.pod;
    let state: ReturnType<typeof runtime.ofPod>;
    try {
      state = runtime.ofPod(pod.metadata.uid);
    } catch {
      // What a runtime that is away says nothing of stays as it was.
      return;
    }
    const idOf = (container: Container) =>
      state.containers.find(({ config }) => config.name === container.name)?.id ?? '';
    const status = podStatus(
      {
        pod,
        ...state,
        waiting: this.waiting,
        isReady: (container) => !container.readinessProbe || prober.result('Readiness', idOf(container)) === true,
        isStarted: (container) => this.#context.isStarted(container, idOf(container)),
        hostIP,
        startTime: this.#startTime,
        isTerminating: this.isTerminating,
        rejected: this.rejected,
      },
      this.status ?? pod.status ?? {},
      kernel.now,
    );
    statuses.set(pod, status);
  }
}
