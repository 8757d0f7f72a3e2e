import type { ProcessContext } from '#machine/program.ts';
import type { Node } from '../api/types/core.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import { blockAffinity, ipPool } from './kinds.ts';
import { logLine } from './process.ts';
import type { BlockAffinitySpec, CalicoObject, IPPoolSpec } from './types.ts';

/** A node's address, and its network, in an annotation. */
export const NODE_ADDRESS = 'projectcalico.org/IPv4Address';
/** What Felix signs its routes with (RouteTable, `defaultRouteProtocol`). */
const FELIX = '80';

/**
 * Felix, as far as packets of Pods depend on it: routes to the blocks of other nodes, which are all on one subnet, so that a pool with
 * `vxlanMode: CrossSubnet` needs no tunnel; a blackhole for the addresses of its own blocks that nobody has; NAT for what leaves the pools
 * (felix/dataplane/linux, felix/rules/nat.go). Policies, and the chains of the filter that apply them, are not simulated. Its routes stay
 * when it stops.
 */
export function runFelix(process: ProcessContext, client: Client, nodes: Informer<Node>, self: string): void {
  const { kernel, streams, sockets } = process;
  const complain = (error: unknown) =>
    streams.out(logLine(process, 'felix/sync_client.go 389', (error as Error).message, 'ERROR'));
  const blocks = new Informer(kernel, client, blockAffinity, {}, complain);
  const pools = new Informer(kernel, client, ipPool, {}, complain);
  const routed = new Set<string>();

  function route({ spec: { cidr, node } }: CalicoObject<BlockAffinitySpec>): void {
    const via = nodes.get(undefined, node)?.metadata.annotations?.[NODE_ADDRESS]?.split('/')[0];
    if (node !== self && !via) {
      unroute(cidr);
      return;
    }
    const way =
      node === self || !via ? ({ device: '', type: 'blackhole' } as const) : { via, device: 'eth0', isOnlink: true };
    sockets.routes.set({ destination: cidr, protocol: FELIX, ...way });
    routed.add(cidr);
  }
  function unroute(cidr: string): void {
    if (routed.delete(cidr)) sockets.routes.remove(cidr);
  }
  const ofNode = ({ metadata }: Node) => {
    for (const block of blocks.all()) if (block.spec.node === metadata.name) route(block);
  };
  const masquerade = () =>
    writeNat(
      process,
      [...pools.all()].map(({ spec }) => spec),
    );

  nodes.handle({
    added: ofNode,
    updated: (node, before) => {
      if (node.metadata.annotations?.[NODE_ADDRESS] !== before.metadata.annotations?.[NODE_ADDRESS]) ofNode(node);
    },
    deleted: ofNode,
  });
  blocks.handle({ added: route, updated: route, deleted: ({ spec }) => unroute(spec.cidr) });
  pools.handle({ added: masquerade, updated: masquerade, deleted: masquerade });
  const informers = [blocks, pools];
  for (const informer of informers) informer.start();
  process.onExit(() => {
    for (const informer of informers) informer.stop();
  });
}

/** The names of rules are hashes of what they say, so these are the same on every cluster. */
function writeNat({ sockets: { netfilter } }: ProcessContext, pools: readonly IPPoolSpec[]): void {
  const comment = (hash: string) => ({ is: 'comment', text: `cali:${hash}` }) as const;
  const all = pools.map(({ cidr }) => cidr);
  const masqueraded = pools.filter(({ natOutgoing }) => natOutgoing).map(({ cidr }) => cidr);
  netfilter.setChain('nat', 'cali-fip-snat', []);
  netfilter.setChain(
    'nat',
    'cali-nat-outgoing',
    masqueraded.length === 0
      ? []
      : [
          {
            matches: [
              comment('flqWnvo8yq4ULQLa'),
              { is: 'set', name: 'cali40masq-ipam-pools', side: 'src', networks: masqueraded },
              { is: 'set', name: 'cali40all-ipam-pools', side: 'dst', negated: true, networks: all },
            ],
            target: { to: 'MASQUERADE', isRandom: true },
          },
        ],
  );
  netfilter.setChain('nat', 'cali-POSTROUTING', [
    { matches: [comment('Z-c7XtVd2Bq7s_hA')], target: { to: 'chain', chain: 'cali-fip-snat' } },
    { matches: [comment('nYKhEzDlr11Jccal')], target: { to: 'chain', chain: 'cali-nat-outgoing' } },
  ]);
  const rule = { matches: [comment('O3lYWMrLQYEMJtB5')], target: { to: 'chain', chain: 'cali-POSTROUTING' } } as const;
  netfilter.ensureRule('nat', 'POSTROUTING', rule, 'first');
}
