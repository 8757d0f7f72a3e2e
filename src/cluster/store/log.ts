import type { StoreEvent } from './key-value.ts';

/** The events of each revision since the last compaction. Revisions follow each other without gaps. */
export class Log {
  /** The revision of the first entry. */
  #first: number;
  #entries: (readonly StoreEvent[])[] = [];

  constructor(first: number) {
    this.#first = first;
  }

  append(events: readonly StoreEvent[]): void {
    this.#entries.push(events);
  }

  /** What happened from a revision on. Revisions before the first that is kept are passed over. */
  since(revision: number, see: (event: StoreEvent) => void): void {
    for (let index = Math.max(0, revision - this.#first); index < this.#entries.length; index += 1)
      for (const event of this.#entries[index] as readonly StoreEvent[]) see(event);
  }

  /** Forgets what happened before a revision. */
  forgetBefore(revision: number): void {
    const count = Math.min(this.#entries.length, Math.max(0, revision - this.#first));
    this.#entries = this.#entries.slice(count);
    this.#first += count;
  }
}
