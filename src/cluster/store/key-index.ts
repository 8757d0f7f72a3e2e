import { type KeyRange, type KeyValue, NO_END } from './key-value.ts';
import { SortedKeys } from './sorted-keys.ts';

/** A change of one key. */
export interface Change {
  readonly revision: number;
  /** Its place among the changes of the same revision, from 0. */
  readonly sub: number;
  /** Missing for a deletion. */
  readonly kv?: KeyValue | undefined;
}

/** What every key was at every revision since the last compaction, and the keys in order. */
export class KeyIndex {
  readonly #changes = new Map<string, Change[]>();
  /** All keys with a history; deleted ones too, until compaction forgets them. */
  readonly #keys = new SortedKeys();

  /** The key as it is now. */
  current(key: string): KeyValue | undefined {
    return this.#changes.get(key)?.at(-1)?.kv;
  }

  /** The key as it was at a revision. */
  at(key: string, revision: number): KeyValue | undefined {
    const changes = this.#changes.get(key);
    if (!changes) return undefined;
    // Most questions are about now.
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const change = changes[index] as Change;
      if (change.revision <= revision) return change.kv;
    }
    return undefined;
  }

  record(key: string, change: Change): void {
    const changes = this.#changes.get(key);
    if (changes) changes.push(change);
    else {
      this.#changes.set(key, [change]);
      this.#keys.add(key);
    }
  }

  /** Keys of a range, in order, deleted ones too. */
  *keysOf({ key, end }: KeyRange): Generator<string> {
    if (end === undefined) {
      if (this.#changes.has(key)) yield key;
      return;
    }
    for (const candidate of this.#keys.from(key)) {
      if (end !== NO_END && candidate >= end) return;
      yield candidate;
    }
  }

  /** Forgets what was overwritten or deleted before `revision`: from then on the past is not known. */
  compact(revision: number): void {
    const forgotten = new Set<string>();
    for (const [key, changes] of this.#changes) {
      const last = changes.findLastIndex((change) => change.revision <= revision);
      if (last < 0) continue;
      // A deletion at or before the revision leaves nothing to know.
      const from = changes[last]?.kv === undefined ? last + 1 : last;
      if (from >= changes.length) forgotten.add(key);
      else if (from > 0) changes.splice(0, from);
    }
    if (forgotten.size === 0) return;
    for (const key of forgotten) this.#changes.delete(key);
    this.#keys.forget(forgotten);
  }

  /** Every change that is known, by revision and key: what a snapshot holds. */
  changes(): ({ readonly key: string } & Change)[] {
    return this.#ordered((changes) => changes);
  }

  /** The last change of every key that is there. */
  newest(): ({ readonly key: string } & Change)[] {
    return this.#ordered((changes) => changes.slice(-1).filter(({ kv }) => kv !== undefined));
  }

  #ordered(some: (changes: readonly Change[]) => readonly Change[]): ({ readonly key: string } & Change)[] {
    return [...this.#keys.from('')]
      .flatMap((key) => some(this.#changes.get(key) ?? []).map((change) => ({ key, ...change })))
      .sort((a, b) => a.revision - b.revision || a.sub - b.sub);
  }
}
