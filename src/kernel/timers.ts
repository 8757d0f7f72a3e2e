/** A task with its time. */
export interface Entry {
  /** Milliseconds since the epoch, simulated. */
  readonly at: number;
  /** Ties are broken by the order of scheduling, so that a run can be repeated. */
  readonly order: number;
  /** Undefined once it was cancelled or has run. */
  task: (() => void) | undefined;
}

/** Tasks by their time: a binary heap. Cancelled ones stay until their turn, and are thrown out when they are most. */
export class Timers {
  #heap: Entry[] = [];
  #cancelled = 0;

  /** How many wait. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  add(entry: Entry): void {
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
  }

  /** Does nothing for one that has run or was cancelled before. */
  cancel(entry: Entry): void {
    if (entry.task === undefined) return;
    entry.task = undefined;
    this.#cancelled += 1;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** The next one; it stays. */
  peek(): Entry | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (top.task !== undefined) return top;
      this.#pop();
      this.#cancelled -= 1;
    }
    return undefined;
  }

  /** Takes the next one out. */
  take(): Entry | undefined {
    const top = this.peek();
    if (top) this.#pop();
    return top;
  }

  #sweep(): void {
    const waiting = this.#heap.filter((entry) => entry.task !== undefined);
    this.#heap = [];
    this.#cancelled = 0;
    for (const entry of waiting) this.add(entry);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #down(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.#heap.length) return;
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a] as Entry;
    const other = this.#heap[b] as Entry;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    [this.#heap[a], this.#heap[b]] = [this.#heap[b] as Entry, this.#heap[a] as Entry];
    return true;
  }
}
