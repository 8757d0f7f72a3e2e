const LOCK = 'clusterbook:lab';
const CHANNEL = 'clusterbook:lab';
/** Milliseconds after which a tab that was asked for the lab, and does not answer, loses it. */
const PATIENCE = 3_000;

type Word = 'give';

export interface OwnershipOptions {
  /** Another tab asks for the lab: what is to be kept is written, and the lab here ends, before this settles. */
  readonly onAsked: () => Promise<void>;
  /** It was taken without asking: this tab did not answer in time. */
  readonly onTaken: () => void;
}

/**
 * One tab of the browser has the lab; two would overwrite each other's state. A lock of the browser says which (Web Locks), and goes with
 * its tab; another tab can ask for it.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #channel = new BroadcastChannel(CHANNEL);
  #release: (() => void) | undefined;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#channel.addEventListener('message', (event: MessageEvent<Word>) => {
      if (event.data === 'give' && this.#release) void this.#give();
    });
  }

  /** False where a browser has no locks: nothing may be kept then, since nobody could say whose it is. */
  static get isPossible(): boolean {
    return 'locks' in navigator;
  }

  /** @returns false when another tab has it */
  async tryTake(): Promise<boolean> {
    return this.#release !== undefined || this.#request({ ifAvailable: true });
  }

  /** Asks the tab that has it, and takes it when that gave it, or does not answer. */
  async take(): Promise<void> {
    this.#channel.postMessage('give' satisfies Word);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      await this.#request({ signal: patience.signal });
    } catch {
      await this.#request({ steal: true });
    } finally {
      clearTimeout(timer);
    }
  }

  async #give(): Promise<void> {
    try {
      await this.#options.onAsked();
    } finally {
      this.#release?.();
      this.#release = undefined;
    }
  }

  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(LOCK, options, async (lock) => {
          if (!lock) {
            resolve(false);
            return;
          }
          const held = new Promise<void>((release) => {
            this.#release = release;
          });
          resolve(true);
          await held;
        })
        .catch((error: unknown) => {
          if (this.#release) {
            this.#release = undefined;
            this.#options.onTaken();
          } else reject(error instanceof Error ? error : new Error(String(error)));
        });
    });
  }
}
