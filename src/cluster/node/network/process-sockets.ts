import type { Protocol } from '#machine/netfilter.ts';
import type { Connection, Listener, ProcessSockets, Sockets } from '#machine/sockets.ts';

/** The first descriptor after standard input, output and error. */
const FIRST_DESCRIPTOR = 3;

/** The network namespace that a process is in. */
interface Namespace extends Sockets {
  remember(client: OwnedSockets): void;
  forget(client: OwnedSockets): void;
  /** Whether somebody still listens. */
  stands(listener: Listener): boolean;
  /** From where a connection to an address goes out. */
  localEnd(address: string): Pick<Connection, 'localAddress' | 'localPort'>;
}

/** Whom a connection is with. */
interface Open {
  readonly connection: Connection;
  readonly server: Listener;
}

/**
 * The network as one process has it. Requests dial each time; as with HTTP/2, a connection to the same port is used again, so that a
 * process has one with each whom it talks to.
 */
export class OwnedSockets implements ProcessSockets {
  readonly #namespace: Namespace;
  readonly #owner: { readonly pid: number; readonly program: string };
  readonly #open = new Map<string, Open>();
  #nextDescriptor = FIRST_DESCRIPTOR;

  constructor(namespace: Namespace, owner: { readonly pid: number; readonly program: string }) {
    this.#namespace = namespace;
    this.#owner = owner;
  }

  get addresses(): readonly string[] {
    return this.#namespace.addresses;
  }

  get netfilter() {
    return this.#namespace.netfilter;
  }

  get routes() {
    return this.#namespace.routes;
  }

  listen(listener: Listener): { close(): void } {
    const own = { ...listener, pid: this.#owner.pid, descriptor: this.#nextDescriptor };
    this.#nextDescriptor += 1;
    return this.#namespace.listen(own);
  }

  listeners(): readonly Listener[] {
    return this.#namespace.listeners();
  }

  connect(protocol: Protocol, address: string, port: number): Listener {
    const found = this.#namespace.connect(protocol, address, port);
    if (protocol === 'udp') return found;
    const peer = `${address}:${port}`;
    if (this.#open.get(peer)?.server !== found) this.#add(peer, address, port, found);
    return found;
  }

  connections(): readonly Connection[] {
    return this.#namespace.connections();
  }

  of(owner: { readonly pid: number; readonly program: string }): ProcessSockets {
    return this.#namespace.of(owner);
  }

  close(): void {
    this.#open.clear();
    this.#namespace.forget(this);
  }

  /** Those whose other end is still there. */
  get standing(): readonly Open[] {
    return [...this.#open.values()].filter(({ server }) => this.#namespace.stands(server));
  }

  isIn(namespace: Sockets): boolean {
    return namespace === this.#namespace;
  }

  #add(peer: string, address: string, port: number, found: Listener): void {
    this.#open.set(peer, {
      server: found,
      connection: {
        ...this.#namespace.localEnd(address),
        peerAddress: address,
        peerPort: port,
        ...this.#owner,
        descriptor: this.#nextDescriptor,
      },
    });
    this.#nextDescriptor += 1;
    this.#namespace.remember(this);
  }
}
