import { microTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Event, ObjectReference } from '../api/types/core.ts';
import type { Client } from './client.ts';

interface Series {
  readonly event: Event;
  count: number;
  last: number;
}

/** After so many milliseconds without another one a series is over (client-go, tools/events, finishTime). */
const SERIES_END = 360_000;

/**
 * Tells of what happens to objects as the newer Events do (client-go, tools/events; kube-scheduler): with an action and the exact time.
 * The same happening to the same version of an object is one Event; the second makes it a series, and later ones are counted when the
 * series is over.
 */
export class EventSeriesRecorder {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #controller: string;
  readonly #instance: string;
  readonly #series = new Map<string, Series>();

  /** @param instance as `default-scheduler-cp1` */
  constructor(kernel: Kernel, client: Client, controller: string, instance: string) {
    this.#kernel = kernel;
    this.#client = client;
    this.#controller = controller;
    this.#instance = instance;
  }

  /** @param related what else had to do with it */
  record(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    message: string,
    related?: KubeObject,
  ): void {
    this.#finishOld();
    const involvedObject = referenceTo(about);
    const key = JSON.stringify([type, action, reason, involvedObject, related?.metadata.uid]);
    const known = this.#series.get(key);
    const { now } = this.#kernel;
    try {
      if (known) {
        known.count += 1;
        known.last = now;
        if (known.count === 2) this.#write(known);
        return;
      }
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
        ...(related && { related: referenceTo(related) }),
        reportingComponent: this.#controller,
        reportingInstance: this.#instance,
      });
      this.#series.set(key, { event, count: 1, last: now });
    } catch (error) {
      // An event that cannot be written is lost: nobody waits for it. A namespace that ends takes no new ones.
      if (!(error instanceof Error)) throw error;
    }
  }

  #finishOld(): void {
    for (const [key, series] of this.#series) {
      if (this.#kernel.now - series.last <= SERIES_END) continue;
      this.#series.delete(key);
      if (series.count > 2) this.#write(series);
    }
  }

  #write({ event, count, last }: Series): void {
    try {
      this.#client.patch<Event>(eventKind, event, { series: { count, lastObservedTime: microTimestamp(last) } });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
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
