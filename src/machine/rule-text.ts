import type { AddressMatch, Match, Rule, Target } from './netfilter.ts';

/** A rule as `iptables-save` and `iptables -S` print it: `-A KUBE-SERVICES -d 10.96.0.1/32 …`. */
export function ruleText(chain: string, { source, destination, protocol, matches = [], target }: Rule): string {
  const parts = [`-A ${chain}`];
  if (source) parts.push(addressText('-s', source));
  if (destination) parts.push(addressText('-d', destination));
  if (protocol) parts.push(`-p ${protocol}`);
  parts.push(...matches.map(matchText), targetText(target));
  return parts.join(' ');
}

function addressText(flag: string, { network, negated }: AddressMatch): string {
  return `${negated ? '! ' : ''}${flag} ${network.includes('/') ? network : `${network}/32`}`;
}

function matchText(match: Match): string {
  switch (match.is) {
    case 'comment':
      return `-m comment --comment "${match.text}"`;
    case 'addrtype':
      return `-m addrtype ${match.negated ? '! ' : ''}--${match.side}-type LOCAL`;
    case 'tcp':
    case 'udp':
      return [
        `-m ${match.is}`,
        ...(match.source === undefined ? [] : [`--sport ${match.source}`]),
        ...(match.destination === undefined ? [] : [`--dport ${match.destination}`]),
      ].join(' ');
    case 'statistic':
      return `-m statistic --mode random --probability ${match.probability}`;
    case 'mark':
      return `-m mark ${match.negated ? '! ' : ''}--mark ${hex(match.value)}/${hex(match.mask)}`;
    case 'conntrack':
      return `-m conntrack ${match.negated ? '! ' : ''}--ctstate ${match.states}`;
    case 'recent': {
      const mode = match.mode === 'set' ? '--set' : `--rcheck --seconds ${match.seconds} --reap`;
      return `-m recent ${mode} --name ${match.name} --mask 255.255.255.255 --rsource`;
    }
    case 'set':
      return `-m set ${match.negated ? '! ' : ''}--match-set ${match.name} ${match.side}`;
    case 'nfacct':
      // The two blanks are the tool's own.
      return `-m nfacct --nfacct-name  ${match.name}`;
  }
}

function targetText(target: Target): string {
  switch (target.to) {
    case 'chain':
      return `-j ${target.chain}`;
    case 'REJECT':
      return `-j REJECT --reject-with ${target.with}`;
    case 'DNAT':
      return `-j DNAT --to-destination ${target.destination}`;
    case 'MASQUERADE':
      return `-j MASQUERADE${target.isRandom ? ' --random-fully' : ''}`;
    case 'MARK':
      return `-j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    default:
      return `-j ${target.to}`;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
