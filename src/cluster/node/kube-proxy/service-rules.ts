import type { Match, Rule, Target } from '#machine/netfilter.ts';
import { endpointChain, serviceChain } from './chain-names.ts';
import type { ProxiedEndpoint, ServicePort } from './service-ports.ts';

/** What one Service's port comes to (pkg/proxy/iptables/proxier.go, syncProxyRules). */
export interface ServiceRules {
  /** Chains of the table nat, by name. */
  readonly chains: ReadonlyMap<string, readonly Rule[]>;
  /** For KUBE-SERVICES and KUBE-NODEPORTS of nat. */
  readonly services: readonly Rule[];
  readonly nodePorts: readonly Rule[];
  /** For KUBE-SERVICES and KUBE-EXTERNAL-SERVICES of filter: what has nobody behind it. */
  readonly refused: readonly Rule[];
  readonly refusedExternally: readonly Rule[];
}

const MARK_MASQ: Target = { to: 'chain', chain: 'KUBE-MARK-MASQ' };
const REJECT: Target = { to: 'REJECT', with: 'icmp-port-unreachable' };
const LOOPBACK = '127.0.0.0/8';

/** @param clusterCidr where traffic of Pods comes from */
export function serviceRules(service: ServicePort, clusterCidr: string): ServiceRules {
  const chains = new Map<string, readonly Rule[]>();
  const services: Rule[] = [];
  const nodePorts: Rule[] = [];
  const refused: Rule[] = [];
  const refusedExternally: Rule[] = [];
  const { name, protocol, endpoints, localEndpoints, isInternalLocal, isExternalLocal, nodePort } = service;
  const isExternal = nodePort !== undefined || service.externalIPs.length > 0;
  const cluster = serviceChain('KUBE-SVC-', name, protocol);
  const local = serviceChain('KUBE-SVL-', name, protocol);
  const external = serviceChain('KUBE-EXT-', name, protocol);

  const internal = isInternalLocal ? localEndpoints : endpoints;
  if (internal.length > 0) {
    services.push(toClusterIP(service, `${name} cluster IP`, chain(isInternalLocal ? local : cluster)));
  } else {
    const isElsewhere = endpoints.length > 0;
    const why = isElsewhere ? `${name} has no local endpoints` : `${name} has no endpoints`;
    refused.push(toClusterIP(service, why, isElsewhere ? { to: 'DROP' } : REJECT));
  }

  if (isExternal && endpoints.length > 0) {
    chains.set(external, externalRules(service, clusterCidr, cluster, local));
    for (const ip of service.externalIPs) {
      services.push({ ...toClusterIP(service, `${name} external IP`, chain(external)), destination: { network: ip } });
    }
    if (nodePort !== undefined) nodePorts.push(...nodePortRules(service, nodePort, external));
  }
  if (nodePort !== undefined && (endpoints.length === 0 || (isExternalLocal && localEndpoints.length === 0))) {
    const why = endpoints.length === 0 ? `${name} has no endpoints` : `${name} has no local endpoints`;
    refusedExternally.push({
      protocol,
      matches: [comment(why), { is: 'addrtype', side: 'dst' }, { is: protocol, destination: nodePort }],
      target: endpoints.length === 0 ? REJECT : { to: 'DROP' },
    });
  }

  const masquerade: Rule = {
    source: { network: clusterCidr, negated: true },
    ...toClusterIP(service, `${name} cluster IP`, MARK_MASQ),
  };
  if (endpoints.length > 0 && (!isInternalLocal || isExternal)) {
    chains.set(cluster, [...(isInternalLocal ? [] : [masquerade]), ...balance(service, endpoints)]);
  }
  if (localEndpoints.length > 0 && (isInternalLocal || (isExternal && isExternalLocal))) {
    chains.set(local, [...(isInternalLocal ? [masquerade] : []), ...balance(service, localEndpoints)]);
  }
  const used = chains.has(cluster) ? endpoints : localEndpoints;
  if (chains.size > 0)
    for (const endpoint of used) chains.set(chainOf(service, endpoint), endpointRules(service, endpoint));
  return { chains, services, nodePorts, refused, refusedExternally };
}

