import type { Pod } from '../../../api/types/pod.ts';

/** `clusterDomain` of the kubelet's configuration. */
export const CLUSTER_DOMAIN = 'cluster.local';
const LONGEST_HOSTNAME = 63;

/** A Pod's host name and domain; '' for none (kubelet_pods.GeneratePodHostNameAndDomain). */
export function hostnameOf({ metadata, spec }: Pod): { readonly hostname: string; readonly domain: string } {
  const name = spec.hostname || metadata.name;
  const hostname = name.length <= LONGEST_HOSTNAME ? name : name.slice(0, LONGEST_HOSTNAME).replace(/[-.]+$/, '');
  return { hostname, domain: spec.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${CLUSTER_DOMAIN}` : '' };
}

/** What the kubelet mounts on /etc/hosts (kubelet_pods.ensureHostsFile). @param nodeHosts the node's own, for Pods on its network */
export function hostsFile(pod: Pod, podIP: string, nodeHosts: string): string {
  const { hostname, domain } = hostnameOf(pod);
  const { hostAliases = [], hostNetwork } = pod.spec;
  const aliases =
    hostAliases.length === 0
      ? ''
      : `\n# Entries added by HostAliases.\n${hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`).join('')}`;
  if (hostNetwork) return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases}`;
  const own = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`;
  return `${MANAGED}${podIP}\t${own}\n${aliases}`;
}

const MANAGED = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`;
