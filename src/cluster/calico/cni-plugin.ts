import { timestamp as timeOf } from '#kernel/calendar.ts';
import type { PodSandbox } from '#machine/cri.ts';
import { sha1 } from '#x509/sha1.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { isReason } from '../api/status.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';
import { readKubeconfigFile } from '../components/credentials.ts';
import type { CniDelegate } from '../node/cni/cni.ts';
import type { CniMachine } from '../node/node.ts';
import { assignAddress, releaseHandle } from './ipam.ts';
import { clusterInformation } from './kinds.ts';

const NODENAME = '/var/lib/calico/nodename';
const GATEWAY = '169.254.1.1';
/** Annotations with which a Pod asks for addresses (cni-plugin/pkg/k8s). */
const WISHES = ['ipAddrs', 'ipAddrsNoIpam', 'ipv4pools', 'floatingIPs'].map((name) => `cni.projectcalico.org/${name}`);

/**
 * The CNI plugins calico and calico-ipam (cni-plugin/pkg/plugin, pkg/ipamplugin): a Pod has one address of its node's blocks, a gateway that
 * is the same everywhere, and the machine has a route to its interface. Both ask the API server, with the credentials that calico-node left
 * beside their configuration.
 */
export function calicoPlugin(machine: CniMachine): CniDelegate {
  const { kernel, files, network, sockets } = machine;

  /** @throws Error with the plugin's words */
  function connect(configuration: JsonObject): Client {
    if (!files.exists(NODENAME)) {
      const hint = 'check that the calico/node container is running and has mounted /var/lib/calico/';
      throw new Error(`stat ${NODENAME}: no such file or directory: ${hint}`);
    }
    const { kubernetes } = configuration;
    const path = isObject(kubernetes) ? String(kubernetes['kubeconfig']) : '';
    const client = new Client(dial(kernel, sockets, readKubeconfigFile(files, path)), 'calico-cni');
    let isReady: boolean | undefined;
    try {
      isReady = client.get(clusterInformation, undefined, 'default').spec.datastoreReady;
    } catch (error) {
      throw new Error(`error getting ClusterInformation: ${(error as Error).message}`);
    }
    if (!isReady) throw new Error('Calico is currently not ready to process requests');
    return client;
  }

  return {
    add: ({ id, config }, configuration) => {
      const wish = WISHES.find((name) => config.annotations[name] !== undefined);
      if (wish !== undefined)
        throw new Error(
          `the annotation ${wish} is not simulated here; on a real cluster it says which address the Pod gets`,
        );
      const client = connect(configuration);
      const node = files.readText(NODENAME).trim();
      const address = requestAddress(client, { id, config, node, now: kernel.now });
      const namespace = network.behind(sockets);
      namespace.addAddress(address);
      namespace.routes.set({ destination: 'default', via: GATEWAY, device: 'eth0' });
      namespace.routes.set({ destination: GATEWAY, device: 'eth0', scope: 'link' });
      sockets.routes.set({ destination: address, device: interfaceName(config.namespace, config.name), scope: 'link' });
      annotate(client, config, {
        'cni.projectcalico.org/containerID': id,
        'cni.projectcalico.org/podIP': `${address}/32`,
        'cni.projectcalico.org/podIPs': `${address}/32`,
      });
      return { ip: address, host: namespace };
    },
    remove: ({ id, config }, configuration) => {
      const client = connect(configuration);
      releaseHandle(client, handleOf(id));
      annotate(client, config, { 'cni.projectcalico.org/podIP': '', 'cni.projectcalico.org/podIPs': '' });
    },
  };
}

function handleOf(id: string): string {
  return `k8s-pod-network.${id}`;
}

/** The machine's end of the pair (libcalico-go, lib/backend/k8s/conversion): what is behind it shows in its name. */
function interfaceName(namespace: string, pod: string): string {
  const digest = sha1(Uint8Array.from(`${namespace}.${pod}`, (letter) => letter.charCodeAt(0)));
  return `cali${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, 11)}`;
}

/** @throws Error with the plugin's words */
function requestAddress(
  client: Client,
  { id, config, node, now }: Pick<PodSandbox, 'id' | 'config'> & { readonly node: string; readonly now: number },
): string {
  // As Go prints a time.
  const timestamp = `${timeOf(now).replace('T', ' ').replace('Z', '')} +0000 UTC`;
  const attributes = { namespace: config.namespace, node, pod: config.name, timestamp };
  try {
    return assignAddress(client, { node, handle: handleOf(id), attributes, use: 'Workload' });
  } catch (error) {
    throw new Error(`failed to request IPv4 addresses: ${(error as Error).message}`);
  }
}

/** A Pod that is gone meanwhile has no annotations. */
function annotate(
  client: Client,
  { namespace, name }: PodSandbox['config'],
  annotations: Readonly<Record<string, string>>,
): void {
  try {
    client.patch(podKind, { metadata: { namespace, name } }, { metadata: { annotations } }, 'strategic', 'status');
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}
