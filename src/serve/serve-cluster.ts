import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Kernel } from '#kernel/kernel.ts';
import { Pacer } from '#kernel/pacer.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { fieldDescriptions } from '../boot/field-descriptions.ts';
import { decodeObject } from '../cluster/api/protobuf/decode.ts';
import { Cluster, type ClusterState } from '../cluster/cluster.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import { LESSONS } from '../cluster/profiles/lessons.ts';
import type { ClusterProfile } from '../cluster/profiles/profile.ts';
import { nodePrograms, USERLAND, WORKSTATION_PROGRAMS } from '../userland/programs.ts';
import { type Handle, httpEdge } from './http-edge.ts';
import { wallClock } from './wall-clock.ts';
import { websocketEdge } from './websocket-edge.ts';

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly seed: number;
  /** Simulated seconds to one of real time. */
  readonly speed: number;
  /** The lessons' unless it says another. */
  readonly profile?: ClusterProfile;
  /** It goes on from there, in its own profile. */
  readonly saved?: ClusterState;
  readonly onLog?: (node: string, unit: string, line: string) => void;
}

export interface ServedCluster {
  readonly profile: ClusterProfile;
  readonly cluster: Cluster;
  readonly controlPlane: ClusterNode;
  readonly kernel: Kernel;
  /** Whether its API server answered when it began: one that was kept may be broken, as it was left. */
  readonly answers: boolean;
  readonly pacer: Pacer;
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  /** A kubeconfig of the control plane's folder, as it is to be used from outside. */
  kubeconfig(name: string): string;
  /** Ends it, and the connections of its clients, whatever they wait for. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** A cluster began so many milliseconds ago: it is settled when it is served, and its clock is that of its clients, who print ages. */
const AGE = 120_000;

/**
 * Starts a cluster, lets it come up, and serves its API over HTTPS on the loopback address, with its own certificates.
 *
 * @throws Error of node:net when the port cannot be had, before the cluster starts; Error when the cluster does not come up
 */
export async function serveCluster(options: ServeOptions): Promise<ServedCluster> {
  const server = createServer({
    requestCert: true,
    // Who is not known is the API server's to refuse, with its own words.
    rejectUnauthorized: false,
  });
  const close = closer(server);
  await listen(server, options.port);
  try {
    return serve(server, options, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function serve(server: Server, options: ServeOptions, close: () => Promise<void>): ServedCluster {
  const { saved, profile = saved?.profile ?? LESSONS } = options;
  // A cluster that was kept slept meanwhile; its clock never goes back.
  const start = saved ? Math.max(saved.now, Date.now()) : Date.now() - AGE;
  const kernel = new Kernel({ start, seed: options.seed, onError: (error) => console.error(error) });
  const cluster = new Cluster({
    kernel,
    decodeProtobuf: decodeObject,
    userland: USERLAND,
    nodePrograms,
    workstationPrograms: WORKSTATION_PROGRAMS,
    descriptions: fieldDescriptions(),
    profile,
    ...(saved && { saved }),
    ...(options.onLog && { onLog: options.onLog }),
  });
  cluster.start();
  kernel.runUntil(Math.max(kernel.now, Date.now()));
  // One that was kept may be broken, as it was left.
  const answers = isUp(cluster);
  if (!answers && !saved) throw new Error('The cluster did not come up; --verbose shows what its kubelets say.');
  const [controlPlane] = cluster.nodes.values();
  if (!controlPlane) throw new Error('a cluster has a control plane');
  const read = (path: string) => readTextIfThere(controlPlane.files, path) ?? '';
  const pacer = new Pacer(kernel, wallClock, options.speed);

  server.setSecureContext({
    key: read('/etc/kubernetes/pki/apiserver.key'),
    cert: read('/etc/kubernetes/pki/apiserver.crt'),
    ca: read('/etc/kubernetes/pki/ca.crt'),
  });
  const handle: Handle = (request) => {
    try {
      return cluster.request(request);
    } finally {
      pacer.poke();
    }
  };
  server.on(
    'request',
    httpEdge(handle, (milliseconds, task) => void kernel.after(milliseconds, task)),
  );
  server.on('upgrade', websocketEdge(handle));
  const address = `https://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  pacer.start();
  return {
    profile,
    cluster,
    controlPlane,
    kernel,
    answers,
    pacer,
    address,
    kubeconfig: (name) => read(`/etc/kubernetes/${name}`).replaceAll(cluster.server, address),
    close: async () => {
      pacer.stop();
      await close();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Node knows of requests only: sockets that became WebSockets, or never finished their handshake, would keep a server open. */
function closer(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

function isUp(cluster: Cluster): boolean {
  try {
    return cluster.request({ method: 'GET', path: '/readyz' }).status === 200;
  } catch {
    return false;
  }
}
