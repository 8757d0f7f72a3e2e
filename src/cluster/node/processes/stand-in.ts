import type { Signal } from '#machine/program.ts';
import type { PidNamespace, Task } from './pid-namespace.ts';

export interface StandInOptions {
  readonly argv: readonly string[];
  readonly startedAt: number;
  readonly parent?: Task;
  readonly uid?: number;
  /** Its number on the machine, from before that was saved. */
  readonly pid?: number;
  /** What a signal does; nothing, when it is missing. */
  readonly onSignal?: (signal: Signal) => void;
}

/** A row of the process table whose work is done by other code: systemd, the kubelet, a Pod's pause process. */
export class StandIn implements Task {
  readonly argv: readonly string[];
  readonly startedAt: number;
  readonly parent: Task | undefined;
  readonly uid: number;
  readonly #onSignal: ((signal: Signal) => void) | undefined;
  readonly #namespace: PidNamespace;
  readonly #pids: ReadonlyMap<PidNamespace, number>;
  #isRunning = true;

  constructor(namespace: PidNamespace, { argv, startedAt, parent, uid = 0, pid, onSignal }: StandInOptions) {
    this.argv = argv;
    this.startedAt = startedAt;
    this.parent = parent;
    this.uid = uid;
    this.#onSignal = onSignal;
    this.#namespace = namespace;
    this.#pids = namespace.enter(this, pid);
  }

  pidIn(namespace: PidNamespace): number {
    return this.#pids.get(namespace) ?? 0;
  }

  signal(signal: Signal): void {
    this.#onSignal?.(signal);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** It ends. */
  leave(): void {
    this.#isRunning = false;
    this.#namespace.leave(this.#pids);
  }
}
