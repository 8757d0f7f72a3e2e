import { Coroutine } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { JournalEntry } from '#machine/journal.ts';
import type { ChildProcess, ProcessTable, Program, StandardStreams } from '#machine/program.ts';
import type { Units } from '#machine/units.ts';
import { credentialsOf, usersOf } from '#machine/users.ts';
import { Cni, type CniDelegate, type CniState } from './cni/cni.ts';
import type { ImageCatalog } from './containerd/catalog.ts';
import { Containerd, type ContainerdState } from './containerd/containerd.ts';
import { Images, type ImagesState } from './containerd/images.ts';
import { containerdProgram } from './containerd/program.ts';
import { restoreVolume, snapshotVolume, type VolumeData } from './file-system/snapshot.ts';
import { FileSystemView } from './file-system/view.ts';
import { Volume } from './file-system/volume.ts';
import { writeBaseFiles } from './host/base-files.ts';
import { MachineJournal } from './journal/journal.ts';
import type { MachineFacts } from './kubelet/node/node-status.ts';
import type { KubeletProgramOptions } from './kubelet/options.ts';
import { machineRoutes } from './network/machine-routes.ts';
import type { Network, NetworkNamespace, NetworkState } from './network/network.ts';
import { DEFAULT_PATH, loadExecutable } from './processes/executables.ts';
import { PidNamespace } from './processes/pid-namespace.ts';
import { type MachineInfo, procVolume } from './processes/proc.ts';
import { Process, type Surroundings } from './processes/process.ts';
import { StandIn } from './processes/stand-in.ts';
import { Systemd } from './systemd/systemd.ts';

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
  /** The program of the kubelet, for a node. */
  readonly kubelet: (options: KubeletProgramOptions) => Program;
  /** What else can be run on the machine itself, by the path of its executable file: a shell, tools that ask systemd or containerd. */
  readonly programs?: NodePrograms;
  /** CNI plugins beside those that every node has. */
  readonly cniPlugins?: (machine: CniMachine) => Readonly<Record<string, CniDelegate>>;
  readonly onLog: (unit: string, line: string) => void;
  /** It is a machine that was saved. */
  readonly saved?: NodeState;
}

/** A machine that was saved. */
export interface NodeState {
  readonly bootedAt: number;
  readonly disk: VolumeData;
  readonly lastDevice: number;
  readonly lastPid: number;
  readonly nodeInfo: Readonly<Record<string, string>>;
  readonly network: NetworkState;
  readonly cni: CniState;
  readonly images: ImagesState;
  readonly containerd: ContainerdState;
  readonly units: ReturnType<Systemd['save']>;
  readonly journal: readonly JournalEntry[];
}

/** What a CNI plugin finds on its machine. */
export interface CniMachine {
  readonly kernel: Kernel;
  readonly files: FileSystemView;
  readonly network: Network;
  readonly sockets: NetworkNamespace;
}

/** The programs of a node, which may need what the node has. */
export type NodePrograms = (node: ClusterNode) => Readonly<Record<string, Program>>;

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

