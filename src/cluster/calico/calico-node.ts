import { timestamp } from '#kernel/calendar.ts';
import { type Routine, sleep } from '#kernel/coroutine.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { ConnectError } from '#machine/sockets.ts';
import { endpoints as endpointsKind } from '../api/kinds/core/endpoints.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { isReason } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import { installFile } from '../node/file-system/install.ts';
import { birdComplaint, runBird } from './bird.ts';
import { keepCniKubeconfig } from './cni-kubeconfig.ts';
import { NODE_ADDRESS, runFelix } from './felix.ts';
import { assignAddress } from './ipam.ts';
import { bgpConfiguration, clusterInformation, tier } from './kinds.ts';
import { health, logLine, serveHttp, untilDone, untilTold } from './process.ts';
import { accountClient } from './service-account.ts';
import { CALICO_VERSION } from './versions.ts';

const CRD = 'crd.projectcalico.org/v1';
const NODENAME = '/var/lib/calico/nodename';
/** Of Pods: that of eth0 less what VXLAN adds. */
const MTU = '1450';
const FELIX_PORT = 9099;
const TYPHA_PORT = 5473;
const RETRY = 1_000;
/** How long all sessions of BGP must be there at once, in milliseconds. */
const NEW = 30_000;
/** What Felix needs until the data plane is as it should be. */
const FIRST_PASS = 1_500;

/**
 * The program of the image calico/node: its entry point starts all of its services; the probes, the hook and the init container call
 * /bin/calico-node with one flag each (node/cmd/calico-node).
 */
export const calicoNodeProgram: Program = resuming(function* calicoNode(process: ProcessContext): Routine<number> {
  const [, ...flags] = process.argv;
  if (flags.includes('-felix-ready') || flags.includes('-bird-ready')) return checkReady(process, flags);
  if (flags.includes('-shutdown')) return yield* shutDown(process);
  if (flags.includes('-init')) {
    process.streams.out(logLine(process, 'init/calico-init_linux.go 57', 'Checking if BPF filesystem is mounted.'));
    return 0;
  }
  return yield* run(process);
});

function* run(process: ProcessContext): Routine<number> {
  const { kernel, env, streams, isResumed } = process;
  const name = env['NODENAME'] ?? process.hostname;
  const client = accountClient(process, 'calico-node');
  let isReady = isResumed;
  serveHttp(
    process,
    'calico-node',
    '127.0.0.1',
    FELIX_PORT,
    health(() => isReady),
  );
  if (!isResumed) yield* startUp(process, client, name);
  yield* keepCniKubeconfig(process, client);
  const nodes = new Informer(kernel, client, nodeKind, {}, (error) =>
    streams.out(logLine(process, 'confd/client.go 1', (error as Error).message, 'ERROR')),
  );
  nodes.start();
  process.onExit(() => nodes.stop());
  runBird(process, nodes, name);
  while (!isResumed && !reachesTypha(process, client)) {
    streams.out(logLine(process, 'felix/daemon.go 1157', 'Failed to connect to Typha. Retrying...', 'ERROR'));
    yield* sleep(kernel, RETRY);
  }
  runFelix(process, client, nodes, name);
  if (!isResumed) {
    streams.out(logLine(process, 'felix/daemon.go 420', 'Connect to the dataplane driver.'));
    yield* sleep(kernel, FIRST_PASS);
  }
  isReady = true;
  return yield* untilTold(process);
}

/** What is done before its services start (node/pkg/lifecycle/startup), and the address of its tunnel. */
function* startUp(process: ProcessContext, client: Client, name: string): Routine<void> {
  const { kernel, env, files, streams, sockets } = process;
  const say = (where: string, text: string) => streams.out(logLine(process, where, text));
  say('startup/startup.go 111', `Starting node ${name} with version ${CALICO_VERSION}`);
  installFile(files, NODENAME, name);
  installFile(files, '/var/lib/calico/mtu', MTU);
  const address = sockets.addresses[0] ?? '';
  yield* untilDone(process, 'startup/startup.go 572', () => {
    client.get(nodeKind, undefined, name);
    initialize(client, env['CLUSTER_TYPE'] ?? '', (below) => kernel.random.int(below));
    annotate(client, name, { [NODE_ADDRESS]: `${address}/16` });
    setNetworkUnavailable(process, client, name, false);
  });
  say('startup/startup.go 346', 'Calico started successfully');
  yield* untilDone(process, 'tunnel-ip-allocator/allocateip.go 319', () => ensureTunnelAddress(client, name));
}

