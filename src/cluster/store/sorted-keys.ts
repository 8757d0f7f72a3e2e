/** A part of the keys that grows beyond this becomes two. */
const MOST = 512;

/** Distinct strings in order, kept in parts, so that a new one moves few others. */
export class SortedKeys {
  /** None is empty, but the only one. */
  #parts: string[][] = [[]];

  /** @param key not there yet */
  add(key: string): void {
    const index = this.#partOf(key);
    const part = this.#parts[index] ?? [];
    const at = firstNotBefore(part, key);
    if (at === part.length) part.push(key);
    else part.splice(at, 0, key);
    if (part.length > MOST) this.#parts.splice(index + 1, 0, part.splice(MOST / 2));
  }

  /** From a key on, in order. */
  *from(key: string): Generator<string> {
    let index = this.#partOf(key);
    let at = firstNotBefore(this.#parts[index] ?? [], key);
    for (let part = this.#parts[index]; part; part = this.#parts[index]) {
      for (; at < part.length; at += 1) yield part[at] as string;
      index += 1;
      at = 0;
    }
  }

  /** Keeps those that are not to be forgotten. */
  forget(forgotten: ReadonlySet<string>): void {
    const parts = this.#parts
      .map((part) => part.filter((key) => !forgotten.has(key)))
      .filter(({ length }) => length > 0);
    this.#parts = parts.length > 0 ? parts : [[]];
  }

  /** The last part that begins at or before a key, or the first. */
  #partOf(key: string): number {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#parts[middle]?.[0] ?? '') <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function firstNotBefore(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
