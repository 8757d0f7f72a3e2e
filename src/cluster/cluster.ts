import { Coroutine, type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { node as nodeKind } from './api/kinds/core/node.ts';
import { ApiError, isReason } from './api/status.ts';
import type { Descriptions } from './apiserver/discovery/openapi/schemas.ts';
import { Client } from './client/client.ts';
import { ConnectionError } from './client/connection.ts';
import { corednsProgram } from './components/coredns.ts';
import { dial, readKubeconfig } from './components/credentials.ts';
import { type EtcdDisk, etcdProgram } from './components/etcd.ts';
import { kindnetdProgram } from './components/kindnetd.ts';
import { apiServerProgram } from './components/kube-apiserver.ts';
import { controllerManagerProgram } from './components/kube-controller-manager.ts';
import { kubeProxyProgram } from './components/kube-proxy.ts';
import { schedulerProgram } from './components/kube-scheduler.ts';
import { kubeletProgram } from './components/kubelet.ts';
import { images, NO_USERLAND, type Userland, VERSIONS } from './images.ts';
import { type Addon, addons, kindnet } from './kubeadm/addons.ts';
import { kubeconfig } from './kubeadm/kubeconfig.ts';
import { writeKubeletFiles } from './kubeadm/kubelet-files.ts';
import { controlPlaneManifests } from './kubeadm/manifests.ts';
import { type Identity, readIdentity, signed, writePki } from './kubeadm/pki.ts';
import { ImageCatalog } from './node/containerd/catalog.ts';
import { installFile } from './node/file-system/install.ts';
import { Network } from './node/network/network.ts';
import { ClusterNode, type ClusterNodeOptions, type NodePrograms, type NodeState } from './node/node.ts';
import type { PodNetwork } from './pod-network.ts';
import { Store, type StoreSnapshot } from './store/store.ts';

/** A cluster that was saved, as plain JSON: machines as they stand when they are suspended, and what etcd keeps. */
export interface ClusterState {
  readonly profile: Omit<ClusterProfile, 'network'>;
  /** The Pod network in place of kindnet, by its name: only the profile knows its programs. */
  readonly network?: string;
  /** Milliseconds since the epoch. The kernel that it goes on with begins then, or later: as for machines that slept. */
  readonly now: number;
  readonly random: ReturnType<Kernel['random']['save']>;
  readonly isComplete: boolean;
  readonly nodes: readonly (readonly [name: string, state: NodeState])[];
  readonly etcd: readonly (readonly [directory: string, data: StoreSnapshot])[];
}

/** What a cluster is to be. */
export interface ClusterProfile {
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly role: 'control-plane' | 'worker' }[];
  /** Of each node, as `{cpu: '2', memory: '4025308Ki', pods: '110'}`. */
  readonly capacity: Readonly<Record<string, string>>;
  /** In place of kindnet. */
  readonly network?: PodNetwork;
}

/** The lessons' cluster. */
export const LESSONS: ClusterProfile = {
  name: 'clusterbook',
  nodes: [
    { name: 'cp1', role: 'control-plane' },
    { name: 'w1', role: 'worker' },
    { name: 'w2', role: 'worker' },
  ],
  capacity: {
    cpu: '2',
    'ephemeral-storage': '61202244Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '4025308Ki',
    pods: '110',
  },
};

export interface ClusterOptions {
  readonly kernel: Kernel;
  readonly profile?: ClusterProfile;
  /** It goes on from there; its profile counts, but for the Pod network. */
  readonly saved?: ClusterState;
  readonly descriptions?: Descriptions;
  readonly decodeProtobuf?: (bytes: string) => unknown;
  /** The shells and tools of images; without them they have none. */
  readonly userland?: Userland;
  /** What can be run on nodes beside their services. */
  readonly nodePrograms?: NodePrograms;
  readonly onLog?: (node: string, unit: string, line: string) => void;
}

const SERVICE_CIDR = '10.96.0.0/16';
const POD_CIDR = '10.244.0.0/16';
const FIRST_HOST = 2;
/** Milliseconds. */
const ADDON_RETRY = 500;
/** From a control plane that is ready to the first worker, in milliseconds. */
const JOIN = 4_000;

/** A cluster of simulated machines, as kubeadm makes it. */
export class Cluster {
  readonly kernel: Kernel;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly #controlPlane: ClusterNode;
  readonly #network: PodNetwork | undefined;
  readonly #profile: ClusterProfile;
  readonly #saved: ClusterState | undefined;
  readonly #disk: EtcdDisk = new Map();
  /** Whether kubeadm has done its work. */
  #isComplete = false;

