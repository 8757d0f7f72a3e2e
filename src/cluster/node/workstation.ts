import type { Kernel } from '#kernel/kernel.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { ChildProcess, Program } from '#machine/program.ts';
import { ConnectError, type Served, type Sockets } from '#machine/sockets.ts';
import { credentialsOf, usersOf } from '#machine/users.ts';
import { restoreVolume, snapshotVolume, type VolumeData } from './file-system/snapshot.ts';
import { FileSystemView } from './file-system/view.ts';
import { Volume } from './file-system/volume.ts';
import { LEARNER, writeDebianFiles } from './host/base-files.ts';
import { machineNames } from './network/machine-names.ts';
import type { Network, NetworkNamespace } from './network/network.ts';
import type { RunOptions } from './node.ts';
import { DEFAULT_PATH, loadExecutable } from './processes/executables.ts';
import { PidNamespace } from './processes/pid-namespace.ts';
import { type MachineInfo, procVolume } from './processes/proc.ts';
import { Process } from './processes/process.ts';
import { StandIn } from './processes/stand-in.ts';

export interface WorkstationOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly name: string;
  readonly address: string;
  readonly info: Omit<MachineInfo, 'bootedAt'>;
  readonly machineId: string;
  /** By the paths of their executable files. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly saved?: WorkstationState;
}

/** A workstation that was saved. */
export interface WorkstationState {
  readonly bootedAt: number;
  readonly disk: VolumeData;
  readonly lastPid: number;
}

const DISK = 1;

/** The machine outside of the cluster, from which people reach it: files, processes, a shell, kubectl; no services. */
export class Workstation {
  readonly name: string;
  readonly address: string;
  /** As root sees them. */
  readonly files: FileSystemView;
  readonly sockets: NetworkNamespace;
  readonly #options: WorkstationOptions;
  readonly #pids: PidNamespace;
  readonly #bootedAt: number;

  constructor(options: WorkstationOptions) {
    const { kernel, network, name, address, programs, saved, machineId, info } = options;
    this.#options = options;
    this.name = name;
    this.address = address;
    this.#bootedAt = saved?.bootedAt ?? kernel.now;
    this.files = FileSystemView.of(saved ? restoreVolume(kernel, saved.disk) : new Volume(kernel, DISK));
    this.#pids = new PidNamespace(undefined, (last) => (last === 0 ? 1 : last + 1 + kernel.random.int(12)));
    new StandIn(this.#pids, { argv: ['/sbin/init'], startedAt: this.#bootedAt });
    this.sockets = network.machine();
    this.sockets.addAddress(address);
    const wire = { destination: '172.18.0.0/16', device: 'br0', protocol: 'kernel', scope: 'link' } as const;
    this.sockets.routes.set({ ...wire, source: address });
    if (saved) this.#pids.continueAfter(saved.lastPid);
    else writeDebianFiles(this.files, { name, address, machineId, programs: Object.keys(programs) });
    const machine: MachineInfo = { ...info, bootedAt: this.#bootedAt };
    this.files.bind(FileSystemView.of(procVolume(kernel, this.#pids, machine)), '/', '/proc', { isReadOnly: true });
  }

  save(): WorkstationState {
    return {
      bootedAt: this.#bootedAt,
      disk: snapshotVolume(this.files.mounts.root.volume),
      lastPid: this.#pids.last,
    };
  }

  /** Writes a file of the user's own. */
  writeHomeFile(name: string, text: string, mode = 0o600): void {
    const path = `/home/learner/${name}`;
    const directory = path.slice(0, path.lastIndexOf('/'));
    this.files.mkdir(directory, { recursive: true });
    this.files.writeText(path, text, { mode });
    for (const each of [directory, path]) this.files.chown(each, LEARNER, LEARNER);
  }

  /**
   * Hands what comes to a port of its loopback address to another machine's, as the port proxy of a container engine does: it takes every
   * connection, and drops those for which nobody answers there.
   */
  forward(port: number, to: { readonly address: string; readonly port: number }): void {
    this.sockets.listen({
      protocol: 'tcp',
      address: '127.0.0.1',
      port,
      pid: 1,
      program: 'docker-proxy',
      serves: served(this.sockets, to),
    });
  }

  /** Tells everybody in the network the addresses of machines. */
  answerNames(machines: readonly { readonly name: string; readonly address: string }[]): void {
    this.sockets.listen({
      protocol: 'udp',
      address: this.address,
      port: 53,
      pid: 1,
      program: 'dockerd',
      serves: { dns: machineNames(machines) },
    });
  }

  /** Runs a command, as somebody who logged in. @throws FsError as `ClusterNode.run` does */
  run(argv: readonly string[], { user, streams, env, workingDirectory }: RunOptions): ChildProcess {
    const account = usersOf(this.files).find(({ name }) => name === user);
    const credentials = credentialsOf(this.files, user);
    if (!account || !credentials) throw new FsError('ENOENT', '/etc/passwd');
    const files = this.files.as({ credentials, workingDirectory: workingDirectory ?? account.home });
    // A login shell is told by the minus before its name.
    const path = lookUp(files, (argv[0] ?? '').replace(/^-/, ''), DEFAULT_PATH);
    const surroundings = {
      kernel: this.#options.kernel,
      pids: this.#pids,
      hostname: this.name,
      sockets: this.sockets,
      programs: (name: string) => this.#options.programs[name],
    };
    return new Process(surroundings, {
      ...loadExecutable(files, path, argv, surroundings.programs),
      env: { HOME: account.home, USER: user, LOGNAME: user, SHELL: account.shell, PATH: DEFAULT_PATH, ...env },
      files,
      streams,
    });
  }
}

/** What is there at the moment at which it is asked; nothing while nobody listens. */
function served(sockets: Sockets, { address, port }: { readonly address: string; readonly port: number }): Served {
  const there = (): Served => {
    try {
      return sockets.connect('tcp', address, port).serves;
    } catch (error) {
      if (error instanceof ConnectError) return {};
      throw error;
    }
  };
  return {
    get http() {
      return there().http;
    },
    get certificate() {
      return there().certificate;
    },
  } as Served;
}
