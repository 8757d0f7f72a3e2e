import type { ProcessContext } from '#machine/program.ts';
import { AddressInUse, ConnectError, type Sockets } from '#machine/sockets.ts';
import type { Node } from '../api/types/core.ts';
import type { Informer } from '../client/informer.ts';
import { NODE_ADDRESS } from './felix.ts';
import { logLine } from './process.ts';

const PORT = 179;

/** BIRD, as its neighbours and `birdcl` know it. */
interface Bird {
  /** Addresses of the nodes that it speaks BGP with: all others (a full mesh). */
  peers(): readonly string[];
}

/** Speaks BGP with the other nodes. What it would announce, of pools with VXLAN, is filtered out: Felix makes their routes. */
export function runBird(process: ProcessContext, nodes: Informer<Node>, self: string): void {
  const { sockets, pid, streams } = process;
  const bird: Bird = {
    peers: () =>
      [...nodes.all()].flatMap(({ metadata: { name, annotations } }) => {
        const address = annotations?.[NODE_ADDRESS]?.split('/')[0];
        return name === self || !address ? [] : [address];
      }),
  };
  try {
    const listener = sockets.listen({
      protocol: 'tcp',
      address: '*',
      port: PORT,
      pid,
      program: 'bird',
      serves: { grpc: bird },
    });
    process.onExit(() => listener.close());
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    streams.out(logLine(process, 'bird', error.message, 'ERROR'));
  }
}

/** What the readiness probe says of sessions (node/pkg/health.checkBIRDReady); undefined when they are as they should be. @param isNew whether calico-node has just started, when all of them must be there: later one is enough */
export function birdComplaint(sockets: Sockets, isNew: boolean): string | undefined {
  const bird = birdAt(sockets, '127.0.0.1');
  if (!bird)
    return 'unable to connect to BIRDv4 socket: dial unix /var/run/calico/bird.ctl: connect: connection refused';
  const [own = ''] = sockets.addresses;
  const peers = bird.peers();
  const missing = peers.filter((peer) => !birdAt(sockets, peer)?.peers().includes(own));
  const isEnough = isNew ? missing.length === 0 : missing.length < peers.length || peers.length === 0;
  return isEnough ? undefined : `BGP not established with ${missing.join(',')}`;
}

function birdAt(sockets: Sockets, address: string): Bird | undefined {
  try {
    return sockets.connect('tcp', address, PORT).serves.grpc as Bird | undefined;
  } catch (error) {
    if (error instanceof ConnectError) return undefined;
    throw error;
  }
}
