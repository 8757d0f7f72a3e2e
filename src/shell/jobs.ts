import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { ChildProcess } from '#machine/program.ts';

/** A command in the background, or one that is stopped. */
export interface Job {
  readonly number: number;
  readonly text: string;
  /** Its last process, whose end is the job's. */
  readonly child: ChildProcess;
  readonly children: readonly ChildProcess[];
  /** Undefined while it runs. */
  readonly status: number | undefined;
}

/** What a shell has in the background. */
export class Jobs {
  readonly #kernel: Kernel;
  #jobs: Job[] = [];
  /** Ends that `wait` may still ask for, by their process. */
  readonly #ended = new Map<number, number>();
  #waiting: (() => void)[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Newest last. */
  get all(): readonly Job[] {
    return this.#jobs;
  }

  add(text: string, child: ChildProcess, children: readonly ChildProcess[] = [child]): Job {
    const number = Math.max(0, ...this.#jobs.map((job) => job.number)) + 1;
    const job = { number, text, child, children, status: undefined };
    this.#jobs.push(job);
    new Coroutine(
      this.#kernel,
      child.wait(),
      (status) => this.#end(child, status),
      (error) => {
        throw error;
      },
    );
    return job;
  }

  /** The job of `%1`, `%+`, `%-`, `%name` or a process. */
  find(text: string): Job | undefined {
    if (/^\d+$/.test(text)) return this.#jobs.find(({ child }) => child.pid === Number(text));
    const name = text.slice(1);
    if (name === '' || name === '+' || name === '%') return this.#jobs.at(-1);
    if (name === '-') return this.#jobs.at(-2);
    if (/^\d+$/.test(name)) return this.#jobs.find(({ number }) => number === Number(name));
    return this.#jobs.findLast((job) => job.text.startsWith(name));
  }

  /** How a process of this shell ended, when it did. */
  statusOf(pid: number): number | undefined {
    return this.#ended.get(pid);
  }

  knows(pid: number): boolean {
    return this.#ended.has(pid) || this.#jobs.some(({ child }) => child.pid === pid);
  }

  /** The mark of `jobs`: `+` for the current one, `-` for the one before. */
  mark(job: Job): string {
    const index = this.#jobs.length - this.#jobs.indexOf(job);
    return index === 1 ? '+' : index === 2 ? '-' : ' ';
  }

  /** It is not spoken of any more. */
  forget(job: Job): void {
    this.#jobs = this.#jobs.filter(({ child }) => child !== job.child);
  }

  /** Waits until a job ends. @param onWake calls back when the wait is to be given up @returns false when it was */
  *nextEnd(onWake: (waker: () => void) => () => void): Routine<boolean> {
    return yield* wait<boolean>((resume) => {
      const ended = () => resume(true);
      this.#waiting.push(ended);
      const stopListening = onWake(() => resume(false));
      return () => {
        stopListening();
        this.#waiting = this.#waiting.filter((other) => other !== ended);
      };
    });
  }

  #end(child: ChildProcess, status: number): void {
    this.#ended.set(child.pid, status);
    this.#jobs = this.#jobs.map((job) => (job.child === child ? { ...job, status } : job));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
