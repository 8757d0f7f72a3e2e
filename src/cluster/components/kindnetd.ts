import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { Netfilter } from '#machine/netfilter.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import type { Node } from '../api/types/core.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';
import { Informer } from '../client/informer.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** kindnetd: writes the CNI configuration of its node once the node has a range of Pod addresses, and keeps the routes to the ranges of the others (kind, images/kindnetd). */
export const kindnetdProgram: Program = resuming(function* kindnetd(process: ProcessContext): Routine<number> {
  const { kernel, env, files, streams, sockets } = process;
  const [host = '', port = '6443'] = (env['CONTROL_PLANE_ENDPOINT'] ?? '').split(':');
  const token = () => (readTextIfThere(files, `${ACCOUNT}/token`) ?? '').trim();
  const connection = dial(kernel, sockets, {
    host,
    port: Number(port),
    authority: readTextIfThere(files, `${ACCOUNT}/ca.crt`) ?? '',
    token,
  });
  const client = new Client(connection, 'kindnetd');
  streams.error(`I kindnetd is running\n`);
  makeMasqueradeChain(sockets.netfilter, env['POD_SUBNET'] ?? '');
  const nodes = new Informer(kernel, client, nodeKind, {}, (error) =>
    streams.error(`E Failed to watch nodes: ${(error as Error).message}\n`),
  );
  const changed = (node: Node) => {
    const range = node.spec.podCIDR;
    const address = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (!range || !address) return;
    if (address === env['HOST_IP']) files.writeText(CONFIGURATION, conflist(range));
    else sockets.routes.set({ destination: range, via: address, device: 'eth0' });
  };
  nodes.handle({
    added: changed,
    updated: (node, before) => {
      // A heartbeat changes neither.
      if (node.spec !== before.spec || node.status.addresses !== before.status.addresses) changed(node);
    },
    deleted: ({ spec }) => {
      if (spec.podCIDR) sockets.routes.remove(spec.podCIDR);
    },
  });
  nodes.start();
  process.onExit(() => nodes.stop());
  return yield* wait<number>((resume) => {
    process.onSignal('TERM', () => resume(0));
    return undefined;
  });
});

const CONFIGURATION = '/etc/cni/net.d/10-kindnet.conflist';
const MASQ_CHAIN = 'KIND-MASQ-AGENT';

/** What leaves the cluster does so under the node's address. */
function makeMasqueradeChain(netfilter: Netfilter, podSubnet: string): void {
  const comment = (text: string) => ({ is: 'comment', text: `kind-masq-agent: ${text}` }) as const;
  netfilter.setChain('nat', MASQ_CHAIN, [
    {
      destination: { network: podSubnet },
      matches: [comment('local traffic is not subject to MASQUERADE')],
      target: { to: 'RETURN' },
    },
    {
      matches: [comment('outbound traffic is subject to MASQUERADE (must be last in chain)')],
      target: { to: 'MASQUERADE' },
    },
  ]);
  const all = 'ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom KIND-MASQ-AGENT chain';
  const matches = [{ is: 'addrtype', side: 'dst', negated: true }, comment(all)] as const;
  netfilter.ensureRule('nat', 'POSTROUTING', { matches, target: { to: 'chain', chain: MASQ_CHAIN } }, 'last');
}

/** As kind writes it. */
function conflist(range: string): string {
  const configuration = {
    cniVersion: '0.3.1',
    name: 'kindnet',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: '/run/cni-ipam-state',
          routes: [{ dst: '0.0.0.0/0' }],
          ranges: [[{ subnet: range }]],
        },
        mtu: 1500,
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
