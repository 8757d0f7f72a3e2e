import type { HttpHandler } from './http.ts';
import type { Netfilter } from './netfilter.ts';

/** What is behind a port: whichever protocol a client speaks must be there. */
export interface Served {
  readonly http?: HttpHandler;
  readonly dns?: DnsHandler;
  /** A gRPC service, of a type that both ends know: etcd's store, a runtime's CRI. */
  readonly grpc?: unknown;
  /** TLS: the certificate that the server shows, in PEM; without it the port speaks in the clear. */
  readonly certificate?: () => string;
}

/** A record that a name server answers with. */
export interface DnsAnswer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  readonly records: readonly {
    readonly name: string;
    readonly type: 'A' | 'SRV' | 'PTR';
    readonly ttl: number;
    readonly data: string;
  }[];
}

export type DnsHandler = (name: string, type: 'A' | 'AAAA' | 'SRV' | 'PTR') => DnsAnswer;

/** A port that somebody listens on, as `ss -ltnp` shows it. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0` and `*` for every address of its network namespace. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** The name of the process. */
  readonly program: string;
  readonly serves: Served;
  /** Its file descriptor; missing where no process opened it. */
  readonly descriptor?: number;
}

/** One end of a connection that stands, as `ss -tnp` shows it. */
export interface Connection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly pid: number;
  /** The name of the process. */
  readonly program: string;
  readonly descriptor: number;
}

/** A port that is taken (`bind: address already in use`). */
export class AddressInUse extends Error {
  override readonly name = 'AddressInUse';
}

/** Why nobody was reached: words of Go's net package, without `dial tcp ADDRESS: `. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
}

/** A line of `ip route`. */
export interface Route {
  /** `10.244.1.0/24`, an address, or `default`. */
  readonly destination: string;
  readonly via?: string;
  /** '' for a blackhole: its packets are dropped. */
  readonly device: string;
  readonly type?: 'blackhole';
  /** Who made it, where that is shown: the kernel, or a number of /etc/iproute2/rt_protos without a name. */
  readonly protocol?: 'kernel' | '80';
  readonly scope?: 'host' | 'link';
  readonly source?: string;
  /** The gateway is on the link, whatever its address. */
  readonly isOnlink?: boolean;
}

/** The main routing table of a network namespace. */
export interface Routes {
  /** As `ip route` lists them. */
  list(): readonly Route[];
  /** In place of one to the same destination. */
  set(route: Route): void;
  remove(destination: string): void;
}

/** The network as a process sees it, from the network namespace that it runs in. */
export interface Sockets {
  /** Addresses of this namespace. */
  readonly addresses: readonly string[];
  readonly netfilter: Netfilter;
  readonly routes: Routes;
  /** @throws AddressInUse */
  listen(listener: Listener): { close(): void };
  /** What listens here. */
  listeners(): readonly Listener[];
  /**
   * Who answers at an address, after the node's rules have had their say.
   *
   * @throws ConnectError `connect: connection refused`, `i/o timeout`, `connect: no route to host`
   */
  connect(protocol: 'tcp' | 'udp', address: string, port: number): Listener;
  /** The TCP connections of the processes of this namespace, in the order of their ports; a process keeps one to each port that it talks to. */
  connections(): readonly Connection[];
  /** The same for one process, which is known by what it opens until it ends. */
  of(owner: { readonly pid: number; readonly program: string }): ProcessSockets;
}

/** The network of one process. */
export interface ProcessSockets extends Sockets {
  /** The process ended: its connections are gone. */
  close(): void;
}
