import { matches, type Pattern } from './patterns.ts';
import type { Change } from './timeline.ts';
import { GONE } from './timeline.ts';

/** How things stand: of each object the value of each aspect. Events do not stand, they happen. */
export class Moment {
  readonly #objects = new Map<string, Map<string, Change>>();

  apply(change: Change): void {
    if (change.value === GONE) {
      this.#objects.delete(change.id);
      return;
    }
    const tracks = this.#objects.get(change.id) ?? new Map<string, Change>();
    this.#objects.set(change.id, tracks);
    tracks.set(change.track, change);
  }

  /** How many objects are so. */
  count(pattern: Pattern): number {
    let count = 0;
    for (const tracks of this.#objects.values()) {
      if ([...tracks.values()].some((change) => matches(pattern, change))) count += 1;
    }
    return count;
  }

  /** The sum of the numbers that are their values. @throws Error for a value that is no number */
  sum(pattern: Pattern): number {
    let sum = 0;
    for (const tracks of this.#objects.values()) {
      for (const change of tracks.values()) {
        if (!matches(pattern, change)) continue;
        const number = Number(change.value);
        if (!Number.isFinite(number))
          throw new Error(`${change.object}, ${change.track}: "${change.value}" is no number`);
        sum += number;
      }
    }
    return sum;
  }
}
