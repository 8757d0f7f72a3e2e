import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { ApiError, isReason } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/connection.ts';
import { VERSIONS } from '../images.ts';
import type { PodNetwork } from '../profiles/pod-network.ts';
import { type Addon, addons, kindnet } from './addons.ts';
import { DNS_ADDRESS, POD_CIDR } from './addresses.ts';

/** How often it is tried again, in milliseconds. */
const RETRY = 500;
/** From a control plane that is ready to the first worker, in milliseconds. */
const JOIN = 4_000;

export interface InitOptions {
  readonly kernel: Kernel;
  /** As the administrator. */
  readonly client: Client;
  /** `https://172.18.0.2:6443` */
  readonly server: string;
  readonly controlPlane: string;
  readonly nodes: readonly string[];
  /** In place of kindnet. */
  readonly network: PodNetwork | undefined;
  /** Switches the workers on. */
  readonly join: () => void;
}

/** As kind does: `kubeadm init`, the CNI, and `kubeadm join` once the control plane's own Pods have their places. */
export function* kubeadmInit({
  kernel,
  client,
  server,
  controlPlane,
  nodes,
  network,
  join,
}: InitOptions): Routine<void> {
  const { kubernetes, coredns, kindnetd } = VERSIONS;
  const options = {
    server,
    podCidr: POD_CIDR,
    dnsAddress: DNS_ADDRESS,
    versions: { kubernetes, coredns, kindnetd },
  };
  yield* apply(kernel, client, [...addons(options), ...(network ? [] : kindnet(options))]);
  // Without a network nobody is ready.
  while (!isThere(client, controlPlane, network === undefined)) yield* sleep(kernel, RETRY);
  yield* sleep(kernel, JOIN);
  join();
  if (!network) return;
  for (const node of nodes) while (!isThere(client, node, false)) yield* sleep(kernel, RETRY);
  yield* apply(kernel, client, network.manifest(POD_CIDR));
}

/** What is there stays as it is. */
function* apply(kernel: Kernel, client: Client, objects: readonly Addon[]): Routine<void> {
  const waiting = [...objects];
  for (let next = waiting[0]; next; next = waiting[0]) {
    try {
      client.create(next.kind, next.object as never);
      waiting.shift();
    } catch (error) {
      if (isReason(error, 'AlreadyExists')) waiting.shift();
      else if (error instanceof ConnectionError || isReason(error, 'NotFound', 'Forbidden'))
        yield* sleep(kernel, RETRY);
      else throw error;
    }
  }
}

/** Whether a node has joined, and is ready if that is asked. */
function isThere(client: Client, name: string, mustBeReady: boolean): boolean {
  try {
    const node = client.find(nodeKind, undefined, name);
    if (!mustBeReady) return node !== undefined;
    return node?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof ApiError) return false;
    throw error;
  }
}
