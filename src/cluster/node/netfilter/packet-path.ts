import type { Kernel } from '#kernel/kernel.ts';
import type { Match, Protocol, Rule, Table } from '#machine/netfilter.ts';
import { contains } from '../network/address.ts';
import type { Ruleset } from './ruleset.ts';

/** The first packet of a connection. */
export interface Packet {
  readonly protocol: Protocol;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** Where a packet goes after the rules: on to an address, perhaps another than it was sent to, or nowhere. */
export type Verdict =
  | { readonly verdict: 'accept'; readonly address: string; readonly port: number; readonly isMasqueraded: boolean }
  | { readonly verdict: 'reject' }
  | { readonly verdict: 'drop' };

/** What a packet is on its way. */
interface Travelling {
  readonly protocol: Protocol;
  readonly source: string;
  destination: string;
  port: number;
  mark: number;
  isMasqueraded: boolean;
  /** Whether chance or memory had a say: the next packet may fare otherwise. */
  isOneOff: boolean;
}

type Outcome = 'accept' | 'drop' | 'reject' | 'return';

/** How many decisions are kept: one for each pair of ends that speak often. */
const KEPT = 4096;

/**
 * The way of packets through a machine's rules (netfilter's hooks), as far as it decides where a connection ends: translation of its
 * destination, then the filter, then translation of its source.
 */
export class PacketPath {
  readonly #kernel: Kernel;
  readonly #rules: Ruleset;
  readonly #isLocal: (address: string) => boolean;
  readonly #decided = new Map<string, Verdict>();
  #generation = -1;
  /** When a source was seen, by the name of the list. */
  readonly #seen = new Map<string, Map<string, number>>();

  /** @param isLocal whether an address is the machine's own */
  constructor(kernel: Kernel, rules: Ruleset, isLocal: (address: string) => boolean) {
    this.#kernel = kernel;
    this.#rules = rules;
    this.#isLocal = isLocal;
  }

  /** @param from a process of the machine, or one behind it: a Pod */
  decide(packet: Packet, from: 'machine' | 'behind'): Verdict {
    if (this.#generation !== this.#rules.generation) {
      this.#generation = this.#rules.generation;
      this.#decided.clear();
    }
    const key = `${from}\n${packet.protocol}\n${packet.source}\n${packet.destination}\n${packet.port}`;
    const known = this.#decided.get(key);
    if (known) return known;
    const travelling: Travelling = { ...packet, mark: 0, isMasqueraded: false, isOneOff: false };
    const verdict = this.#travel(travelling, from);
    if (!travelling.isOneOff) {
      if (this.#decided.size >= KEPT) this.#decided.clear();
      this.#decided.set(key, verdict);
    }
    return verdict;
  }

  #travel(packet: Travelling, from: 'machine' | 'behind'): Verdict {
    this.#through('nat', from === 'machine' ? 'OUTPUT' : 'PREROUTING', packet);
    const hook = from === 'machine' ? 'OUTPUT' : this.#isLocal(packet.destination) ? 'INPUT' : 'FORWARD';
    const filtered = this.#through('filter', hook, packet);
    if (filtered === 'reject' || filtered === 'drop') return { verdict: filtered };
    if (hook !== 'INPUT') this.#through('nat', 'POSTROUTING', packet);
    return {
      verdict: 'accept',
      address: packet.destination,
      port: packet.port,
      isMasqueraded: packet.isMasqueraded,
    };
  }

  #through(table: Table, name: string, packet: Travelling): Outcome {
    for (const rule of this.#rules.chain(table, name)?.rules ?? []) {
      if (!this.#fits(rule, packet)) continue;
      const outcome = this.#apply(table, rule, packet);
      if (outcome === 'return') return 'return';
      if (outcome !== undefined) return outcome;
    }
    return 'return';
  }

  /** Undefined: on to the next rule. */
  #apply(table: Table, { target }: Rule, packet: Travelling): Outcome | undefined {
    switch (target.to) {
      case 'chain': {
        const outcome = this.#through(table, target.chain, packet);
        return outcome === 'return' ? undefined : outcome;
      }
      case 'MARK':
        packet.mark = (packet.mark & ~target.mask) ^ target.value;
        return undefined;
      case 'DNAT': {
        const [address = '', port = ''] = target.destination.split(':');
        packet.destination = address;
        packet.port = Number(port);
        return 'accept';
      }
      case 'MASQUERADE':
        packet.isMasqueraded = true;
        return 'accept';
      case 'ACCEPT':
        return 'accept';
      case 'DROP':
        return 'drop';
      case 'REJECT':
        return 'reject';
      case 'RETURN':
        return 'return';
    }
  }

  #fits({ source, destination, protocol, matches = [] }: Rule, packet: Travelling): boolean {
    if (protocol && protocol !== packet.protocol) return false;
    if (destination && contains(destination.network, packet.destination) === Boolean(destination.negated)) return false;
    if (source && contains(source.network, packet.source) === Boolean(source.negated)) return false;
    return matches.every((match) => this.#matches(match, packet));
  }

  #matches(match: Match, packet: Travelling): boolean {
    switch (match.is) {
      case 'comment':
      case 'nfacct':
        return true;
      case 'addrtype': {
        const address = match.side === 'dst' ? packet.destination : packet.source;
        return this.#isLocal(address) !== Boolean(match.negated);
      }
      case 'tcp':
      case 'udp':
        // Source ports are made up by who connects: no rule here asks for one.
        return (
          match.is === packet.protocol &&
          match.source === undefined &&
          (match.destination ?? packet.port) === packet.port
        );
      case 'statistic':
        packet.isOneOff = true;
        return this.#kernel.random.float() < Number(match.probability);
      case 'mark':
        return ((packet.mark & match.mask) === match.value) !== Boolean(match.negated);
      case 'conntrack':
        // A first packet is new.
        return match.states.split(',').includes('NEW') !== Boolean(match.negated);
      case 'set': {
        const address = match.side === 'dst' ? packet.destination : packet.source;
        return match.networks.some((network) => contains(network, address)) !== Boolean(match.negated);
      }
      case 'recent':
        packet.isOneOff = true;
        return this.#recent(match, packet.source);
    }
  }

  #recent(match: Extract<Match, { is: 'recent' }>, source: string): boolean {
    const list = this.#seen.get(match.name) ?? new Map<string, number>();
    this.#seen.set(match.name, list);
    if (match.mode === 'set') {
      list.set(source, this.#kernel.now);
      return true;
    }
    const at = list.get(source);
    return at !== undefined && this.#kernel.now - at <= match.seconds * 1000;
  }
}
