import { microTimestamp, parseTime } from '#kernel/calendar.ts';
import type { Kernel, Timer } from '#kernel/kernel.ts';
import { lease as leaseKind } from '../api/kinds/other/lease.ts';
import type { Lease } from '../api/types/policy.ts';
import type { Client } from './client.ts';
import type { Log } from './log.ts';

export interface LeaderElectionOptions {
  /** The Lease in kube-system. */
  readonly name: string;
  /** As `cp1_` and a UUID. */
  readonly identity: string;
  readonly onStarted: () => void;
  /** The lease was lost: the component must end. */
  readonly onLost: () => void;
}

/** component-base's defaults, in milliseconds. */
const LEASE_DURATION = 15_000;
const RENEW_DEADLINE = 10_000;
const RETRY_PERIOD = 2_000;
const NAMESPACE = 'kube-system';

/** One of several instances leads, as long as it renews its Lease (client-go, tools/leaderelection). */
export class LeaderElector {
  readonly #kernel: Kernel;
  readonly #client: Client;
  readonly #log: Log;
  readonly #options: LeaderElectionOptions;
  #timer: Timer | undefined;
  #isLeader = false;
  #renewedAt = 0;
  /** What was seen of another's lease, and when: clocks of others are not trusted. */
  #seen: { readonly renewTime: string; readonly at: number } | undefined;
  #reported = '';

  constructor(kernel: Kernel, client: Client, log: Log, options: LeaderElectionOptions) {
    this.#kernel = kernel;
    this.#client = client;
    this.#log = log;
    this.#options = options;
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  start(): void {
    this.#log.info('leaderelection.go:258', 'Attempting to acquire leader lease...', {
      lock: `${NAMESPACE}/${this.#options.name}`,
    });
    this.#try();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #try(): void {
    const acquired = this.#tryAcquireOrRenew();
    if (acquired) {
      this.#renewedAt = this.#kernel.now;
      if (!this.#isLeader) {
        this.#isLeader = true;
        this.#log.info('leaderelection.go:272', 'Successfully acquired lease', {
          lock: `${NAMESPACE}/${this.#options.name}`,
        });
        this.#options.onStarted();
      }
    } else if (this.#isLeader && this.#kernel.now - this.#renewedAt >= RENEW_DEADLINE) {
      this.#isLeader = false;
      this.#log.info('leaderelection.go:299', 'Failed to renew lease', {
        lock: `${NAMESPACE}/${this.#options.name}`,
        err: 'context deadline exceeded',
      });
      this.#options.onLost();
      return;
    }
    // Those who wait add up to 1.2 times as much again, so that they do not all ask at once.
    const jitter = this.#isLeader ? 0 : this.#kernel.random.int(RETRY_PERIOD * 1.2);
    this.#timer = this.#kernel.after(RETRY_PERIOD + jitter, () => this.#try());
  }

  #tryAcquireOrRenew(): boolean {
    try {
      const lease = this.#client.find(leaseKind, NAMESPACE, this.#options.name);
      return lease ? this.#takeOver(lease) : this.#create();
    } catch (error) {
      this.#log.plain(
        'E',
        'leaderelection.go:429',
        `error retrieving resource lock ${NAMESPACE}/${this.#options.name}: ${messageOf(error)}`,
      );
      return false;
    }
  }

  #create(): boolean {
    const now = microTimestamp(this.#kernel.now);
    this.#client.create(leaseKind, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#options.name, namespace: NAMESPACE },
      spec: this.#specOf(now, now, 0),
    });
    return true;
  }

  #takeOver(lease: Lease): boolean {
    const { holderIdentity = '', renewTime = '', acquireTime, leaseTransitions = 0 } = lease.spec;
    const now = this.#kernel.now;
    if (this.#seen?.renewTime !== renewTime) this.#seen = { renewTime, at: now };
    const isMine = holderIdentity === this.#options.identity;
    if (!isMine && holderIdentity !== '' && now < this.#seen.at + LEASE_DURATION && parseTime(renewTime) > 0) {
      this.#report(holderIdentity);
      return false;
    }
    const time = microTimestamp(now);
    const spec = this.#specOf(
      time,
      isMine ? (acquireTime ?? time) : time,
      isMine ? leaseTransitions : leaseTransitions + 1,
    );
    this.#client.update(leaseKind, { ...lease, spec });
    return true;
  }

  #report(holder: string): void {
    if (this.#reported === holder) return;
    this.#reported = holder;
    this.#log.verbose(4, 'leaderelection.go:345', 'New leader elected', { identity: holder });
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
