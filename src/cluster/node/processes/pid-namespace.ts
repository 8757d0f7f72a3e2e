import { FsError } from '#machine/file-system.ts';
import type { ProcessRow, ProcessTable, Signal } from '#machine/program.ts';

/** What a PID namespace holds: a process that runs here, or one that only stands for itself, as systemd. */
export interface Task {
  /** Its number in a namespace, which it or an outer one is in. */
  pidIn(namespace: PidNamespace): number;
  readonly parent: Task | undefined;
  readonly uid: number;
  readonly argv: readonly string[];
  readonly startedAt: number;
  /** @param sender the namespace that the signal comes from */
  signal(signal: Signal, sender: PidNamespace): void;
}

/** Numbers of processes: those of a machine, and inside it those of each container (pid_namespaces(7)). */
export class PidNamespace {
  readonly outer: PidNamespace | undefined;
  readonly #tasks = new Map<number, Task>();
  readonly #next: (last: number) => number;
  #last = 0;

  /** @param next the number after another one */
  constructor(outer?: PidNamespace, next: (last: number) => number = (last) => last + 1) {
    this.outer = outer;
    this.#next = next;
  }

  /** The number that was given last. */
  get last(): number {
    return this.#last;
  }

  /** Numbers go on after one that was given before the machine was saved. */
  continueAfter(last: number): void {
    this.#last = last;
  }

  /**
   * Its numbers, here and in each namespace around this one.
   *
   * @param known its number on the machine, from before that was saved
   */
  enter(task: Task, known?: number): ReadonlyMap<PidNamespace, number> {
    const pids = new Map<PidNamespace, number>();
    for (let namespace: PidNamespace | undefined = this; namespace; namespace = namespace.outer) {
      const number = namespace.outer || known === undefined ? namespace.#take() : known;
      namespace.#tasks.set(number, task);
      pids.set(namespace, number);
    }
    return pids;
  }

  leave(pids: ReadonlyMap<PidNamespace, number>): void {
    for (const [namespace, pid] of pids) namespace.#tasks.delete(pid);
  }

  get tasks(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** The first process, which takes in those whose parents have ended. */
  get init(): Task | undefined {
    return this.#tasks.get(1);
  }

  /** The processes as somebody in this namespace sees them. */
  tableFor(uid: number): ProcessTable {
    return { rows: () => this.#rows(), kill: (pid, signal) => this.#kill(pid, signal, uid) };
  }

  #rows(): readonly ProcessRow[] {
    return [...this.#tasks].map(([pid, { parent, uid, argv, startedAt }]) => ({
      pid,
      parent: parent?.pidIn(this) ?? 0,
      uid,
      argv,
      startedAt,
    }));
  }

  #kill(pid: number, signal: Signal, uid: number): boolean {
    const task = this.#tasks.get(pid);
    if (!task) return false;
    if (uid !== 0 && uid !== task.uid) throw new FsError('EPERM', `/proc/${pid}`);
    task.signal(signal, this);
    return true;
  }

  #take(): number {
    this.#last = this.#next(this.#last);
    return this.#last;
  }
}
