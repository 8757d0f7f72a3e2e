import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Kernel } from '#kernel/kernel.ts';
import { Pacer } from '#kernel/pacer.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { decodeObject } from '../cluster/api/protobuf/decode.ts';
import { Cluster, type ClusterProfile } from '../cluster/cluster.ts';
import { NODE_PROGRAMS, USERLAND } from '../userland/programs.ts';
import { fieldDescriptions } from './field-descriptions.ts';
import { type Handle, httpEdge } from './http-edge.ts';
import { wallClock } from './wall-clock.ts';
import { websocketEdge } from './websocket-edge.ts';

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly seed: number;
  /** Simulated seconds to one of real time. */
  readonly speed: number;
  readonly profile?: ClusterProfile;
  readonly onLog?: (node: string, unit: string, line: string) => void;
}

export interface ServedCluster {
  readonly cluster: Cluster;
  readonly kernel: Kernel;
  readonly pacer: Pacer;
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  /** A kubeconfig of the control plane's folder, as it is to be used from outside. */
  kubeconfig(name: string): string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** A cluster began so many milliseconds ago: it is settled when it is served, and its clock is that of its clients, who print ages. */
const AGE = 120_000;

/** Starts a cluster, lets it come up, and serves its API over HTTPS on the loopback address, with its own certificates. */
export async function serveCluster(options: ServeOptions): Promise<ServedCluster> {
  const kernel = new Kernel({ start: Date.now() - AGE, seed: options.seed, onError: (error) => console.error(error) });
  const cluster = new Cluster({
    kernel,
    decodeProtobuf: decodeObject,
    userland: USERLAND,
    nodePrograms: () => NODE_PROGRAMS,
    descriptions: fieldDescriptions(),
    ...(options.profile && { profile: options.profile }),
    ...(options.onLog && { onLog: options.onLog }),
  });
  cluster.start();
  kernel.runUntil(Date.now());
  if (!isUp(cluster)) throw new Error('The cluster did not come up; --verbose shows what its kubelets say.');
  const pacer = new Pacer(kernel, wallClock, options.speed);
  const [controlPlane] = cluster.nodes.values();
  const read = (path: string) => (controlPlane && readTextIfThere(controlPlane.files, path)) ?? '';
  const handle: Handle = (request) => {
    try {
      return cluster.request(request);
    } finally {
      pacer.poke();
    }
  };
  const server = createServer(
    {
      key: read('/etc/kubernetes/pki/apiserver.key'),
      cert: read('/etc/kubernetes/pki/apiserver.crt'),
      ca: read('/etc/kubernetes/pki/ca.crt'),
      requestCert: true,
      // Who is not known is the API server's to refuse, with its own words.
      rejectUnauthorized: false,
    },
    httpEdge(handle),
  );
  server.on('upgrade', websocketEdge(handle));
  await new Promise<void>((resolve) => server.listen(options.port, LOOPBACK, resolve));
  const address = `https://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  pacer.start();
  return {
    cluster,
    kernel,
    pacer,
    address,
    kubeconfig: (name) => read(`/etc/kubernetes/${name}`).replaceAll(cluster.server, address),
    close: async () => {
      pacer.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isUp(cluster: Cluster): boolean {
  try {
    return cluster.request({ method: 'GET', path: '/readyz' }).status === 200;
  } catch {
    return false;
  }
}
