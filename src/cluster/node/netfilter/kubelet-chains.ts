import type { Netfilter, Rule } from '#machine/netfilter.ts';

const CANARY = 'KUBE-KUBELET-CANARY';
const FIREWALL = 'KUBE-FIREWALL';

const BLOCK_LOCALNET: Rule = {
  source: { network: '127.0.0.0/8', negated: true },
  destination: { network: '127.0.0.0/8' },
  matches: [
    { is: 'comment', text: 'block incoming localnet connections' },
    { is: 'conntrack', states: 'RELATED,ESTABLISHED,DNAT', negated: true },
  ],
  target: { to: 'DROP' },
};

/** The chains that a kubelet makes and watches over (pkg/kubelet/kubelet_network_linux.go). */
export function makeKubeletChains(netfilter: Netfilter): void {
  for (const table of ['mangle', 'nat', 'filter'] as const) {
    if (!netfilter.chain(table, CANARY)) netfilter.setChain(table, CANARY, []);
  }
  if (!netfilter.chain('mangle', 'KUBE-IPTABLES-HINT')) netfilter.setChain('mangle', 'KUBE-IPTABLES-HINT', []);
  netfilter.setChain('filter', FIREWALL, [BLOCK_LOCALNET]);
  for (const chain of ['INPUT', 'OUTPUT'])
    netfilter.ensureRule('filter', chain, { target: { to: 'chain', chain: FIREWALL } }, 'last');
}
