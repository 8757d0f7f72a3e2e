import type { Kernel } from '#kernel/kernel.ts';
import { lookUp } from '#machine/command-path.ts';
import { type ContainerConfig, CriError, type PodSandbox } from '#machine/cri.ts';
import { FsError } from '#machine/file-system.ts';
import type { StandardStreams } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import { volumeOver } from '../file-system/layer.ts';
import { applyChanges, changesOf, type LayerChanges } from '../file-system/layer-changes.ts';
import { FileSystemView } from '../file-system/view.ts';
import type { Volume } from '../file-system/volume.ts';
import { DEFAULT_PATH, type Executable, loadExecutable } from '../processes/executables.ts';
import { PidNamespace, type Task } from '../processes/pid-namespace.ts';
import { type MachineInfo, procVolume } from '../processes/proc.ts';
import { type Exit, Process, type ProcessState, type Surroundings } from '../processes/process.ts';
import type { CatalogImage } from './catalog.ts';
import { mountInto } from './root-file-system.ts';
import { notExecutable } from './runc-errors.ts';

/** What containers have of their node. */
export interface ContainerHost {
  readonly pids: PidNamespace;
  readonly sockets: Sockets;
  readonly files: FileSystemView;
  readonly machine: MachineInfo;
  /** Numbers the volumes of the node. */
  nextDevice(): number;
}

export interface WorldOptions {
  readonly sandbox: PodSandbox;
  readonly config: ContainerConfig;
  /** The configuration's and those that the runtime adds. */
  readonly mounts: ContainerConfig['mounts'];
  readonly source: CatalogImage;
  readonly layer: Volume;
  /** What was changed in the layer before the machine was saved. */
  readonly changes?: LayerChanges;
  readonly host: ContainerHost;
}

/** A process that is to be started in a container. */
export interface Start {
  readonly argv: readonly string[];
  readonly streams: StandardStreams;
  readonly parent?: Task;
  readonly onExit: (exit: Exit) => void;
  /** It ran when the machine was saved. */
  readonly saved?: ProcessState;
  /** Says why it cannot be. */
  readonly failure: (why: string) => string;
}

/** What the processes of a container see: its root file system, its environment, its namespaces. */
export class ContainerWorld {
  readonly #options: WorldOptions;
  readonly #volume: Volume;
  readonly #root: FileSystemView;
  readonly #surroundings: Surroundings;
  readonly #env: Readonly<Record<string, string>>;

  constructor(kernel: Kernel, options: WorldOptions) {
    const { host, sandbox, source, config, layer, changes } = options;
    this.#options = options;
    this.#volume = volumeOver(layer, kernel, host.nextDevice());
    if (changes) applyChanges(this.#volume, changes);
    this.#root = FileSystemView.of(this.#volume);
    this.#surroundings = {
      kernel,
      pids: new PidNamespace(host.pids),
      hostname: sandbox.config.hostname,
      sockets: host.sockets,
      programs: (name) => source.programs[name],
    };
    // In the order of containerd and runc.
    const env: Record<string, string> = {
      PATH: DEFAULT_PATH,
      HOSTNAME: sandbox.config.hostname,
      ...(config.tty && { TERM: 'xterm' }),
      ...Object.fromEntries([...(source.environment ?? []), ...config.env]),
    };
    this.#env = 'HOME' in env ? env : { ...env, HOME: '/root' };
  }

  /** @throws CriError for what cannot be mounted */
  mount(): void {
    const { kernel, pids } = this.#surroundings;
    const proc = FileSystemView.of(procVolume(kernel, pids, this.#options.host.machine));
    this.#root.bind(proc, '/', '/proc', { isReadOnly: true });
    mountInto(this.#root, this.#options.host.files, this.#options.mounts);
  }

  /** What its processes changed of the image. */
  changes(): LayerChanges {
    return changesOf(this.#volume, this.#options.layer);
  }

  /** @throws CriError for a command that cannot be run */
  spawn({ argv, failure, saved, ...options }: Start): Process {
    const files = saved ? this.#root.as({ workingDirectory: saved.workingDirectory }) : this.#files();
    return new Process(this.#surroundings, {
      ...this.#load(files, argv, failure),
      env: saved?.env ?? this.#env,
      files,
      ...options,
      ...(saved && { saved }),
    });
  }

  /** Where processes begin; runc makes their working directory. */
  #files(): FileSystemView {
    const { config, source } = this.#options;
    const workingDirectory = config.workingDirectory || source.workingDirectory || '/';
    if (workingDirectory === '/') return this.#root;
    if (!this.#root.exists(workingDirectory)) this.#root.mkdir(workingDirectory, { recursive: true });
    return this.#root.as({ workingDirectory });
  }

  #load(files: FileSystemView, argv: readonly string[], failure: Start['failure']): Executable {
    const [command = ''] = argv;
    try {
      return loadExecutable(files, lookUp(files, command, this.#env['PATH'] ?? ''), argv, this.#surroundings.programs);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new CriError('Unknown', failure(notExecutable(command, error)));
    }
  }
}
