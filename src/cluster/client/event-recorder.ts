import { timestamp } from '#kernel/calendar.ts';
import type { Kernel, Timer } from '#kernel/kernel.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Event, ObjectReference } from '../api/types/core.ts';
import type { Client } from './client.ts';
import { ConnectionError } from './connection.ts';

export interface EventSource {
  readonly component: string;
  /** The node, for a kubelet. */
  readonly host?: string;
}

/** EventAggregator: so many like events within so many milliseconds become one that is counted. */
const MAX_SIMILAR = 10;
const SIMILAR_PERIOD = 600_000;
/** The EventSourceObjectSpamFilter: events about one object of one source, at first and then one in so many milliseconds. */
const BURST = 25;
const REFILL = 300_000;
const MAX_KNOWN = 4096;

/** recordToSink: an event that finds no API server is tried so often, after so many milliseconds; the first time after a part of them. */
const MAX_TRIES = 12;
const RETRY = 10_000;
/** So many events may wait meanwhile (maxQueuedEvents). */
const MAX_WAITING = 1000;

interface Waiting {
  readonly key: string;
  readonly reference: ObjectReference;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Events that differ in their message alone. */
interface Similar {
  readonly first: string;
  /** All messages, once there is another than the first. */
  messages: Set<string> | undefined;
  since: number;
}

interface Known {
  readonly name: string;
  readonly count: number;
  readonly first: string;
}

/** Tells of what happens to objects, as Events (client-go, tools/record). The same event again is counted in the one that is there. */
export class EventRecorder {
  readonly #kernel: Kernel;
  readonly #client: Client | undefined;
  readonly #source: EventSource;
  readonly #known = new Map<string, Known>();
  readonly #similar = new Map<string, Similar>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  readonly #waiting: Waiting[] = [];
  #tries = 0;
  #retry: Timer | undefined;

  /** @param client undefined: nobody is told */
  constructor(kernel: Kernel, client: Client | undefined, source: EventSource) {
    this.#kernel = kernel;
    this.#client = client;
    this.#source = source;
  }

  /** @param fieldPath the part of the object, as `spec.containers{nginx}` */
  record(
    about: KubeObject | ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath = '',
  ): void {
    if (!this.#client) return;
    const reference = referenceTo(about, fieldPath);
    if (!this.#mayTell(reference)) return;
    if (this.#waiting.length >= MAX_WAITING) return;
    const told = this.#aggregated(reference, type, reason, message);
    this.#waiting.push({ ...told, reference, type, reason, at: this.#kernel.now });
    if (!this.#retry?.isPending) this.#send();
  }

  /** Its process ended: what waits is lost. */
  stop(): void {
    this.#retry?.cancel();
    this.#waiting.length = 0;
  }

  /** One after the other: as long as the first finds nobody, the others wait. */
  #send(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      try {
        const known = this.#known.get(next.key);
        if (!known || !this.#countUp(next, known)) this.#create(next);
      } catch (error) {
        // What is refused is lost: a namespace that ends takes no new ones.
        if (!(error instanceof Error)) throw error;
        if (error instanceof ConnectionError && this.#tries < MAX_TRIES - 1) {
          this.#tries += 1;
          const wait = this.#tries === 1 ? RETRY * this.#kernel.random.float() : RETRY;
          this.#retry = this.#kernel.after(wait, () => this.#send());
          return;
        }
      }
      this.#tries = 0;
      this.#waiting.shift();
    }
  }

  #create({ key, reference, type, reason, message, at }: Waiting): void {
    const now = timestamp(at);
    const name = `${reference.name}.${this.#suffix()}`;
    this.#client?.create(eventKind, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: reference.namespace ?? 'default' },
      involvedObject: reference,
      reason,
      message,
      source: this.#source,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
    });
    this.#remember(key, { name, count: 1, first: now });
  }

  /** Returns whether there was an event to count up. */
  #countUp({ key, reference, message, at }: Waiting, known: Known): boolean {
    const count = known.count + 1;
    const target = { metadata: { name: known.name, namespace: reference.namespace ?? 'default' } };
    try {
      this.#client?.patch<Event>(eventKind, target, { count, lastTimestamp: timestamp(at), message });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
      this.#known.delete(key);
      return false;
    }
    this.#remember(key, { ...known, count });
    return true;
  }

  #remember(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > MAX_KNOWN) deleteOldest(this.#known);
  }

  /** Events that differ in their message alone become one after a while, whose message is the last. */
  #aggregated(
    reference: ObjectReference,
    type: string,
    reason: string,
    message: string,
  ): { readonly key: string; readonly message: string } {
    const similar = [objectKey(reference), type, reason].join('\n');
    const now = this.#kernel.now;
    let entry = this.#similar.get(similar);
    if (!entry || now - entry.since > SIMILAR_PERIOD) entry = { first: message, messages: undefined, since: now };
    if (entry.messages) entry.messages.add(message);
    else if (entry.first !== message) entry.messages = new Set([entry.first, message]);
    entry.since = now;
    this.#similar.set(similar, entry);
    if (this.#similar.size > MAX_KNOWN) deleteOldest(this.#similar);
    const key = [objectKey(reference), reference.fieldPath, type, reason, message].join('\n');
    if (!entry.messages || entry.messages.size < MAX_SIMILAR) return { key, message };
    // What was told before goes on to be told by itself.
    entry.messages.delete(message);
    return { key: similar, message: `(combined from similar events): ${message}` };
  }

  #mayTell(reference: ObjectReference): boolean {
    const key = objectKey(reference);
    const now = this.#kernel.now;
    const bucket = this.#buckets.get(key) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL);
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MAX_KNOWN) deleteOldest(this.#buckets);
    return tokens >= 1;
  }

  /** The nanoseconds of the real one's name, in hexadecimal; here with random digits, since time stands still within a task. */
  #suffix(): string {
    const { random, now } = this.#kernel;
    return (BigInt(Math.floor(now)) * 1_000_000n + BigInt(random.int(1_000_000))).toString(16);
  }
}

function referenceTo(about: KubeObject | ObjectReference, fieldPath: string): ObjectReference {
  if (!('metadata' in about)) return { ...about, ...(fieldPath !== '' && { fieldPath }) };
  const { namespace, name, uid, resourceVersion } = about.metadata;
  return {
    kind: about.kind,
    ...(namespace !== undefined && { namespace }),
    name,
    uid,
    apiVersion: about.apiVersion,
    resourceVersion,
    ...(fieldPath !== '' && { fieldPath }),
  };
}

/** An object, whatever part of it is meant. */
function objectKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  return uid === undefined ? [kind, namespace, name, apiVersion].join('\n') : `${kind} ${uid}`;
}

function deleteOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
