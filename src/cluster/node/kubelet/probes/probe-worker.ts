import { parseTime } from '#kernel/calendar.ts';
import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Container, ContainerStatus, Pod, PodStatus, Probe } from '../../../api/types/pod.ts';
import { shouldRestart } from '../runtime/runtime-pod.ts';
import type { ProbeOutcome } from './probe.ts';

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

export interface ProbeWorkerOptions {
  readonly kernel: Kernel;
  readonly kind: ProbeKind;
  readonly pod: Pod;
  readonly container: Container;
  readonly probe: Probe;
  /** The Pod's status as it was reported last. */
  readonly status: () => PodStatus | undefined;
  readonly ask: (status: PodStatus, containerId: string) => Routine<ProbeOutcome>;
  /** Tells what counts of a container from now on; undefined: nothing is known of it any more. */
  readonly set: (containerId: string, result: boolean | undefined) => void;
  readonly onEnd: () => void;
}

/** One probe of one container name of a Pod, over all its restarts (pkg/kubelet/prober/worker.go). */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  readonly #coroutine: Coroutine<void>;
  #containerId = '';
  /** Nothing is asked until there is another container. */
  #isOnHold = false;
  #last: boolean | undefined;
  #inARow = 0;
  #trigger: (() => void) | undefined;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    const end = () => {
      if (this.#containerId !== '') options.set(this.#containerId, undefined);
      options.onEnd();
    };
    this.#coroutine = new Coroutine(options.kernel, this.#run(), end, end);
  }

  /** Asks now, and then again each period from now on. */
  trigger(): void {
    this.#trigger?.();
  }

  stop(): void {
    this.#coroutine.cancel();
    if (this.#containerId !== '') this.#options.set(this.#containerId, undefined);
  }

  *#run(): Routine<void> {
    const { kernel, probe } = this.#options;
    const period = (probe.periodSeconds ?? 10) * 1000;
    let next = kernel.now + period;
    while (yield* this.#probe()) {
      // What took longer than a period is followed by the next at once.
      while (next < kernel.now - period) next += period;
      const isTriggered = yield* this.#sleepUntil(next);
      next = (isTriggered ? kernel.now : next) + period;
    }
  }

  *#sleepUntil(time: number): Routine<boolean> {
    const { kernel } = this.#options;
    const isTriggered = yield* wait<boolean>((resume) => {
      const timer = kernel.after(Math.max(0, time - kernel.now), () => resume(false));
      this.#trigger = () => resume(true);
      return () => {
        timer.cancel();
        this.#trigger = undefined;
      };
    });
    this.#trigger = undefined;
    return isTriggered;
  }

  /** Returns whether to go on. */
  *#probe(): Routine<boolean> {
    const { kernel, kind, container, probe, set } = this.#options;
    const status = this.#options.status();
    if (!status) return true;
    if (status.phase === 'Failed' || status.phase === 'Succeeded') return false;
    const current = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(
      ({ name }) => name === container.name,
    );
    const id = current?.containerID?.replace('containerd://', '') ?? '';
    if (!current || id === '') return true;
    if (this.#containerId !== id) this.#begin(id);
    if (this.#isOnHold) return true;
    if (!current.state?.running) return this.#notRunning(current);
    if (kernel.now - parseTime(current.state.running.startedAt ?? '') < (probe.initialDelaySeconds ?? 0) * 1000)
      return true;
    if (current.started === (kind === 'Startup')) return true;
    const outcome = yield* this.#options.ask(status, id);
    if (outcome.result === 'error') return true;
    const isGood = outcome.result !== 'failure';
    this.#inARow = isGood === this.#last ? this.#inARow + 1 : 1;
    this.#last = isGood;
    if (this.#inARow < (isGood ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) return true;
    set(id, isGood);
    if (kind === 'Startup' || (kind === 'Liveness' && !isGood)) {
      this.#isOnHold = true;
      this.#inARow = 0;
    }
    return true;
  }

  #begin(id: string): void {
    const { set } = this.#options;
    if (this.#containerId !== '') set(this.#containerId, undefined);
    this.#containerId = id;
    this.#isOnHold = false;
  }

  #notRunning({ state }: ContainerStatus): boolean {
    const { pod, container, kind, set } = this.#options;
    if (kind === 'Readiness') set(this.#containerId, false);
    if (!state?.terminated) return true;
    return shouldRestart(container, pod, state.terminated.exitCode);
  }
}