/** What the first calico-node of a cluster makes (startup.ensureDefaultConfig, clientv3.EnsureInitialized). */
function initialize(client: Client, clusterType: string, random: (below: number) => number): void {
  const guid = Array.from({ length: 32 }, () => random(16).toString(16)).join('');
  const objects = [
    [
      clusterInformation,
      'ClusterInformation',
      'default',
      {
        calicoVersion: CALICO_VERSION,
        clusterGUID: guid,
        clusterType: `${clusterType},kubeadm,kdd`,
        datastoreReady: true,
      },
    ],
    [tier, 'Tier', 'default', { defaultAction: 'Deny', order: 1_000_000 }],
    [tier, 'Tier', 'kube-admin', { defaultAction: 'Pass', order: 1_000 }],
    [tier, 'Tier', 'kube-baseline', { defaultAction: 'Pass', order: 10_000_000 }],
    [bgpConfiguration, 'BGPConfiguration', 'default', {}],
  ] as const;
  for (const [kind, kindName, name, spec] of objects) {
    if (client.find<never>(kind as never, undefined, name)) continue;
    try {
      client.create<never>(kind as never, { apiVersion: CRD, kind: kindName, metadata: { name }, spec } as never);
    } catch (error) {
      // Another node's was first.
      if (!isReason(error, 'AlreadyExists')) throw error;
    }
  }
}

function annotate(client: Client, name: string, annotations: Readonly<Record<string, string>>): void {
  client.patch(nodeKind, { metadata: { name } }, { metadata: { annotations } }, 'strategic', 'status');
}

/** The address of vxlan.calico on this node, which other nodes would send to (node/pkg/allocateip). */
function ensureTunnelAddress(client: Client, node: string): void {
  const annotation = 'projectcalico.org/IPv4VXLANTunnelAddr';
  if (client.get(nodeKind, undefined, node).metadata.annotations?.[annotation]) return;
  const attributes = { node, type: 'vxlanTunnelAddress' };
  const address = assignAddress(client, { node, handle: `vxlan-tunnel-addr-${node}`, attributes, use: 'Tunnel' });
  annotate(client, node, { [annotation]: address });
}

function setNetworkUnavailable({ kernel }: ProcessContext, client: Client, name: string, isDown: boolean): void {
  const now = timestamp(kernel.now);
  const condition = {
    type: 'NetworkUnavailable',
    status: isDown ? 'True' : 'False',
    reason: isDown ? 'CalicoIsDown' : 'CalicoIsUp',
    message: isDown ? 'Calico is shutting down on this node' : 'Calico is running on this node',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  client.patch(nodeKind, { metadata: { name } }, { status: { conditions: [condition] } }, 'strategic', 'status');
}

/** Whether one of the endpoints of its Service takes a connection (typha/pkg/discovery). */
function reachesTypha({ sockets, env }: ProcessContext, client: Client): boolean {
  const namespace = env['FELIX_TYPHAK8SNAMESPACE'] ?? '';
  const service = env['FELIX_TYPHAK8SSERVICENAME'] ?? '';
  try {
    const { subsets = [] } = client.get(endpointsKind, namespace, service);
    return subsets.some(({ addresses = [] }) => addresses.some(({ ip }) => connects(sockets, ip)));
  } catch {
    return false;
  }
}

function connects(sockets: ProcessContext['sockets'], address: string): boolean {
  try {
    sockets.connect('tcp', address, TYPHA_PORT);
    return true;
  } catch (error) {
    if (error instanceof ConnectError) return false;
    throw error;
  }
}

/** The readiness probe (node/pkg/health). */
function checkReady({ kernel, files, sockets, streams }: ProcessContext, flags: readonly string[]): number {
  const url = `http://localhost:${FELIX_PORT}/readiness`;
  const fails = (why: string) => {
    streams.out(`calico/node is not ready: ${why}\n`);
    return 1;
  };
  try {
    const { http } = sockets.connect('tcp', '127.0.0.1', FELIX_PORT).serves;
    const status = http?.({ method: 'GET', path: '/readiness' }).status ?? 0;
    if (flags.includes('-felix-ready') && status !== 204)
      return fails(`felix is not ready: readiness probe reporting ${status}`);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return fails(`felix is not ready: Get ${JSON.stringify(url)}: dial tcp 127.0.0.1:${FELIX_PORT}: ${error.message}`);
  }
  if (!flags.includes('-bird-ready')) return 0;
  if (!files.exists(NODENAME))
    return fails(`BIRD is not ready: failed to stat() nodename file: stat ${NODENAME}: no such file or directory`);
  const complaint = birdComplaint(sockets, kernel.now - files.stat(NODENAME).mtime < NEW);
  return complaint === undefined ? 0 : fails(`BIRD is not ready: ${complaint}`);
}

/** The hook before a container of calico-node is stopped (node/pkg/lifecycle/shutdown). */
function* shutDown(process: ProcessContext): Routine<number> {
  const name = process.env['NODENAME'] ?? process.hostname;
  process.streams.out(logLine(process, 'shutdown/shutdown.go 41', `Shutting down node ${name}`));
  const client = accountClient(process, 'calico-node');
  yield* untilDone(process, 'shutdown/shutdown.go 78', () => setNetworkUnavailable(process, client, name, true));
  return 0;
}
