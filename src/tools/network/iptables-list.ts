import type { AddressMatch, Chain, Match, Netfilter, Rule, Table, Target } from '#machine/netfilter.ts';
import { ruleText } from '#machine/rule-text.ts';

export interface ListOptions {
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly lineNumbers: boolean;
}

const PROTOCOLS = { tcp: '6', udp: '17' } as const;
/** Names of /etc/services. */
const SERVICES: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  179: 'bgp',
  443: 'https',
  2379: 'etcd-client',
  2380: 'etcd-server',
  8080: 'http-alt',
};

/** Chains as `iptables -L` prints them. Packets are not counted here: the numbers of `-v` are zero. */
export function listChains(netfilter: Netfilter, table: Table, chains: readonly Chain[], options: ListOptions): string {
  return chains.map((chain) => listChain(netfilter, table, chain, options)).join('\n');
}

function listChain(netfilter: Netfilter, table: Table, chain: Chain, options: ListOptions): string {
  const { verbose, lineNumbers } = options;
  const about = chain.policy
    ? `policy ${chain.policy}${verbose ? ' 0 packets, 0 bytes' : ''}`
    : `${references(netfilter, table, chain.name)} references`;
  const heading =
    (lineNumbers ? 'num  ' : '') +
    (verbose ? ' pkts bytes target     prot opt in     out     ' : 'target     prot opt ') +
    'source               destination         ';
  const rows = chain.rules.map(
    (rule, index) => `${lineNumbers ? `${String(index + 1).padEnd(4)} ` : ''}${row(rule, options)}\n`,
  );
  return `Chain ${chain.name} (${about})\n${heading}\n${rows.join('')}`;
}

function references(netfilter: Netfilter, table: Table, name: string): number {
  return netfilter
    .chains(table)
    .flatMap(({ rules }) => rules)
    .filter(({ target }) => target.to === 'chain' && target.chain === name).length;
}

function row(rule: Rule, { numeric, verbose }: ListOptions): string {
  const { source, destination, protocol, matches = [], target } = rule;
  const name = target.to === 'chain' ? target.chain : target.to;
  const shownProtocol = numeric ? (protocol ? PROTOCOLS[protocol] : '0') : (protocol ?? 'all');
  const interfaces = verbose ? (numeric ? ' *      *      ' : ' any    any    ') : '';
  const texts = [...matches.flatMap((match) => matchText(match, numeric)), ...targetTexts(target)];
  return (
    `${verbose ? '    0     0 ' : ''}${name.padEnd(9)}  ${shownProtocol.padEnd(4)} -- ${interfaces}${address(source, numeric)} ` +
    `${address(destination, numeric)} ${texts.map((text) => ` ${text}`).join('')}`
  );
}

function address(match: AddressMatch | undefined, numeric: boolean): string {
  const network = match?.network.replace(/\/32$/, '') ?? (numeric ? '0.0.0.0/0' : 'anywhere');
  return `${match?.negated ? '!' : ' '}${network.padEnd(19)}`;
}

function matchText(match: Match, numeric: boolean): readonly string[] {
  const port = (number: number) => (numeric ? String(number) : (SERVICES[number] ?? String(number)));
  const not = 'negated' in match && match.negated ? '! ' : '';
  switch (match.is) {
    case 'comment':
      return [`/* ${match.text} */`];
    case 'addrtype':
      return [`ADDRTYPE match ${match.side}-type ${match.negated ? '!' : ''}LOCAL`];
    case 'tcp':
    case 'udp': {
      const ports = [
        ...(match.source === undefined ? [] : [`spt:${port(match.source)}`]),
        ...(match.destination === undefined ? [] : [`dpt:${port(match.destination)}`]),
      ];
      return ports.length === 0 ? [match.is] : [`${match.is} ${ports.join(' ')}`];
    }
    case 'statistic':
      return [`statistic mode random probability ${match.probability}`];
    case 'mark':
      return [`mark match ${not}${hex(match.value)}/${hex(match.mask)}`];
    case 'conntrack':
      return [`${not}ctstate ${match.states}`];
    case 'recent': {
      const mode = match.mode === 'set' ? 'SET' : `CHECK seconds: ${match.seconds} reap`;
      return [`recent: ${mode} name: ${match.name} side: source mask: 255.255.255.255`];
    }
    case 'nfacct':
      return [`nfacct-name  ${match.name}`];
    case 'set':
      return [`${not}match-set ${match.name} ${match.side}`];
  }
}

function targetTexts(target: Target): readonly string[] {
  switch (target.to) {
    case 'REJECT':
      return [`reject-with ${target.with}`];
    case 'DNAT':
      return [`to:${target.destination}`];
    case 'MASQUERADE':
      return target.isRandom ? ['random-fully'] : [];
    case 'MARK':
      if (target.mask === 0) return [`MARK xor ${hex(target.value)}`];
      return target.mask === target.value
        ? [`MARK or ${hex(target.value)}`]
        : [`MARK xset ${hex(target.value)}/${hex(target.mask)}`];
    default:
      return [];
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Chains as `iptables -S` prints them, those that are built in with their policy. */
export function specifyChains(chains: readonly Chain[]): string {
  const heads = chains.map(({ name, policy }) => (policy ? `-P ${name} ${policy}\n` : `-N ${name}\n`));
  return heads.join('') + ruleLines(chains);
}

function ruleLines(chains: readonly Chain[]): string {
  return chains.flatMap(({ name, rules }) => rules.map((rule) => `${ruleText(name, rule)}\n`)).join('');
}

/** A table as `iptables-save` prints it. */
export function saveTable(netfilter: Netfilter, table: Table): string {
  const chains = netfilter.chains(table);
  const heads = chains.map(({ name, policy }) => `:${name} ${policy ?? '-'} [0:0]\n`);
  return `*${table}\n${heads.join('')}${ruleLines(chains)}COMMIT\n`;
}
