import { MINUTE, SECOND } from '../../api/time.ts';

const FIRST = SECOND;
const LONGEST = 15 * MINUTE;

interface Entry {
  readonly wait: number;
  readonly since: number;
}

/** How long a daemon that ended with a failure waits for its replacement: doubled each time (client-go, util/flowcontrol.Backoff). */
export class FailedPodsBackoff {
  readonly #entries = new Map<string, Entry>();

  /**
   * Milliseconds that are still to be waited; 0 when there is none, and then the next failure waits twice as long.
   *
   * @param now milliseconds since the epoch
   */
  take(key: string, now: number): number {
    this.#dropExpired(now);
    const entry = this.#entries.get(key);
    if (entry && now - entry.since < entry.wait) return entry.wait;
    this.#entries.set(key, { wait: entry ? Math.min(LONGEST, 2 * entry.wait) : FIRST, since: now });
    return 0;
  }

  /** What went well for long starts over. */
  #dropExpired(now: number): void {
    for (const [key, { since }] of this.#entries) if (now - since > 2 * LONGEST) this.#entries.delete(key);
  }
}
