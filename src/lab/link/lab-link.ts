import type { Report, Request } from '../protocol.ts';

/** Milliseconds between two signs of life that are asked for, and after which a worker without one counts as dead. */
const PING = 3_000;
const DEAD = 20_000;

export interface LabLinkOptions {
  readonly onReport: (report: Report) => void;
  /** The worker failed, or says nothing any more; it was ended. */
  readonly onDeath: (why: string) => void;
}

/** The page's end of the worker in which a cluster runs. */
export class LabLink {
  readonly #worker: Worker;
  readonly #options: LabLinkOptions;
  readonly #pulse: ReturnType<typeof setInterval>;
  #lastSign = performance.now();
  #isOver = false;

  /** @throws Error in a browser without workers */
  constructor(options: LabLinkOptions) {
    this.#options = options;
    this.#worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', (event: MessageEvent<Report>) => {
      this.#lastSign = performance.now();
      if (event.data.type !== 'pong') options.onReport(event.data);
    });
    this.#worker.addEventListener('error', (event) => this.#die(event.message || 'it could not be loaded'));
    this.#pulse = setInterval(() => this.#feel(), PING);
  }

  send(request: Request): void {
    if (!this.#isOver) this.#worker.postMessage(request);
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#pulse);
    this.#worker.terminate();
  }

  #feel(): void {
    const now = performance.now();
    // A page that nobody sees, or that slept, hears nothing either.
    if (document.hidden || now - this.#lastSign > 4 * DEAD) this.#lastSign = now;
    else if (now - this.#lastSign > DEAD) {
      this.#die(`it said nothing for ${DEAD / 1000} seconds`);
      return;
    }
    this.send({ type: 'ping' });
  }

  #die(why: string): void {
    if (this.#isOver) return;
    this.end();
    this.#options.onDeath(why);
  }
}
