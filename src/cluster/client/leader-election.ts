import { microTimestamp, parseTime } from '#kernel/calendar.ts';
import type { Kernel, Timer } from '#kernel/kernel.ts';
import { lease as leaseKind } from '../api/kinds/other/lease.ts';
import { isReason } from '../api/status.ts';
import type { Lease } from '../api/types/policy.ts';
import { type Client, pathOf } from './client.ts';
import type { Log } from './log.ts';

export interface LeaderElectionOptions {
  /** The Lease in kube-system. */
  readonly name: string;
  /** As `cp1_` and a UUID. */
  readonly identity: string;
  /** Whether the lease is given up at the end, so that the next one need not wait (ReleaseOnCancel). */
  readonly releases?: boolean;
  readonly onStarted: () => void;
  /** The lease was lost: the component must end. */
  readonly onLost: () => void;
}

/** component-base's defaults, in milliseconds. */
const LEASE_DURATION = 15_000;
const RENEW_DEADLINE = 10_000;
const RETRY_PERIOD = 2_000;
/** Those who wait add up to so many times as much again, so that they do not all ask at once. */
const JITTER = 1.2;
const NAMESPACE = 'kube-system';
/** A server that does not answer in half the time of a renewal is none. */
const TIMEOUT = { timeout: `${RENEW_DEADLINE / 2000}s` };

/** One of several instances leads, as long as it renews its Lease (client-go, tools/leaderelection). */
export class LeaderElector {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #log: Log;
  readonly #options: LeaderElectionOptions;
  readonly #lock: string;
  readonly #path: string;
  #timer: Timer | undefined;
  /** The own lease, as it was written last. */
  #held: Lease | undefined;
  /** Until when the renewal that goes on must succeed. */
  #deadline = 0;
  /** What was seen of another's lease, and when: clocks of others are not trusted. */
  #seen: { readonly spec: string; readonly at: number } | undefined;

  constructor(kernel: Kernel, client: Client, log: Log, options: LeaderElectionOptions) {
    this.#kernel = kernel;
    this.#client = client;
    this.#log = log;
    this.#options = options;
    this.#lock = `${NAMESPACE}/${options.name}`;
    this.#path = pathOf(leaseKind, NAMESPACE, options.name);
  }

  start(): void {
    this.#log.info('leaderelection.go:258', 'Attempting to acquire leader lease...', { lock: this.#lock });
    this.#acquire();
  }

  /** Also gives the lease up, if it is to be. */
  stop(): void {
    this.#timer?.cancel();
    if (this.#held) this.#release();
  }

  #acquire(): void {
    if (!this.#tryAcquireOrRenew()) {
      this.#log.verbose(4, 'leaderelection.go:267', 'Failed to acquire lease', { lock: this.#lock });
      const wait = RETRY_PERIOD + this.#kernel.random.int(RETRY_PERIOD * JITTER);
      this.#timer = this.#kernel.after(wait, () => this.#acquire());
      return;
    }
    this.#log.info('leaderelection.go:272', 'Successfully acquired lease', { lock: this.#lock });
    this.#renewLater();
    this.#options.onStarted();
  }

