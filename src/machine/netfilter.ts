/** The rules of the kernel's packet filter, as iptables shows and makes them. */

export type Table = 'filter' | 'nat' | 'mangle' | 'raw';
export type Protocol = 'tcp' | 'udp';

/** A network in CIDR notation that must, or must not, hold an address. */
export interface AddressMatch {
  readonly network: string;
  readonly negated?: boolean;
}

/** `-m …` with its options, in the order in which iptables prints them. */
export type Match =
  | { readonly is: 'comment'; readonly text: string }
  | { readonly is: 'addrtype'; readonly side: 'src' | 'dst'; readonly negated?: boolean }
  | { readonly is: 'tcp' | 'udp'; readonly destination?: number; readonly source?: number }
  /** Packets of one hundred, as text: `0.33333333349`. */
  | { readonly is: 'statistic'; readonly probability: string }
  | { readonly is: 'mark'; readonly value: number; readonly mask: number; readonly negated?: boolean }
  | { readonly is: 'conntrack'; readonly states: string; readonly negated?: boolean }
  /** Sources that were seen: remembers one, or asks whether it was remembered in so many seconds. */
  | { readonly is: 'recent'; readonly mode: 'set'; readonly name: string }
  | { readonly is: 'recent'; readonly mode: 'rcheck'; readonly name: string; readonly seconds: number }
  | { readonly is: 'nfacct'; readonly name: string }
  /** A set of networks (ipset, hash:net) by its name; what it holds stands here. */
  | {
      readonly is: 'set';
      readonly name: string;
      readonly side: 'src' | 'dst';
      readonly negated?: boolean;
      readonly networks: readonly string[];
    };

/** What happens with a packet that a rule fits. */
export type Target =
  | { readonly to: 'chain'; readonly chain: string }
  | { readonly to: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly to: 'REJECT'; readonly with: string }
  | { readonly to: 'DNAT'; readonly destination: string }
  | { readonly to: 'MASQUERADE'; readonly isRandom?: boolean }
  | { readonly to: 'MARK'; readonly value: number; readonly mask: number };

export interface Rule {
  readonly source?: AddressMatch;
  readonly destination?: AddressMatch;
  readonly protocol?: Protocol;
  readonly matches?: readonly Match[];
  readonly target: Target;
}

/** A chain; a built-in one has a policy. */
export interface Chain {
  readonly name: string;
  readonly policy?: 'ACCEPT' | 'DROP';
  readonly rules: readonly Rule[];
}

/** The rules of a network namespace. Chains are listed by name, the built-in ones first. */
export interface Netfilter {
  chains(table: Table): readonly Chain[];
  chain(table: Table, name: string): Chain | undefined;
  /** Makes a chain, or gives it other rules, as `iptables-restore --noflush` does. */
  setChain(table: Table, name: string, rules: readonly Rule[]): void;
  /** @throws Error for a built-in chain */
  deleteChain(table: Table, name: string): void;
  /** Puts a rule first, or last, in a chain that is there, unless it is in it. @throws Error where there is no such chain */
  ensureRule(table: Table, chain: string, rule: Rule, place: 'first' | 'last'): void;
}
