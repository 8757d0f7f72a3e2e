import type { Match, Netfilter, Rule, Table } from '#machine/netfilter.ts';

const NEW: Match = { is: 'conntrack', states: 'NEW' };
const MASQUERADE_BIT = 0x4000;

interface Jump {
  readonly table: Table;
  readonly from: readonly string[];
  readonly chain: string;
  readonly comment: string;
  /** For first packets alone. */
  readonly isForNew?: boolean;
}

/** From the built-in chains; the last one is put first, and so comes last in its chain. */
const JUMPS: readonly Jump[] = [
  {
    table: 'filter',
    from: ['INPUT', 'FORWARD', 'OUTPUT'],
    chain: 'KUBE-PROXY-FIREWALL',
    comment: 'kubernetes load balancer firewall',
    isForNew: true,
  },
  { table: 'filter', from: ['INPUT'], chain: 'KUBE-NODEPORTS', comment: 'kubernetes health check service ports' },
  { table: 'filter', from: ['FORWARD'], chain: 'KUBE-FORWARD', comment: 'kubernetes forwarding rules' },
  {
    table: 'filter',
    from: ['FORWARD', 'OUTPUT'],
    chain: 'KUBE-SERVICES',
    comment: 'kubernetes service portals',
    isForNew: true,
  },
  {
    table: 'filter',
    from: ['INPUT', 'FORWARD'],
    chain: 'KUBE-EXTERNAL-SERVICES',
    comment: 'kubernetes externally-visible service portals',
    isForNew: true,
  },
  { table: 'nat', from: ['OUTPUT', 'PREROUTING'], chain: 'KUBE-SERVICES', comment: 'kubernetes service portals' },
  { table: 'nat', from: ['POSTROUTING'], chain: 'KUBE-POSTROUTING', comment: 'kubernetes postrouting rules' },
];

const FIXED: readonly (readonly [table: Table, chain: string, rules: readonly Rule[]])[] = [
  ['nat', 'KUBE-MARK-MASQ', [{ target: { to: 'MARK', value: MASQUERADE_BIT, mask: MASQUERADE_BIT } }]],
  [
    'nat',
    'KUBE-POSTROUTING',
    [
      {
        matches: [{ is: 'mark', value: MASQUERADE_BIT, mask: MASQUERADE_BIT, negated: true }],
        target: { to: 'RETURN' },
      },
      { target: { to: 'MARK', value: MASQUERADE_BIT, mask: 0 } },
      {
        matches: [{ is: 'comment', text: 'kubernetes service traffic requiring SNAT' }],
        target: { to: 'MASQUERADE', isRandom: true },
      },
    ],
  ],
  [
    'filter',
    'KUBE-FORWARD',
    [
      {
        matches: [
          { is: 'conntrack', states: 'INVALID' },
          { is: 'nfacct', name: 'ct_state_invalid_dropped_pkts' },
        ],
        target: { to: 'DROP' },
      },
      {
        matches: [
          { is: 'comment', text: 'kubernetes forwarding rules' },
          { is: 'mark', value: MASQUERADE_BIT, mask: MASQUERADE_BIT },
        ],
        target: { to: 'ACCEPT' },
      },
      {
        matches: [
          { is: 'comment', text: 'kubernetes forwarding conntrack rule' },
          { is: 'conntrack', states: 'RELATED,ESTABLISHED' },
        ],
        target: { to: 'ACCEPT' },
      },
    ],
  ],
];

/** What is there before any Service: the chains, the ways into them, and the canaries by which a flush is noticed. */
export function makeBaseChains(netfilter: Netfilter): void {
  for (const table of ['mangle', 'nat', 'filter'] as const) {
    if (!netfilter.chain(table, 'KUBE-PROXY-CANARY')) netfilter.setChain(table, 'KUBE-PROXY-CANARY', []);
  }
  for (const [table, chain, rules] of FIXED) netfilter.setChain(table, chain, rules);
  for (const { table, from, chain, comment, isForNew } of [...JUMPS].reverse()) {
    if (!netfilter.chain(table, chain)) netfilter.setChain(table, chain, []);
    const matches: readonly Match[] = [...(isForNew ? [NEW] : []), { is: 'comment', text: comment }];
    for (const built of from) netfilter.ensureRule(table, built, { matches, target: { to: 'chain', chain } }, 'first');
  }
}

/** The last rule of KUBE-SERVICES. */
export const TO_NODE_PORTS: Rule = {
  matches: [
    { is: 'comment', text: 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' },
    { is: 'addrtype', side: 'dst' },
  ],
  target: { to: 'chain', chain: 'KUBE-NODEPORTS' },
};
