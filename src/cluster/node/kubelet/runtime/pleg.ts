import type { Kernel, Timer } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';

/** How often the runtime is asked what has changed (relistPeriod), in milliseconds. */
const PERIOD = 1_000;

/** Tells of Pods whose containers changed, when the runtime is asked next (pkg/kubelet/pleg/generic.go). */
export class Pleg {
  readonly #kernel: Kernel;
  readonly #runtime: CriRuntime;
  readonly #changed: (podUid: string) => void;
  readonly #uids = new Set<string>();
  readonly #start: number;
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(kernel: Kernel, runtime: CriRuntime, changed: (podUid: string) => void) {
    this.#kernel = kernel;
    this.#runtime = runtime;
    this.#changed = changed;
    this.#start = kernel.now;
  }

  /** When the runtime will be asked next, in milliseconds since the epoch. */
  get nextRelist(): number {
    const { now } = this.#kernel;
    return now + PERIOD - ((now - this.#start) % PERIOD);
  }

  start(): void {
    this.#unsubscribe = this.#runtime.subscribe(({ type, podUid }) => {
      // What is removed was dead before.
      if (type !== 'DELETED' && type !== 'CREATED') this.#add(podUid);
    });
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#timer?.cancel();
  }

  /** Asks at once what has changed of a Pod. */
  relist(podUid: string): void {
    if (this.#uids.delete(podUid)) this.#changed(podUid);
  }

  #add(podUid: string): void {
    this.#uids.add(podUid);
    if (this.#timer?.isPending) return;
    this.#timer = this.#kernel.after(this.nextRelist - this.#kernel.now, () => {
      const uids = [...this.#uids];
      this.#uids.clear();
      for (const uid of uids) this.#changed(uid);
    });
  }
}
