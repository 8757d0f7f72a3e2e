export interface EditState {
  readonly text: string;
  readonly cursor: number;
}

const MOST = 500;

/** How a line came about: what can be undone, letters that were typed one after another at once. */
export class UndoList {
  #states: EditState[] = [];
  /** Where the letters end that were typed last; undefined when something else was done since. */
  #typedUpTo: number | undefined;

  /** Something is about to change. */
  keep(state: EditState): void {
    this.#typedUpTo = undefined;
    this.#push(state);
  }

  /** Letters are about to be typed at the cursor. */
  keepTyping(state: EditState, length: number): void {
    if (this.#typedUpTo !== state.cursor) this.#push(state);
    this.#typedUpTo = state.cursor + length;
  }

  /** The state before the last change. */
  back(): EditState | undefined {
    this.#typedUpTo = undefined;
    return this.#states.pop();
  }

  /** The very first state. */
  toBegin(): EditState | undefined {
    const [first] = this.#states;
    this.clear();
    return first;
  }

  clear(): void {
    this.#states = [];
    this.#typedUpTo = undefined;
  }

  #push(state: EditState): void {
    this.#states.push(state);
    if (this.#states.length > MOST) this.#states.shift();
  }
}
