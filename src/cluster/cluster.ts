import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import type { Program } from '#machine/program.ts';
import type { Descriptions } from './apiserver/discovery/openapi/schemas.ts';
import { Client } from './client/client.ts';
import { dial } from './client/dial.ts';
import { readKubeconfig } from './components/credentials.ts';
import type { EtcdDisk } from './components/etcd-data.ts';
import { kubeletProgram } from './components/kubelet.ts';
import { componentPrograms } from './components/programs.ts';
import { images, NO_USERLAND, NODE_IMAGES, type Userland, VERSIONS } from './images.ts';
import { kubeadmInit } from './kubeadm/init.ts';
import { writeMachineFiles } from './kubeadm/machine-files.ts';
import { type Identity, readIdentity } from './kubeadm/pki.ts';
import { ImageCatalog } from './node/containerd/catalog.ts';
import { Network } from './node/network/network.ts';
import { ClusterNode, type ClusterNodeOptions, type NodePrograms, type NodeState } from './node/node.ts';
import { listenForLogins } from './node/processes/login.ts';
import { Workstation, type WorkstationState } from './node/workstation.ts';
import { LESSONS } from './profiles/lessons.ts';
import type { PodNetwork } from './profiles/pod-network.ts';
import type { ClusterProfile } from './profiles/profile.ts';
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
  readonly etcd: readonly (readonly [held: string, data: StoreSnapshot])[];
  readonly workstation?: WorkstationState;
}

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
  /** What can be run on the machine with kubectl, outside of the cluster; without it there is no such machine. */
  readonly workstationPrograms?: Readonly<Record<string, Program>>;
  readonly onLog?: (node: string, unit: string, line: string) => void;
}

/** Machines are numbered from 172.18.0.2 on; the one outside of the cluster is their gateway. */
const FIRST_HOST = 2;
const GATEWAY = '172.18.0.1';
/** Of the API server, on the machine outside, as kind publishes it. */
const PUBLISHED_PORT = 6443;

/** A cluster of simulated machines, as kubeadm makes it. */
export class Cluster {
  readonly kernel: Kernel;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** The machine with kubectl. */
  readonly workstation: Workstation | undefined;
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
    for (const [held, data] of saved?.etcd ?? []) {
      const store = new Store(kernel, data);
      store.close();
      this.#disk.set(held, store);
    }
    const { descriptions, decodeProtobuf } = options;
    const programs = componentPrograms(
      {
        ...(descriptions && { descriptions }),
        ...(decodeProtobuf && { decodeProtobuf }),
        ...(profile.network && { customKinds: profile.network.kinds }),
      },
      this.#disk,
    );
    const network = new Network(kernel);
    const catalog = new ImageCatalog([
      ...images(programs, options.userland ?? NO_USERLAND),
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
    for (const each of this.nodes.values()) listenForLogins(each);
    this.workstation = this.#makeWorkstation(network, options);
    if (saved) {
      kernel.random.restore(saved.random);
      if (this.workstation && !saved.workstation) this.#equip(this.workstation);
      return;
    }
    writeMachineFiles({
      kernel,
      clusterName: profile.name,
      server: this.server,
      controlPlane: node,
      nodes: this.nodes.values(),
    });
    for (const { images: own } of this.nodes.values()) for (const image of NODE_IMAGES) own.preload(image);
    if (this.workstation) this.#equip(this.workstation);
  }

  #makeWorkstation(network: Network, { kernel, saved, workstationPrograms }: ClusterOptions): Workstation | undefined {
    if (!workstationPrograms) return undefined;
    const { capacity } = this.#profile;
    const made = new Workstation({
      kernel,
      network,
      name: 'host',
      address: GATEWAY,
      machineId: nodeInfo(kernel)['machineID'] ?? '',
      info: {
        kernelVersion: KERNEL,
        memory: Number.parseInt(capacity['memory'] ?? '', 10),
        cpus: Number(capacity['cpu'] ?? 1),
      },
      programs: workstationPrograms,
      ...(saved?.workstation && { saved: saved.workstation }),
    });
    made.answerNames([...this.nodes.values(), made]);
    made.forward(PUBLISHED_PORT, { address: this.#controlPlane.address, port: 6443 });
    return made;
  }

  /** What a person has there who administers this cluster: a kubeconfig, the machines' names, the alias of the exam. */
  #equip(workstation: Workstation): void {
    const admin = readTextIfThere(this.#controlPlane.files, '/etc/kubernetes/admin.conf') ?? '';
    const server = `https://127.0.0.1:${PUBLISHED_PORT}`;
    workstation.writeHomeFile('.kube/config', admin.replaceAll(this.server, server));
    const names = [...this.nodes.values()].map(({ address, name }) => `${address}\t${name}\n`);
    workstation.files.writeText('/etc/hosts', names.join(''), { append: true });
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
      etcd: [...this.#disk].map(([held, store]) => [held, store.snapshot({ history })]),
      ...(this.workstation && { workstation: this.workstation.save() }),
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
      () => {
        this.#isComplete = true;
      },
      (error) => {
        throw error;
      },
    );
  }

  #init(): Routine<void> {
    const { files, sockets, name } = this.#controlPlane;
    const credentials = readKubeconfig(readTextIfThere(files, '/etc/kubernetes/super-admin.conf') ?? '', files);
    return kubeadmInit({
      kernel: this.kernel,
      client: new Client(dial(this.kernel, sockets, credentials), 'kubeadm'),
      server: this.server,
      controlPlane: name,
      nodes: [...this.nodes.keys()],
      network: this.#network,
      join: () => {
        for (const node of this.nodes.values()) if (node !== this.#controlPlane) node.start();
      },
    });
  }

  /** Containers first: what runs in them is what the services ask for. */
  #resume({ nodes }: ClusterState): void {
    for (const [name, state] of nodes) this.nodes.get(name)?.resumeContainers(state);
    for (const [name, state] of nodes) this.nodes.get(name)?.resumeUnits(state);
  }

  /** A request from outside, as it reaches the control plane's port. @throws Error when nobody answers */
  request(request: HttpRequest): HttpResponse {
    const { http } = this.#controlPlane.sockets.connect('tcp', this.#controlPlane.address, 6443).serves;
    if (!http) throw new Error('EOF');
    return http(request);
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

const KERNEL = '6.12.0';

function nodeInfo({ random }: Kernel): Readonly<Record<string, string>> {
  const id = Array.from({ length: 32 }, () => random.int(16).toString(16)).join('');
  return {
    architecture: 'amd64',
    bootID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20)}`,
    containerRuntimeVersion: `containerd://${VERSIONS.containerd}`,
    kernelVersion: KERNEL,
    kubeProxyVersion: '',
    kubeletVersion: VERSIONS.kubernetes,
    machineID: id,
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 13 (trixie)',
    systemUUID: id,
  };
}