  constructor(options: ClusterOptions) {
    const { kernel, saved, onLog } = options;
    const profile = profileOf(options);
    const states = new Map(saved?.nodes);
    this.kernel = kernel;
    this.#profile = profile;
    this.#network = profile.network;
    this.#saved = saved;
    for (const [directory, data] of saved?.etcd ?? []) {
      const store = new Store(kernel, data);
      store.close();
      this.#disk.set(directory, store);
    }
    const network = new Network(kernel);
    const catalog = new ImageCatalog([
      ...images(components(options, this.#disk), options.userland ?? NO_USERLAND),
      ...(profile.network?.images ?? []),
    ]);
    this.nodes = new Map(
      profile.nodes.map(({ name, role }, index) => [
        name,
        new ClusterNode({
          kernel,
          network,
          catalog,
          name,
          address: `172.18.0.${FIRST_HOST + index}`,
          facts: { capacity: profile.capacity, nodeInfo: states.get(name)?.nodeInfo ?? nodeInfo(kernel) },
          labels:
            role === 'control-plane'
              ? {
                  'node-role.kubernetes.io/control-plane': '',
                  'node.kubernetes.io/exclude-from-external-load-balancers': '',
                }
              : {},
          taints:
            role === 'control-plane' ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : [],
          containerdVersion: VERSIONS.containerd,
          kubelet: kubeletProgram,
          onLog: (unit, line) => onLog?.(name, unit, line),
          ...(options.nodePrograms && { programs: options.nodePrograms }),
          ...(profile.network && { cniPlugins: profile.network.cniPlugins }),
          ...savedAs(states.get(name)),
        }),
      ]),
    );
    const controlPlane = profile.nodes.find(({ role }) => role === 'control-plane');
    const node = this.nodes.get(controlPlane?.name ?? '');
    if (!node) throw new Error('a cluster has a control plane');
    this.#controlPlane = node;
    if (saved) kernel.random.restore(saved.random);
    else this.#prepare(profile);
  }

  get server(): string {
    return `https://${this.#controlPlane.address}:6443`;
  }

  /**
   * As it stands, for another one to go on from. Connections, and what people run on nodes, are not part of it.
   *
   * @param history whether etcd's older revisions are kept; without them a watch from before begins anew (410 Gone)
   */
  save({ history = true }: { readonly history?: boolean } = {}): ClusterState {
    const { network, ...profile } = this.#profile;
    return {
      profile,
      ...(network && { network: network.name }),
      now: this.kernel.now,
      random: this.kernel.random.save(),
      isComplete: this.#isComplete,
      nodes: [...this.nodes].map(([name, node]) => [name, node.save()]),
      etcd: [...this.#disk].map(([directory, store]) => [directory, store.snapshot({ history })]),
    };
  }

  /**
   * Switches the machines on: the control plane comes up from its manifests, gets its addons, and the workers join. A saved cluster goes on
   * where it was.
   */
  start(): void {
    if (this.#saved) this.#resume(this.#saved);
    else this.#controlPlane.start();
    if (this.#saved?.isComplete) {
      this.#isComplete = true;
      return;
    }
    new Coroutine(
      this.kernel,
      this.#init(),
      () => undefined,
      (error) => {
        throw error;
      },
    );
  }

  /** As kind does: `kubeadm init`, the CNI, and `kubeadm join` once the control plane's own Pods have their places. */
  *#init(): Routine<void> {
    const { files, sockets, name } = this.#controlPlane;
    const credentials = readKubeconfig(readTextIfThere(files, '/etc/kubernetes/super-admin.conf') ?? '', files);
    const client = new Client(dial(this.kernel, sockets, credentials), 'kubeadm');
    const { kubernetes, coredns, kindnetd } = VERSIONS;
    const options = {
      server: this.server,
      podCidr: POD_CIDR,
      dnsAddress: '10.96.0.10',
      versions: { kubernetes, coredns, kindnetd },
    };
    const network = this.#network;
    yield* this.#apply(client, [...addons(options), ...(network ? [] : kindnet(options))]);
    // Without a network nobody is ready.
    while (!isThere(client, name, network === undefined)) yield* sleep(this.kernel, ADDON_RETRY);
    yield* sleep(this.kernel, JOIN);
    for (const node of this.nodes.values()) if (node !== this.#controlPlane) node.start();
    if (network) {
      for (const node of this.nodes.keys())
        while (!isThere(client, node, false)) yield* sleep(this.kernel, ADDON_RETRY);
      yield* this.#apply(client, network.manifest(POD_CIDR));
    }
    this.#isComplete = true;
  }

  /** Containers first: what runs in them is what the services ask for. */
  #resume({ nodes }: ClusterState): void {
    for (const [name, state] of nodes) this.nodes.get(name)?.resumeContainers(state);
    for (const [name, state] of nodes) this.nodes.get(name)?.resumeUnits(state);
  }

  *#apply(client: Client, objects: readonly Addon[]): Routine<void> {
    const waiting = [...objects];
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        client.create(next.kind, next.object as never);
        waiting.shift();
      } catch (error) {
        if (isReason(error, 'AlreadyExists')) waiting.shift();
        else if (error instanceof ConnectionError || isReason(error, 'NotFound', 'Forbidden'))
          yield* sleep(this.kernel, ADDON_RETRY);
        else throw error;
      }
    }
  }

  /** A request from outside, as it reaches the control plane's port. @throws Error when nobody answers */
  request(request: HttpRequest): HttpResponse {
    const { http } = this.#controlPlane.sockets.connect('tcp', this.#controlPlane.address, 6443).serves;
    if (!http) throw new Error('EOF');
    return http(request);
  }

