import type { AddressMatch, Match, Rule, Target } from '#machine/netfilter.ts';

/** A rule that cannot be made of words. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** What stands behind the chain: `-p tcp -m tcp --dport 80 -j ACCEPT`. @throws RuleError */
export function readRule(words: readonly string[]): Rule {
  let source: AddressMatch | undefined;
  let destination: AddressMatch | undefined;
  let protocol: 'tcp' | 'udp' | undefined;
  let target: Target | undefined;
  const matches: Match[] = [];
  let negated = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const value = () => {
      index += 1;
      const next = words[index];
      if (next === undefined) throw new RuleError(`option "${word}" requires an argument`);
      return next;
    };
    if (word === '!') {
      negated = true;
      continue;
    }
    const not = negated ? { negated: true } : {};
    negated = false;
    switch (word) {
      case '-s':
      case '--source':
        source = { network: network(value()), ...not };
        break;
      case '-d':
      case '--destination':
        destination = { network: network(value()), ...not };
        break;
      case '-p':
      case '--protocol':
        protocol = protocolOf(value());
        break;
      case '-m':
      case '--match':
        checkMatch(value());
        break;
      case '--comment':
        matches.push({ is: 'comment', text: value() });
        break;
      case '--dport':
      case '--destination-port':
        matches.push(portMatch(protocol, { destination: port(value()) }));
        break;
      case '--sport':
      case '--source-port':
        matches.push(portMatch(protocol, { source: port(value()) }));
        break;
      case '--ctstate':
      case '--state':
        matches.push({ is: 'conntrack', states: value(), ...not });
        break;
      case '--mark': {
        const [mark = '', mask = '0xffffffff'] = value().split('/');
        matches.push({ is: 'mark', value: Number(mark), mask: Number(mask), ...not });
        break;
      }
      case '-j':
      case '--jump':
        target = targetOf(value());
        break;
      case '--reject-with':
        target = { to: 'REJECT', with: value() };
        break;
      case '--to-destination':
        target = { to: 'DNAT', destination: value() };
        break;
      default:
        throw new RuleError(`${word} is not simulated here`);
    }
  }
  if (!target) throw new RuleError('a rule without -j is not simulated here');
  return {
    ...(source && { source }),
    ...(destination && { destination }),
    ...(protocol && { protocol }),
    ...(matches.length > 0 && { matches }),
    target,
  };
}

const MATCHES = ['comment', 'tcp', 'udp', 'conntrack', 'state', 'mark'];

function checkMatch(name: string): void {
  if (!MATCHES.includes(name)) throw new RuleError(`-m ${name} is not simulated here`);
}

function network(text: string): string {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(text)) throw new RuleError(`host/network \`${text}' not found`);
  return text;
}

function protocolOf(text: string): 'tcp' | 'udp' {
  if (text === 'tcp' || text === 'udp') return text;
  throw new RuleError(`-p ${text} is not simulated here`);
}

function port(text: string): number {
  if (!/^\d+$/.test(text)) throw new RuleError(`invalid port/service \`${text}' specified`);
  return Number(text);
}

function portMatch(protocol: 'tcp' | 'udp' | undefined, ports: { destination?: number; source?: number }): Match {
  if (!protocol) throw new RuleError(`unknown option "--${ports.destination === undefined ? 's' : 'd'}port"`);
  return { is: protocol, ...ports };
}

function targetOf(name: string): Target {
  switch (name) {
    case 'ACCEPT':
    case 'DROP':
    case 'RETURN':
      return { to: name };
    case 'REJECT':
      return { to: 'REJECT', with: 'icmp-port-unreachable' };
    case 'DNAT':
      return { to: 'DNAT', destination: '' };
    case 'MASQUERADE':
      return { to: 'MASQUERADE' };
    case 'MARK':
    case 'LOG':
    case 'SNAT':
      throw new RuleError(`-j ${name} is not simulated here`);
    default:
      return { to: 'chain', chain: name };
  }
}