  #renewLater(): void {
    this.#timer = this.#kernel.after(RETRY_PERIOD, () => {
      this.#deadline = this.#kernel.now + RENEW_DEADLINE;
      this.#renew();
    });
  }

  /** Again and again, until the deadline. */
  #renew(): void {
    if (this.#kernel.now >= this.#deadline) {
      this.#lose();
      return;
    }
    if (this.#tryToUpdate() || this.#tryAcquireOrRenew()) this.#renewLater();
    else this.#timer = this.#kernel.after(RETRY_PERIOD, () => this.#renew());
  }

  #lose(): void {
    const err = 'context deadline exceeded';
    this.#log.info('leaderelection.go:304', 'Failed to renew lease', { lock: this.#lock, err });
    this.#release();
    this.#options.onLost();
  }

  #release(): void {
    this.#held = undefined;
    if (!this.#options.releases) return;
    let lease: Lease;
    try {
      lease = this.#get();
    } catch (error) {
      const values = { err: messageOf(error), lock: this.#lock };
      this.#log.error('leaderelection.go:323', 'error retrieving resource lock', values);
      return;
    }
    if (lease.spec.holderIdentity !== this.#options.identity) return;
    try {
      const now = microTimestamp(this.#kernel.now);
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
      this.#update({ ...lease, spec });
    } catch (error) {
      const values = { err: messageOf(error), lock: this.#lock };
      this.#log.error('leaderelection.go:341', 'Failed to release lease', values);
    }
  }

  /** Nobody else should have written it. */
  #tryToUpdate(): boolean {
    if (!this.#held) return false;
    const spec = { ...this.#held.spec, renewTime: microTimestamp(this.#kernel.now) };
    try {
      this.#held = this.#update({ ...this.#held, spec });
      return true;
    } catch (error) {
      const message = 'Failed to update lease optimistically, falling back to slow path';
      this.#log.verbose(2, 'leaderelection.go:454', message, { lock: this.#lock, err: messageOf(error) });
      return false;
    }
  }

  #tryAcquireOrRenew(): boolean {
    let lease: Lease | undefined;
    try {
      lease = this.#get();
    } catch (error) {
      if (!isReason(error, 'NotFound')) {
        return this.#failed('leaderelection.go:461', 'Error retrieving lease lock', error);
      }
    }
    if (!lease) return this.#create();
    if (this.#isHeldByAnother(lease)) return false;
    return this.#take(lease);
  }

  #get(): Lease {
    return this.#client.request({ method: 'GET', path: this.#path, query: TIMEOUT }) as Lease;
  }

  #update(lease: Lease): Lease {
    return this.#client.request({ method: 'PUT', path: this.#path, query: TIMEOUT, body: lease }) as Lease;
  }

  #create(): boolean {
    const now = microTimestamp(this.#kernel.now);
    try {
      this.#held = this.#client.create(leaseKind, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: this.#options.name, namespace: NAMESPACE },
        spec: this.#specOf(now, now, 0),
      });
      return true;
    } catch (error) {
      return this.#failed('leaderelection.go:465', 'Error initially creating lease lock', error);
    }
  }

  #isHeldByAnother({ spec }: Lease): boolean {
    const { holderIdentity = '', renewTime = '', leaseDurationSeconds = 0 } = spec;
    const { now } = this.#kernel;
    const text = JSON.stringify(spec);
    if (this.#seen?.spec !== text) this.#seen = { spec: text, at: now };
    if (holderIdentity === '' || holderIdentity === this.#options.identity) return false;
    if (now >= this.#seen.at + leaseDurationSeconds * 1000 || !(parseTime(renewTime) > 0)) return false;
    const values = { lock: this.#lock, holder: holderIdentity };
    this.#log.verbose(4, 'leaderelection.go:481', 'Lease is held by and has not yet expired', values);
    return true;
  }

  #take(lease: Lease): boolean {
    const { holderIdentity, acquireTime, leaseTransitions = 0 } = lease.spec;
    const isMine = holderIdentity === this.#options.identity;
    const time = microTimestamp(this.#kernel.now);
    const spec = isMine
      ? this.#specOf(time, acquireTime ?? time, leaseTransitions)
      : this.#specOf(time, time, leaseTransitions + 1);
    try {
      this.#held = this.#update({ ...lease, spec });
      return true;
    } catch (error) {
      return this.#failed('leaderelection.go:497', 'Failed to update lease', error);
    }
  }

  #failed(where: string, message: string, error: unknown): false {
    this.#log.error(where, message, { err: messageOf(error), lock: this.#lock });
    return false;
  }

  #specOf(renewTime: string, acquireTime: string, leaseTransitions: number): Lease['spec'] {
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: LEASE_DURATION / 1000,
      acquireTime,
      renewTime,
      leaseTransitions,
    };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