function toClusterIP({ clusterIP, protocol, port }: ServicePort, text: string, target: Target): Rule {
  return {
    destination: { network: clusterIP },
    protocol,
    matches: [comment(text), { is: protocol, destination: port }],
    target,
  };
}

/** What comes from outside goes to any endpoint, with the node as its source; or only to those of the node, as it is. */
function externalRules(
  { name, isExternalLocal, localEndpoints }: ServicePort,
  clusterCidr: string,
  cluster: string,
  local: string,
): readonly Rule[] {
  if (!isExternalLocal) {
    return [
      { matches: [comment(`masquerade traffic for ${name} external destinations`)], target: MARK_MASQ },
      { target: chain(cluster) },
    ];
  }
  const fromHere: Match = { is: 'addrtype', side: 'src' };
  const rules: Rule[] = [
    {
      source: { network: clusterCidr },
      matches: [comment(`pod traffic for ${name} external destinations`)],
      target: chain(cluster),
    },
    { matches: [comment(`masquerade LOCAL traffic for ${name} external destinations`), fromHere], target: MARK_MASQ },
    { matches: [comment(`route LOCAL traffic for ${name} external destinations`), fromHere], target: chain(cluster) },
  ];
  return localEndpoints.length > 0 ? [...rules, { target: chain(local) }] : rules;
}

/** Once for those who come over the loopback address, who are counted, and once for all others. */
function nodePortRules({ name, protocol }: ServicePort, nodePort: number, external: string): readonly Rule[] {
  const matches: readonly Match[] = [comment(name), { is: protocol, destination: nodePort }];
  return [
    {
      destination: { network: LOOPBACK },
      protocol,
      matches: [...matches, { is: 'nfacct', name: 'localhost_nps_accepted_pkts' }],
      target: chain(external),
    },
    { protocol, matches, target: chain(external) },
  ];
}

/** Who was there before comes back to where he was; the others are spread evenly. */
function balance(service: ServicePort, endpoints: readonly ProxiedEndpoint[]): readonly Rule[] {
  const { name, stickiness } = service;
  const rules: Rule[] = [];
  if (stickiness !== undefined) {
    for (const endpoint of endpoints) {
      const own = chainOf(service, endpoint);
      rules.push({
        matches: [
          comment(`${name} -> ${endpoint.address}`),
          { is: 'recent', mode: 'rcheck', name: own, seconds: stickiness },
        ],
        target: chain(own),
      });
    }
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const left = endpoints.length - index;
    const text = comment(`${name} -> ${endpoint.address}`);
    rules.push({
      matches: left > 1 ? [text, { is: 'statistic', probability: probability(left) }] : [text],
      target: chain(chainOf(service, endpoint)),
    });
  }
  return rules;
}

function endpointRules(service: ServicePort, endpoint: ProxiedEndpoint): readonly Rule[] {
  const { name, protocol, stickiness } = service;
  const own = chainOf(service, endpoint);
  const remember: readonly Match[] = stickiness === undefined ? [] : [{ is: 'recent', mode: 'set', name: own }];
  return [
    // Who reaches himself through the Service must see an answer from the Service.
    { source: { network: endpoint.ip }, matches: [comment(name)], target: MARK_MASQ },
    {
      protocol,
      matches: [comment(name), ...remember, { is: protocol }],
      target: { to: 'DNAT', destination: endpoint.address },
    },
  ];
}

function chainOf({ name, protocol }: ServicePort, { address }: ProxiedEndpoint): string {
  return endpointChain(name, protocol, address);
}

function chain(name: string): Target {
  return { to: 'chain', chain: name };
}

function comment(text: string): Match {
  return { is: 'comment', text };
}

/** One of so many, as the kernel keeps it: in 2^31sts. */
function probability(left: number): string {
  const asked = Number((1 / left).toFixed(10));
  return (Math.round(asked * 2 ** 31) / 2 ** 31).toFixed(11);
}
