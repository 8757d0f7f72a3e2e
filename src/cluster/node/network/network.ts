import type { Kernel } from '#kernel/kernel.ts';
import type { Netfilter, Protocol } from '#machine/netfilter.ts';
import {
  AddressInUse,
  ConnectError,
  type Connection,
  type Listener,
  type ProcessSockets,
  type Route,
  type Sockets,
} from '#machine/sockets.ts';
import { PacketPath } from '../netfilter/packet-path.ts';
import { Ruleset, type RulesetState } from '../netfilter/ruleset.ts';
import { contains } from './address.ts';
import { OwnedSockets } from './process-sockets.ts';
import { RouteTable } from './route-table.ts';

const LOOPBACK = '127.0.0.1';
const LOOPBACK_NETWORK = '127.0.0.0/8';
/** What the kernel keeps of a name. */
const NAME_LENGTH = 15;
/** Ports of clients (net.ipv4.ip_local_port_range), of which Linux takes the even ones. */
const EPHEMERAL = { first: 32_768, last: 60_998, step: 2 } as const;

/**
 * The network between all namespaces of a cluster: machines, which are on one wire, and Pods, each behind its machine. A connection passes
 * the rules and the routes of the sender's machine; its answer needs a way back.
 */
export class Network {
  readonly #kernel: Kernel;
  readonly #byAddress = new Map<string, NetworkNamespace>();
  readonly #closed = new WeakSet<Listener>();
  /** Processes that are connected with somebody. */
  readonly clients = new Set<OwnedSockets>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The namespace of a machine. */
  machine(): NetworkNamespace {
    return new NetworkNamespace(this.#kernel, this, undefined);
  }

  /** The namespace of a Pod, whose packets pass its machine. */
  behind(machine: NetworkNamespace): NetworkNamespace {
    return new NetworkNamespace(this.#kernel, this, machine);
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

  /** Nobody listens there any more: connections with it are over. */
  closed(listener: Listener): void {
    this.#closed.add(listener);
  }

  isClosed(listener: Listener): boolean {
    return this.#closed.has(listener);
  }
}

/** The network of a saved machine. */
export interface NetworkState {
  readonly isUp: boolean;
  readonly routes: readonly Route[];
  readonly rules: RulesetState;
}

/** The addresses and ports of a machine or a Pod. */
export class NetworkNamespace implements Sockets {
  readonly routes = new RouteTable();
  readonly #network: Network;
  readonly #machine: NetworkNamespace | undefined;
  readonly #kernel: Kernel;
  /** Made when somebody needs them: the packets of Pods pass the rules of their machine. */
  #rules: Ruleset | undefined;
  #path: PacketPath | undefined;
  readonly #listeners: Listener[] = [];
  #addresses: string[] = [];
  #isUp = true;
  #lastPort: number = EPHEMERAL.first;

  constructor(kernel: Kernel, network: Network, machine: NetworkNamespace | undefined) {
    this.#kernel = kernel;
    this.#network = network;
    this.#machine = machine;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get netfilter(): Netfilter {
    return this.#ruleset;
  }

  get #ruleset(): Ruleset {
    this.#rules ??= new Ruleset();
    return this.#rules;
  }

  get #packets(): PacketPath {
    this.#path ??= new PacketPath(this.#kernel, this.#ruleset, (address) => this.#isOwn(address));
    return this.#path;
  }

  /** Whether packets reach it; a host that lost power, or a cable, is not. */
  get isUp(): boolean {
    return this.#isUp;
  }

  setUp(isUp: boolean): void {
    this.#isUp = isUp;
  }

  /** What is known of it beside its addresses. */
  save(): NetworkState {
    return { isUp: this.#isUp, routes: this.routes.list(), rules: this.#ruleset.save() };
  }

  restore({ isUp, routes, rules }: NetworkState): void {
    this.#isUp = isUp;
    for (const route of routes) this.routes.set(route);
    this.#ruleset.restore(rules);
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
        this.#network.closed(listener);
      },
    };
  }

  listeners(): readonly Listener[] {
    return this.#listeners;
  }

