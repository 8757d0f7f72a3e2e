import type { Kernel } from '#kernel/kernel.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { ChildProcess, ProcessTable, Program, StandardStreams } from '#machine/program.ts';
import { credentialsOf, usersOf } from '#machine/users.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { Log } from '../client/log.ts';
import { Cni } from './cni/cni.ts';
import type { ImageCatalog } from './containerd/catalog.ts';
import { Containerd } from './containerd/containerd.ts';
import { Images } from './containerd/images.ts';
import { FileSystemView } from './file-system/view.ts';
import { Volume } from './file-system/volume.ts';
import { writeBaseFiles } from './host/base-files.ts';
import { KubeletFiles } from './kubelet/files.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { MachineFacts } from './kubelet/node-status.ts';
import type { Filter, Network, NetworkNamespace } from './network/network.ts';
import { DEFAULT_PATH, loadExecutable } from './processes/executables.ts';
import { PidNamespace } from './processes/pid-namespace.ts';
import { Process } from './processes/process.ts';
import { StandIn } from './processes/stand-in.ts';

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
  /** What can be run on the machine itself, by the path of its executable file. */
  readonly programs?: Readonly<Record<string, Program>>;
  readonly onLog: (unit: string, line: string) => void;
}

/** A command on the node itself, as somebody who logged in. */
export interface RunOptions {
  /** Of /etc/passwd. */
  readonly user: string;
  readonly streams: StandardStreams;
  /** Beside HOME, USER, LOGNAME, SHELL and PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user's home by default. */
  readonly workingDirectory?: string;
}

const KUBELET_PORT = 10250;
/** The device number of the disk. */
const DISK = 1;

/** A machine of the cluster: its network, its files, its container runtime, its kubelet. */
export class ClusterNode {
  readonly name: string;
  readonly address: string;
  /** As root sees them. */
  readonly files: FileSystemView;
  readonly sockets: NetworkNamespace;
  readonly containerd: Containerd;
  readonly images: Images;
  readonly #options: ClusterNodeOptions;
  readonly #pids: PidNamespace;
  #kubelet: { readonly kubelet: Kubelet; readonly port: { close(): void }; readonly task: StandIn } | undefined;
  #lastDevice = DISK;

  constructor(options: ClusterNodeOptions) {
    const { kernel, network, catalog, name, address, filter, facts, programs = {} } = options;
    this.#options = options;
    this.name = name;
    this.address = address;
    this.files = FileSystemView.of(new Volume(kernel, DISK));
    writeBaseFiles(this.files, {
      name,
      address,
      machineId: facts.nodeInfo['machineID'] ?? '',
      programs: Object.keys(programs),
    });
    this.#pids = new PidNamespace(undefined, (last) => (last === 0 ? 1 : last + 1 + kernel.random.int(12)));
    new StandIn(this.#pids, { argv: ['/sbin/init'], startedAt: kernel.now });
    this.sockets = network.namespace(filter);
    this.sockets.addAddress(address);
    this.images = new Images(kernel, catalog);
    this.containerd = new Containerd({
      kernel,
      images: this.images,
      cni: new Cni(this.files, network, () => network.namespace(filter)),
      version: options.containerdVersion,
      host: {
        pids: this.#pids,
        sockets: this.sockets,
        files: this.files,
        nextDevice: () => {
          this.#lastDevice += 1;
          return this.#lastDevice;
        },
      },
    });
  }

  /** What runs on the machine, containers' processes too, as root sees it. */
  get processes(): ProcessTable {
    return this.#pids.tableFor(0);
  }

  /**
   * Runs a command on the machine itself.
   *
   * @throws FsError for a command that is not there or cannot be run; ENOENT also for a user that there is not
   */
  run(argv: readonly string[], { user, streams, env, workingDirectory }: RunOptions): ChildProcess {
    const { kernel, programs = {} } = this.#options;
    const account = usersOf(this.files).find(({ name }) => name === user);
    const credentials = credentialsOf(this.files, user);
    if (!account || !credentials) throw new FsError('ENOENT', '/etc/passwd');
    const home = this.files.exists(account.home) ? account.home : '/';
    const files = this.files.as({ credentials, workingDirectory: workingDirectory ?? home });
    const named = (name: string) => programs[name];
    const path = lookUp(files, argv[0] ?? '', DEFAULT_PATH);
    const surroundings = { kernel, pids: this.#pids, hostname: this.name, sockets: this.sockets, programs: named };
    return new Process(surroundings, {
      ...loadExecutable(files, path, argv, named),
      env: { HOME: account.home, USER: user, LOGNAME: user, SHELL: account.shell, PATH: DEFAULT_PATH, ...env },
      files,
      streams,
    });
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
      files: new KubeletFiles(this.files),
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
    const task = new StandIn(this.#pids, { argv: KUBELET_COMMAND, startedAt: kernel.now });
    const port = this.sockets.listen({
      protocol: 'tcp',
      address: '*',
      port: KUBELET_PORT,
      pid: task.pidIn(this.#pids),
      program: 'kubelet',
      serves: { http: kubelet.handler },
    });
    this.#kubelet = { kubelet, port, task };
    kubelet.start();
  }

  stopKubelet(): void {
    this.#kubelet?.kubelet.stop();
    this.#kubelet?.port.close();
    this.#kubelet?.task.leave();
    this.#kubelet = undefined;
  }
}

/** As kubeadm's drop-in of its unit has it. */
const KUBELET_COMMAND = [
  '/usr/bin/kubelet',
  '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
  '--kubeconfig=/etc/kubernetes/kubelet.conf',
  '--config=/var/lib/kubelet/config.yaml',
];
