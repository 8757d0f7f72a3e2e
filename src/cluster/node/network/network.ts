import { AddressInUse, ConnectError, type Listener, type Sockets } from '#machine/sockets.ts';

/** Where a packet goes after a node's rules: on to an address, perhaps another than it was sent to, or nowhere. */
export type Verdict =
  | { readonly verdict: 'accept'; readonly address: string; readonly port: number }
  | { readonly verdict: 'reject' }
  | { readonly verdict: 'drop' };

/** A node's rules for what leaves a namespace of it (its netfilter). */
export type Filter = (packet: {
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}) => Verdict;

const LOOPBACK = '127.0.0.1';

/**
 * The network between all namespaces of a cluster: hosts and Pods, each with its addresses and what listens there. Packets pass the rules
 * of the sender's node; how Pods are wired is the business of the CNI plugin, which says whether they reach each other at all.
 */
export class Network {
  readonly #byAddress = new Map<string, NetworkNamespace>();

  /** @param filter the node's rules; a Pod's packets pass those of its node */
  namespace(filter: Filter): NetworkNamespace {
    return new NetworkNamespace(this, filter);
  }

  /** @throws Error for an address that somebody has */
  attach(address: string, namespace: NetworkNamespace): void {
    if (this.#byAddress.has(address)) throw new Error(`the address ${address} is taken`);
    this.#byAddress.set(address, namespace);
  }

  detach(address: string): void {
    this.#byAddress.delete(address);
  }

  at(address: string): NetworkNamespace | undefined {
    return this.#byAddress.get(address);
  }
}

/** The addresses and ports of a host or a Pod. */
export class NetworkNamespace implements Sockets {
  readonly #network: Network;
  readonly #filter: Filter;
  readonly #listeners: Listener[] = [];
  #addresses: string[] = [];
  #isUp = true;

  constructor(network: Network, filter: Filter) {
    this.#network = network;
    this.#filter = filter;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Whether packets reach it; a host that lost power, or a cable, is not. */
  get isUp(): boolean {
    return this.#isUp;
  }

  setUp(isUp: boolean): void {
    this.#isUp = isUp;
  }

  addAddress(address: string): void {
    this.#network.attach(address, this);
    this.#addresses.push(address);
  }

  removeAddresses(): void {
    for (const address of this.#addresses) this.#network.detach(address);
    this.#addresses = [];
  }

  listen(listener: Listener): { close(): void } {
    const clash = this.#listeners.some(
      ({ protocol, port, address }) =>
        protocol === listener.protocol &&
        port === listener.port &&
        (isAny(address) || isAny(listener.address) || address === listener.address),
    );
    if (clash)
      throw new AddressInUse(
        `listen ${listener.protocol} ${listener.address}:${listener.port}: bind: address already in use`,
      );
    this.#listeners.push(listener);
    return {
      close: () => {
        const index = this.#listeners.indexOf(listener);
        if (index >= 0) this.#listeners.splice(index, 1);
      },
    };
  }

  listeners(): readonly Listener[] {
    return this.#listeners;
  }

  connect(protocol: 'tcp' | 'udp', address: string, port: number): Listener {
    const [source = LOOPBACK] = this.#addresses;
    const verdict = this.#filter({ protocol, source, destination: address, port });
    if (verdict.verdict === 'reject') throw new ConnectError('connect: connection refused');
    if (verdict.verdict === 'drop') throw new ConnectError('i/o timeout');
    const isLocal = verdict.address === LOOPBACK || this.#addresses.includes(verdict.address);
    const target = isLocal ? this : this.#network.at(verdict.address);
    if (!target) throw new ConnectError('connect: no route to host');
    if (!this.#isUp && !isLocal) throw new ConnectError('connect: network is unreachable');
    if (!target.#isUp && !isLocal) throw new ConnectError('i/o timeout');
    const found = target.#listenerAt(protocol, verdict.address, verdict.port);
    if (!found) throw new ConnectError('connect: connection refused');
    return found;
  }

  #listenerAt(protocol: string, address: string, port: number): Listener | undefined {
    return this.#listeners.find(
      (each) => each.protocol === protocol && each.port === port && (isAny(each.address) || each.address === address),
    );
  }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '*' || address === '::';
}
