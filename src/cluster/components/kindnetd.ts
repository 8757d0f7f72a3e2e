import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { Client } from '../client/client.ts';
import { dial } from './credentials.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const RETRY = 5_000;

/** kindnetd: writes the CNI configuration of its node once the node has a range of Pod addresses (kind, images/kindnetd). */
export const kindnetdProgram: Program = function* kindnetd(process: ProcessContext): Routine<number> {
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
  for (;;) {
    try {
      const own = client
        .list(nodeKind)
        .items.find(({ status }) => status.addresses?.some(({ address }) => address === env['HOST_IP']));
      const range = own?.spec.podCIDR;
      if (range) {
        files.writeText('/etc/cni/net.d/10-kindnet.conflist', conflist(range));
        break;
      }
    } catch (error) {
      streams.error(`E Failed to get nodes, retrying after error: ${(error as Error).message}\n`);
    }
    yield* sleep(kernel, RETRY);
  }
  return yield* wait<number>((resume) => {
    process.onSignal('TERM', () => resume(0));
    return undefined;
  });
};

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
