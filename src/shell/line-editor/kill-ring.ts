const MOST = 10;

/** What was cut, to be put in again; readline's kill ring. It outlives the line. */
export class KillRing {
  #pieces: string[] = [];
  /** The last thing that was done was a cut: the next one joins it. */
  #isCutting = false;

  cut(piece: string, isBackward: boolean): void {
    const last = this.#isCutting ? this.#pieces.pop() : undefined;
    const joined = last === undefined ? piece : isBackward ? piece + last : last + piece;
    this.#pieces.push(joined);
    if (this.#pieces.length > MOST) this.#pieces.shift();
    this.#isCutting = true;
  }

  /** Something else was done. */
  endCut(): void {
    this.#isCutting = false;
  }

  get last(): string | undefined {
    return this.#pieces.at(-1);
  }

  /** The piece before becomes the last one. */
  turn(): void {
    const last = this.#pieces.pop();
    if (last !== undefined) this.#pieces.unshift(last);
  }
}
