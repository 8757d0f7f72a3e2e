import type { Kernel, Timer } from '#kernel/kernel.ts';
import { StoreError } from './errors.ts';

/** etcd, lease.MaxLeaseTTL, in seconds. */
const MAX_TTL = 9_000_000_000;
/** What etcd grants at least with its default election timeout: 1.5 times 1 s, rounded up. */
const MIN_TTL = 2;
/** Ids are positive int64 in etcd; these are exact in JavaScript. */
const MAX_ID = 2 ** 48;

/** A lease as `lease timetolive` shows it. */
export interface LeaseState {
  readonly id: number;
  /** Granted seconds. */
  readonly ttl: number;
  /** Whole seconds left. */
  readonly remaining: number;
  /** Keys that go with it, in order. */
  readonly keys: readonly string[];
}

interface Lease {
  readonly id: number;
  readonly ttl: number;
  readonly keys: Set<string>;
  timer: Timer;
}

/** Leases and the keys that go with them (etcd, server/lease.Lessor). */
export class Leases {
  readonly #kernel: Kernel;
  readonly #expire: (keys: readonly string[]) => void;
  readonly #leases = new Map<number, Lease>();

  /** @param expire deletes the keys of a lease that ended, in one revision */
  constructor(kernel: Kernel, expire: (keys: readonly string[]) => void) {
    this.#kernel = kernel;
    this.#expire = expire;
  }

  /**
   * @param ttl seconds; etcd grants 2 at least
   * @param id 0: one is chosen
   * @throws StoreError ErrLeaseTTLTooLarge, ErrLeaseExist
   */
  grant(ttl: number, id = 0): { readonly id: number; readonly ttl: number } {
    if (ttl > MAX_TTL) throw new StoreError('ErrLeaseTTLTooLarge');
    if (this.#leases.has(id)) throw new StoreError('ErrLeaseExist');
    const granted = { id: id === 0 ? this.#freeId() : id, ttl: Math.max(MIN_TTL, ttl) };
    this.#add(granted.id, granted.ttl, granted.ttl);
    return granted;
  }

  /** Ends a lease and deletes its keys. @throws StoreError ErrLeaseNotFound */
  revoke(id: number): void {
    const lease = this.#get(id);
    lease.timer.cancel();
    this.#leases.delete(id);
    this.#expire([...lease.keys].sort());
  }

  /** Its time begins anew. Returns the granted seconds. @throws StoreError ErrLeaseNotFound */
  keepAlive(id: number): number {
    const lease = this.#get(id);
    lease.timer.cancel();
    lease.timer = this.#timer(id, lease.ttl);
    return lease.ttl;
  }

  /** Undefined for a lease that is not, or no more. */
  state(id: number): LeaseState | undefined {
    const lease = this.#leases.get(id);
    if (!lease) return undefined;
    const remaining = Math.max(0, Math.ceil((lease.timer.at - this.#kernel.now) / 1_000));
    return { id, ttl: lease.ttl, remaining, keys: [...lease.keys].sort() };
  }

  /** By id. */
  list(): LeaseState[] {
    return [...this.#leases.keys()].sort((a, b) => a - b).flatMap((id) => this.state(id) ?? []);
  }

  has(id: number): boolean {
    return this.#leases.has(id);
  }

  /** @throws StoreError ErrLeaseNotFound for an id that is not 0 */
  check(id: number): void {
    if (id !== 0) this.#get(id);
  }

  attach(id: number, key: string): void {
    this.#leases.get(id)?.keys.add(key);
  }

  detach(id: number, key: string): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  restore(states: readonly LeaseState[]): void {
    for (const { id, ttl, remaining, keys } of states) {
      this.#add(id, ttl, remaining);
      for (const key of keys) this.attach(id, key);
    }
  }

  /** Nothing expires while the store's process is not there. */
  stop(): void {
    for (const lease of this.#leases.values()) lease.timer.cancel();
  }

  /** What was left of each lease when its store stopped begins anew. */
  resume(states: readonly LeaseState[]): void {
    for (const { id, remaining } of states) {
      const lease = this.#leases.get(id);
      if (lease) lease.timer = this.#timer(id, remaining);
    }
  }

  #add(id: number, ttl: number, remaining: number): void {
    this.#leases.set(id, { id, ttl, keys: new Set(), timer: this.#timer(id, remaining) });
  }

  #timer(id: number, seconds: number): Timer {
    return this.#kernel.after(seconds * 1_000, () => this.revoke(id));
  }

  #get(id: number): Lease {
    const lease = this.#leases.get(id);
    if (!lease) throw new StoreError('ErrLeaseNotFound');
    return lease;
  }

  #freeId(): number {
    for (;;) {
      const id = 1 + this.#kernel.random.int(MAX_ID);
      if (!this.#leases.has(id)) return id;
    }
  }
}