  connect(protocol: Protocol, address: string, port: number): Listener {
    // What stays inside a Pod passes no rules: those of its machine are outside.
    if (this.#machine && this.#isOwn(address)) return this.#answers(protocol, address, port);
    const [own = LOOPBACK] = this.#addresses;
    const source = isLoopback(address) ? LOOPBACK : own;
    const machine = this.#machine ?? this;
    const from = this.#machine ? 'behind' : 'machine';
    const verdict = machine.#packets.decide({ protocol, source, destination: address, port }, from);
    if (verdict.verdict === 'reject') throw new ConnectError('connect: connection refused');
    if (verdict.verdict === 'drop') throw new ConnectError('i/o timeout');
    const target = this.#isOwn(verdict.address)
      ? this
      : machine.#reach(verdict.address, verdict.isMasqueraded ? machine : this);
    return target.#answers(protocol, verdict.address, verdict.port);
  }

  connections(): readonly Connection[] {
    const found: Connection[] = [];
    for (const client of this.#network.clients)
      for (const { connection, server } of client.standing) {
        if (client.isIn(this)) found.push(connection);
        if (this.#listeners.includes(server)) found.push(this.#serverEnd(connection, server));
      }
    return found.sort((a, b) => a.localPort - b.localPort || a.peerPort - b.peerPort);
  }

  #serverEnd(
    { localAddress, localPort, peerAddress }: Connection,
    { port, pid, program, descriptor = 0 }: Listener,
  ): Connection {
    return {
      // A Service's address was rewritten on the way.
      localAddress: this.#isOwn(peerAddress) ? peerAddress : (this.#addresses[0] ?? LOOPBACK),
      localPort: port,
      peerAddress: localAddress,
      peerPort: localPort,
      pid,
      program: program.slice(0, NAME_LENGTH),
      descriptor,
    };
  }

  of(owner: { readonly pid: number; readonly program: string }): ProcessSockets {
    return new OwnedSockets(this, owner);
  }

  /** A process that is connected is found by `connections`. */
  remember(client: OwnedSockets): void {
    this.#network.clients.add(client);
  }

  forget(client: OwnedSockets): void {
    this.#network.clients.delete(client);
  }

  stands(listener: Listener): boolean {
    return !this.#network.isClosed(listener);
  }

  /** From where a connection to an address goes out. */
  localEnd(address: string): Pick<Connection, 'localAddress' | 'localPort'> {
    this.#lastPort += EPHEMERAL.step;
    if (this.#lastPort > EPHEMERAL.last) this.#lastPort = EPHEMERAL.first;
    const own = isLoopback(address) ? LOOPBACK : (this.#addresses[0] ?? LOOPBACK);
    return { localAddress: own, localPort: this.#lastPort };
  }

  /** @param sender to whom the answer goes @throws ConnectError for a way that is missing, there or back */
  #reach(address: string, sender: NetworkNamespace): NetworkNamespace {
    if (this.#isOwn(address)) return this;
    const target = this.#network.at(address);
    if (target !== undefined && target.#machine === this) return target;
    const route = this.routes.to(address);
    if (!route || !this.#isUp) throw new ConnectError('connect: network is unreachable');
    // What is forwarded into a blackhole is dropped; the machine's own packets are refused (EINVAL).
    if (route.type === 'blackhole')
      throw new ConnectError(sender === this ? 'connect: invalid argument' : 'i/o timeout');
    if (!target) throw new ConnectError(route.destination === 'default' ? 'i/o timeout' : 'connect: no route to host');
    const there = target.#machine ?? target;
    const hop = route.via ?? address;
    // A packet that is sent the wrong way, or to a machine that is off, is lost.
    if (!there.#isUp || !there.#addresses.includes(hop)) throw new ConnectError('i/o timeout');
    const [back = ''] = sender.#addresses;
    const way = there.routes.to(back);
    if (!way || !this.#addresses.includes(way.via ?? back)) throw new ConnectError('i/o timeout');
    return target;
  }

  /** @throws ConnectError when nobody listens */
  #answers(protocol: Protocol, address: string, port: number): Listener {
    const found = this.#listeners.find(
      (each) => each.protocol === protocol && each.port === port && (isAny(each.address) || each.address === address),
    );
    if (!found) throw new ConnectError('connect: connection refused');
    return found;
  }

  #isOwn(address: string): boolean {
    return isLoopback(address) || this.#addresses.includes(address);
  }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '*' || address === '::';
}

function isLoopback(address: string): boolean {
  return address === LOOPBACK || (address.startsWith('127.') && contains(LOOPBACK_NETWORK, address));
}
