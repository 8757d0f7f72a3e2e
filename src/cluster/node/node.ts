import type { Kernel } from '#kernel/kernel.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { Log } from '../client/log.ts';
import { Cni } from './cni/cni.ts';
import type { ImageCatalog } from './containerd/catalog.ts';
import { Containerd } from './containerd/containerd.ts';
import { Images } from './containerd/images.ts';
import { ContainerFiles, HostFiles } from './host-files.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { MachineFacts } from './kubelet/node-status.ts';
import type { Filter, Network, NetworkNamespace } from './network/network.ts';

export interface ClusterNodeOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly catalog: ImageCatalog;
  readonly name: string;
  readonly address: string;
  readonly facts: Omit<MachineFacts, 'addresses'>;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
  readonly containerdVersion: string;
  readonly filter: Filter;
  readonly onLog: (unit: string, line: string) => void;
}

const KUBELET_PORT = 10250;

/** A machine of the cluster: its network, its files, its container runtime, its kubelet. */
export class ClusterNode {
  readonly name: string;
  readonly address: string;
  readonly files: HostFiles;
  readonly sockets: NetworkNamespace;
  readonly containerd: Containerd;
  readonly images: Images;
  readonly #options: ClusterNodeOptions;
  #kubelet: { readonly kubelet: Kubelet; readonly port: { close(): void } } | undefined;
  #lastPid = 700;

  constructor(options: ClusterNodeOptions) {
    const { kernel, network, catalog, name, address, filter } = options;
    this.#options = options;
    this.name = name;
    this.address = address;
    this.files = new HostFiles(kernel);
    this.sockets = network.namespace(filter);
    this.sockets.addAddress(address);
    this.images = new Images(kernel, catalog);
    this.containerd = new Containerd({
      kernel,
      images: this.images,
      cni: new Cni(this.files, network, () => network.namespace(filter)),
      version: options.containerdVersion,
      host: {
        nextPid: () => this.nextPid(),
        sockets: this.sockets,
        files: (config) => new ContainerFiles(this.files, config, new Map([['/etc/resolv.conf', RESOLV_CONF]])),
        appendLog: (path, text) => this.files.append(path, text),
        removeLog: (path) => this.files.remove(path),
      },
    });
  }

  nextPid(): number {
    this.#lastPid += 1 + this.#options.kernel.random.int(12);
    return this.#lastPid;
  }

  get isKubeletRunning(): boolean {
    return this.#kubelet !== undefined;
  }

  /** Starts the kubelet's process. @param connection to the API server, as this node */
  startKubelet(connection: Connection | undefined): void {
    if (this.#kubelet) return;
    const { kernel, facts, labels, taints, onLog } = this.#options;
    const kubelet = new Kubelet({
      kernel,
      nodeName: this.name,
      hostIP: this.address,
      client: connection && new Client(connection, 'kubelet'),
      runtime: this.containerd,
      files: this.files,
      sockets: this.sockets,
      log: new Log(kernel, (line) => onLog('kubelet', line)),
      staticPodPath: '/etc/kubernetes/manifests',
      facts: {
        ...facts,
        addresses: [
          { type: 'InternalIP', address: this.address },
          { type: 'Hostname', address: this.name },
        ],
      },
      labels,
      taints,
      providerID: '',
    });
    const port = this.sockets.listen({
      protocol: 'tcp',
      address: '*',
      port: KUBELET_PORT,
      pid: this.nextPid(),
      program: 'kubelet',
      serves: { http: kubelet.handler },
    });
    this.#kubelet = { kubelet, port };
    kubelet.start();
  }

  stopKubelet(): void {
    this.#kubelet?.kubelet.stop();
    this.#kubelet?.port.close();
    this.#kubelet = undefined;
  }
}

/** What the kubelet writes for Pods with `dnsPolicy: ClusterFirst`. */
const RESOLV_CONF = `search default.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
`;