  /** Files that kubeadm leaves on each machine. */
  #prepare(profile: ClusterProfile): void {
    const { kernel } = this;
    const { name, address, files } = this.#controlPlane;
    const authorities = writePki({ kernel, nodeName: name, address, serviceAddress: '10.96.0.1' }, (path, text, mode) =>
      installFile(files, path, text, mode),
    );
    const conf = (
      node: ClusterNode,
      path: string,
      user: string,
      commonName: string,
      organizations: readonly string[],
    ) => {
      const identity = signed(kernel, authorities.kubernetes, { commonName, organizations, usages: ['ClientAuth'] });
      installFile(
        node.files,
        `/etc/kubernetes/${path}`,
        kubeconfig(profile.name, this.server, authorities.kubernetes, user, identity),
        0o600,
      );
    };
    conf(this.#controlPlane, 'admin.conf', 'kubernetes-admin', 'kubernetes-admin', ['kubeadm:cluster-admins']);
    conf(this.#controlPlane, 'super-admin.conf', 'kubernetes-super-admin', 'kubernetes-super-admin', [
      'system:masters',
    ]);
    conf(
      this.#controlPlane,
      'controller-manager.conf',
      'system:kube-controller-manager',
      'system:kube-controller-manager',
      [],
    );
    conf(this.#controlPlane, 'scheduler.conf', 'system:kube-scheduler', 'system:kube-scheduler', []);
    for (const node of this.nodes.values()) {
      writeKubeletFiles(
        {
          kernel,
          nodeName: node.name,
          address: node.address,
          clusterName: profile.name,
          server: this.server,
          clusterDns: '10.96.0.10',
          isFirst: node === this.#controlPlane,
        },
        authorities,
        (path, text, mode) => installFile(node.files, path, text, mode),
        (target, path) => node.files.symlink(target, path),
      );
      for (const image of NODE_IMAGES) node.images.preload(image);
    }
    const manifests = controlPlaneManifests({
      nodeName: name,
      address,
      clusterName: profile.name,
      version: VERSIONS.kubernetes,
      etcdVersion: VERSIONS.etcd,
      podCidr: POD_CIDR,
      serviceCidr: SERVICE_CIDR,
    });
    for (const [file, text] of Object.entries(manifests))
      installFile(files, `/etc/kubernetes/manifests/${file}`, text, 0o600);
  }

  /** Who signs for this cluster, as its control plane has it on disk. */
  get authority(): Identity {
    const { files } = this.#controlPlane;
    return readIdentity((path) => readTextIfThere(files, path) ?? '', 'ca');
  }
}

function savedAs(saved: NodeState | undefined): Pick<ClusterNodeOptions, 'saved'> {
  return saved ? { saved } : {};
}

/** @throws Error for a saved cluster whose Pod network is not the profile's */
function profileOf({ saved, profile }: ClusterOptions): ClusterProfile {
  if (!saved) return profile ?? LESSONS;
  const network = profile?.network;
  if (saved.network !== network?.name)
    throw new Error(
      `a cluster with ${saved.network ?? 'kindnet'} was saved, and cannot go on with ${network?.name ?? 'kindnet'}`,
    );
  return { ...saved.profile, ...(network && { network }) };
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

/** What is on a node before any registry is asked. */
const NODE_IMAGES = [
  `registry.k8s.io/kube-apiserver:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-controller-manager:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-scheduler:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-proxy:${VERSIONS.kubernetes}`,
  `registry.k8s.io/etcd:${VERSIONS.etcd}`,
  `registry.k8s.io/coredns/coredns:${VERSIONS.coredns}`,
  `registry.k8s.io/pause:${VERSIONS.pause}`,
  `docker.io/kindest/kindnetd:${VERSIONS.kindnetd}`,
];

function components(
  { descriptions, decodeProtobuf, profile }: ClusterOptions,
  disk: EtcdDisk,
): Parameters<typeof images>[0] {
  return {
    etcd: etcdProgram(disk),
    'kube-apiserver': apiServerProgram({
      ...(descriptions && { descriptions }),
      ...(decodeProtobuf && { decodeProtobuf }),
      ...(profile?.network && { customKinds: profile.network.kinds }),
    }),
    'kube-controller-manager': controllerManagerProgram,
    'kube-scheduler': schedulerProgram,
    'kube-proxy': kubeProxyProgram,
    coredns: corednsProgram,
    kindnetd: kindnetdProgram,
  };
}

function nodeInfo({ random }: Kernel): Readonly<Record<string, string>> {
  const id = Array.from({ length: 32 }, () => random.int(16).toString(16)).join('');
  return {
    architecture: 'amd64',
    bootID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20)}`,
    containerRuntimeVersion: `containerd://${VERSIONS.containerd}`,
    kernelVersion: '6.12.0',
    kubeProxyVersion: '',
    kubeletVersion: VERSIONS.kubernetes,
    machineID: id,
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 13 (trixie)',
    systemUUID: id,
  };
}
