import type { DnsConfig } from '#machine/cri.ts';
import type { Pod } from '../../../api/types/pod.ts';
import { CLUSTER_DOMAIN } from '../pods/pod-hostname.ts';

/** What a Pod's /etc/resolv.conf says (pkg/kubelet/network/dns). @param nodeConfig the node's own file, @param clusterDns `clusterDNS` of the kubelet's configuration */
export function dnsConfigOf({ metadata, spec }: Pod, nodeConfig: string, clusterDns: readonly string[]): DnsConfig {
  const own = spec.dnsConfig ?? {};
  const policy = spec.dnsPolicy === 'ClusterFirst' && spec.hostNetwork ? 'Default' : (spec.dnsPolicy ?? 'ClusterFirst');
  const node = parseResolvConf(nodeConfig);
  const base: DnsConfig =
    policy === 'None'
      ? { servers: [], searches: [], options: [] }
      : policy === 'Default'
        ? node
        : {
            servers: clusterDns,
            searches: [
              `${metadata.namespace}.svc.${CLUSTER_DOMAIN}`,
              `svc.${CLUSTER_DOMAIN}`,
              CLUSTER_DOMAIN,
              ...node.searches,
            ],
            options: ['ndots:5'],
          };
  const options = new Map(
    [...base.options, ...(own.options ?? []).map(optionText)].map((text) => [text.split(':')[0], text]),
  );
  return {
    servers: unique([...base.servers, ...(own.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own.searches ?? [])]),
    options: [...options.values()],
  };
}

function optionText({ name, value }: { readonly name?: string; readonly value?: string }): string {
  return value === undefined ? (name ?? '') : `${name}:${value}`;
}

function parseResolvConf(text: string): DnsConfig {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const last = (keyword: string) => lines.findLast(([first]) => first === keyword)?.slice(1) ?? [];
  return {
    servers: lines.filter(([first]) => first === 'nameserver').flatMap(([, server]) => (server ? [server] : [])),
    searches: last('search').filter((domain) => domain !== '.'),
    options: last('options'),
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