const CONTAINERD = 'containerd.service';
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
  readonly journal: MachineJournal;
  readonly #options: ClusterNodeOptions;
  readonly #pids: PidNamespace;
  readonly #programs: Readonly<Record<string, Program>>;
  readonly #systemd: Systemd;
  readonly #cni: Cni;
  readonly #bootedAt: number;
  #lastDevice = DISK;

  constructor(options: ClusterNodeOptions) {
    const { kernel, network, catalog, name, address, facts, saved } = options;
    this.#options = options;
    this.name = name;
    this.address = address;
    this.files = FileSystemView.of(saved ? restoreVolume(kernel, saved.disk) : new Volume(kernel, DISK));
    this.#pids = new PidNamespace(undefined, (last) => (last === 0 ? 1 : last + 1 + kernel.random.int(12)));
    this.#bootedAt = saved?.bootedAt ?? kernel.now;
    new StandIn(this.#pids, { argv: ['/sbin/init'], startedAt: this.#bootedAt });
    this.sockets = network.machine();
    this.sockets.addAddress(address);
    for (const route of machineRoutes(address)) this.sockets.routes.set(route);
    this.images = new Images(kernel, catalog);
    this.#cni = new Cni(
      kernel,
      this.files,
      network,
      this.sockets,
      options.cniPlugins?.({ kernel, files: this.files, network, sockets: this.sockets }),
    );
    const machine: MachineInfo = {
      kernelVersion: facts.nodeInfo['kernelVersion'] ?? '',
      memory: Number.parseInt(facts.capacity['memory'] ?? '', 10),
      cpus: Number(facts.capacity['cpu'] ?? 1),
      bootedAt: this.#bootedAt,
    };
    this.containerd = new Containerd({
      kernel,
      images: this.images,
      cni: this.#cni,
      version: options.containerdVersion,
      host: {
        pids: this.#pids,
        sockets: this.sockets,
        files: this.files,
        machine,
        nextDevice: () => {
          this.#lastDevice += 1;
          return this.#lastDevice;
        },
      },
    });
    this.journal = new MachineJournal(kernel, name);
    this.journal.follow({}, ({ identifier, message }) => options.onLog(identifier, message));
    this.#systemd = new Systemd({
      surroundings: this.#surroundings,
      files: this.files,
      journal: this.journal,
      others: (unit) => (unit === CONTAINERD ? this.containerd.shims() : []),
    });
    this.#programs = { ...options.programs?.(this), ...this.#services() };
    if (saved) this.#restore(saved);
    else {
      writeBaseFiles(this.files, {
        name,
        address,
        machineId: facts.nodeInfo['machineID'] ?? '',
        programs: Object.keys(this.#programs),
      });
    }
    this.files.bind(FileSystemView.of(procVolume(kernel, this.#pids, machine)), '/', '/proc', { isReadOnly: true });
  }

  /** Everything that outlives its processes, and those that go on. */
  save(): NodeState {
    return {
      bootedAt: this.#bootedAt,
      disk: snapshotVolume(this.files.mounts.root.volume),
      lastDevice: this.#lastDevice,
      lastPid: this.#pids.last,
      nodeInfo: this.#options.facts.nodeInfo,
      network: this.sockets.save(),
      cni: this.#cni.save(),
      images: this.images.save(),
      containerd: this.containerd.save(),
      units: this.#systemd.save(),
      journal: this.journal.save(),
    };
  }

  #restore({ lastDevice, lastPid, network, cni, images, containerd, journal }: NodeState): void {
    this.#lastDevice = lastDevice;
    this.#pids.continueAfter(lastPid);
    this.sockets.restore(network);
    this.#cni.restore(cni);
    this.images.restore(images);
    this.containerd.restore(containerd);
    this.journal.restore(journal);
  }

  /** What ran in containers when it was saved goes on. */
  resumeContainers({ containerd }: NodeState): void {
    this.containerd.resume(containerd);
  }

  /** The services that ran when it was saved go on. */
  resumeUnits({ units }: NodeState): void {
    this.#systemd.resume(units);
  }

  /** systemd, as systemctl asks it. */
  get units(): Units {
    return this.#systemd;
  }

  get #surroundings(): Surroundings {
    return {
      kernel: this.#options.kernel,
      pids: this.#pids,
      hostname: this.name,
      sockets: this.sockets,
      programs: (name) => this.#programs[name],
    };
  }

  #services(): Readonly<Record<string, Program>> {
    const { facts, labels, taints, containerdVersion } = this.#options;
    const addresses = [
      { type: 'InternalIP', address: this.address },
      { type: 'Hostname', address: this.name },
    ];
    return {
      '/usr/local/bin/containerd': containerdProgram(this.containerd, containerdVersion, () =>
        this.#systemd.notify(CONTAINERD),
      ),
      '/usr/bin/kubelet': this.#options.kubelet({
        facts: { ...facts, addresses },
        labels,
        taints,
        hostIP: this.address,
        runtime: this.containerd,
        version: facts.nodeInfo['kubeletVersion'] ?? '',
      }),
    };
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
    const account = usersOf(this.files).find(({ name }) => name === user);
    const credentials = credentialsOf(this.files, user);
    if (!account || !credentials) throw new FsError('ENOENT', '/etc/passwd');
    const home = this.files.exists(account.home) ? account.home : '/';
    const files = this.files.as({ credentials, workingDirectory: workingDirectory ?? home });
    // A login shell is told by the minus before its name.
    const path = lookUp(files, (argv[0] ?? '').replace(/^-/, ''), DEFAULT_PATH);
    const surroundings = this.#surroundings;
    return new Process(surroundings, {
      ...loadExecutable(files, path, argv, surroundings.programs),
      env: { HOME: account.home, USER: user, LOGNAME: user, SHELL: account.shell, PATH: DEFAULT_PATH, ...env },
      files,
      streams,
    });
  }

  /** Switches the machine on: systemd starts what is enabled. */
  start(): void {
    new Coroutine(
      this.#options.kernel,
      this.#systemd.boot(),
      () => undefined,
      (error) => {
        throw error;
      },
    );
  }
}
