import { microTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Event, ObjectReference } from '../api/types/core.ts';
import type { ActionRecorder } from './action-recorder.ts';
import type { Client } from './client.ts';

interface Series {
  readonly event: Event;
  count: number;
  last: number;
}

/** How often it is looked which series are over, and after how many milliseconds without another one a series is (finishTime). */
const SERIES_END = 360_000;
/** How often series that go on are written, so that their Events stay (refreshTime). */
const REFRESH = 1_800_000;

/**
 * Tells of what happens to objects as the newer Events do (client-go, tools/events; kube-scheduler): with an action and the exact time.
 * The same happening to the same version of an object is one Event; the second makes it a series, and later ones are counted when the
 * series is over.
 */
export class EventSeriesRecorder implements ActionRecorder {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #controller: string;
  readonly #instance: string;
  readonly #series = new Map<string, Series>();
  readonly #timers: readonly { cancel(): void }[];

  /** @param instance as `default-scheduler-cp1` */
  constructor(kernel: Kernel, client: Client, controller: string, instance: string) {
    this.#kernel = kernel;
    this.#client = client;
    this.#controller = controller;
    this.#instance = instance;
    this.#timers = [kernel.every(REFRESH, () => this.#refresh()), kernel.every(SERIES_END, () => this.#finish())];
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  record(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    message: string,
    related?: KubeObject,
  ): void {
    const involvedObject = referenceTo(about);
    const relatedObject = related && referenceTo(related);
    const key = JSON.stringify([type, action, reason, involvedObject, relatedObject]);
    const known = this.#series.get(key);
    const { now } = this.#kernel;
    if (known) {
      known.count += 1;
      known.last = now;
      if (known.count === 2) this.#write(known);
      return;
    }
    try {
      const event = this.#client.create(eventKind, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `${involvedObject.name}.${this.#suffix()}`,
          namespace: involvedObject.namespace ?? 'default',
        },
        involvedObject,
        reason,
        message,
        type,
        action,
        eventTime: microTimestamp(now),
        ...(relatedObject && { related: relatedObject }),
        reportingComponent: this.#controller,
        reportingInstance: this.#instance,
      });
      this.#series.set(key, { event, count: 1, last: now });
    } catch (error) {
      // An event that cannot be written is lost: nobody waits for it. A namespace that ends takes no new ones.
      if (!(error instanceof Error)) throw error;
    }
  }

  #refresh(): void {
    for (const series of this.#series.values()) if (series.count > 1) this.#write(series);
  }

  #finish(): void {
    for (const [key, series] of this.#series) {
      if (this.#kernel.now - series.last <= SERIES_END) continue;
      this.#series.delete(key);
      if (series.count > 1) this.#write(series);
    }
  }

  /** An Event that is gone meanwhile is made anew. */
  #write({ event, count, last }: Series): void {
    const series = { count, lastObservedTime: microTimestamp(last) };
    try {
      this.#client.patch<Event>(eventKind, event, { series });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isReason(error, 'NotFound')) this.#createAnew({ ...event, series });
    }
  }

  #createAnew(event: Event): void {
    const { name, namespace } = event.metadata;
    try {
      this.#client.create<Event>(eventKind, { ...event, metadata: { name, ...(namespace && { namespace }) } });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  /** The nanoseconds of the real one's name, in hexadecimal; here with random digits, since time stands still within a task. */
  #suffix(): string {
    const { random, now } = this.#kernel;
    return (BigInt(Math.floor(now)) * 1_000_000n + BigInt(random.int(1_000_000))).toString(16);
  }
}

function referenceTo({
  kind,
  apiVersion,
  metadata: { namespace, name, uid, resourceVersion },
}: KubeObject): ObjectReference {
  return { kind, ...(namespace !== undefined && { namespace }), name, uid, apiVersion, resourceVersion };
}
