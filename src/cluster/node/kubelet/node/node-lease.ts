import { microTimestamp } from '#kernel/calendar.ts';
import type { Kernel, Timer } from '#kernel/kernel.ts';
import { lease as leaseKind } from '../../../api/kinds/other/lease.ts';
import type { Lease } from '../../../api/types/policy.ts';
import type { Client } from '../../../client/client.ts';
import type { Log } from '../../../client/log.ts';
import { goDuration } from '../duration.ts';

const NAMESPACE = 'kube-node-lease';
/** nodeLeaseDurationSeconds, and a quarter of it in milliseconds. */
const DURATION = 40;
const PERIOD = 10_000;
/** How often an update is tried at once; then, in milliseconds, how long it is waited, twice as long each time. */
const UPDATES = 5;
const FIRST_RETRY = 200;
const LONGEST_RETRY = 7_000;

/** Says by a Lease that the node lives (component-helpers, apimachinery/lease.controller). */
export class NodeLease {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #log: Log;
  readonly #nodeName: string;
  /** The Node's UID, once it is there. */
  readonly #owner: () => string | undefined;
  #latest: Lease | undefined;
  #timer: Timer | undefined;

  constructor(kernel: Kernel, client: Client, log: Log, nodeName: string, owner: () => string | undefined) {
    this.#kernel = kernel;
    this.#client = client;
    this.#log = log;
    this.#nodeName = nodeName;
    this.#owner = owner;
  }

  start(): void {
    this.#renew();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #renew(): void {
    if (this.#latest && this.#update(this.#latest)) this.#later(PERIOD);
    else {
      if (this.#latest)
        this.#log.info('controller.go:171', 'failed to update lease using latest lease, fallback to ensure lease', {
          err: `failed ${UPDATES} attempts to update lease`,
        });
      this.#latest = undefined;
      this.#ensure(FIRST_RETRY);
    }
  }

  #later(milliseconds: number): void {
    this.#timer = this.#kernel.after(milliseconds, () => this.#renew());
  }

  #ensure(retry: number): void {
    try {
      const known = this.#client.find(leaseKind, NAMESPACE, this.#nodeName);
      if (known) this.#update(known);
      else this.#create();
      this.#later(PERIOD);
    } catch (error) {
      this.#log.error('controller.go:201', 'Failed to ensure lease exists, will retry', {
        err: messageOf(error),
        interval: goDuration(retry),
      });
      this.#timer = this.#kernel.after(retry, () => this.#ensure(Math.min(LONGEST_RETRY, retry * 2)));
    }
  }

  /** Returns whether it went well. */
  #update(lease: Lease): boolean {
    for (let tries = 0; tries < UPDATES; tries += 1) {
      try {
        const renewTime = microTimestamp(this.#kernel.now);
        this.#latest = this.#client.update(leaseKind, { ...lease, spec: { ...lease.spec, renewTime } });
        return true;
      } catch (error) {
        this.#log.error('controller.go:251', 'Failed to update lease', { err: messageOf(error) });
      }
    }
    return false;
  }

  /** Without its owner it is left for the next time. */
  #create(): void {
    const uid = this.#owner();
    const name = this.#nodeName;
    if (uid === undefined) {
      this.#log.error('nodelease.go:50', 'Failed to get node when trying to set owner ref to the node lease', {
        err: `nodes ${JSON.stringify(name)} not found`,
        node: name,
      });
      return;
    }
    this.#latest = this.#client.create(leaseKind, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: NAMESPACE, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
      spec: { holderIdentity: name, leaseDurationSeconds: DURATION, renewTime: microTimestamp(this.#kernel.now) },
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
