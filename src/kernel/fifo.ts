/** So many that were taken are forgotten together: an array that is shifted once a take costs its whole length each time. */
const FORGET = 1_024;

/** First in, first out, however many wait. */
export class Fifo<T> {
  #items: T[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** In front of all others. */
  putBack(item: T): void {
    this.#items.splice(0, this.#taken, item);
    this.#taken = 0;
  }

  /** @throws RangeError when nothing waits */
  take(): T {
    if (this.length === 0) throw new RangeError('nothing waits');
    const [item] = this.#items.slice(this.#taken, this.#taken + 1) as [T];
    this.#taken += 1;
    if (this.#taken >= FORGET && this.#taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  /** All that wait, in their order; nothing does afterwards. */
  takeAll(): T[] {
    const all = this.#items.slice(this.#taken);
    this.#items = [];
    this.#taken = 0;
    return all;
  }
}
