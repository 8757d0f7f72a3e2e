/** Something that waits for its turn. */
interface Waiting {
  readonly key: string;
}

/** A binary heap whose members can be asked for and taken out by their key (pkg/scheduler/backend/heap). */
export class PodHeap<T extends Waiting> {
  readonly #isBefore: (one: T, other: T) => boolean;
  readonly #heap: T[] = [];
  readonly #places = new Map<string, number>();

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#heap.length;
  }

  get(key: string): T | undefined {
    return this.#heap[this.#places.get(key) ?? -1];
  }

  /** Replaces the one with the same key. */
  add(item: T): void {
    this.delete(item.key);
    this.#put(item, this.#heap.length);
    this.#up(this.#heap.length - 1);
  }

  /** Returns whether it was there. */
  delete(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    const last = this.#heap.pop();
    if (last && place < this.#heap.length) {
      this.#put(last, place);
      this.#down(place);
      this.#up(place);
    }
    return true;
  }

  pop(): T | undefined {
    const [top] = this.#heap;
    if (top) this.delete(top.key);
    return top;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#places.clear();
  }

  #put(item: T, place: number): void {
    this.#heap[place] = item;
    this.#places.set(item.key, place);
  }

  #up(start: number): void {
    for (let place = start; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfBefore(place, parent)) return;
      place = parent;
    }
  }

  #down(start: number): void {
    for (let place = start; ; ) {
      const left = 2 * place + 1;
      const right = left + 1;
      if (left >= this.#heap.length) return;
      const child = right < this.#heap.length && this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfBefore(child, place)) return;
      place = child;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    return one !== undefined && other !== undefined && this.#isBefore(one, other);
  }

  #swapIfBefore(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (!one || !other || !this.#isBefore(one, other)) return false;
    this.#put(one, b);
    this.#put(other, a);
    return true;
  }
}
