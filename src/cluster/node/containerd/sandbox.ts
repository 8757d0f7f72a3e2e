import type { Kernel } from '#kernel/kernel.ts';
import type { PodSandbox, PodSandboxConfig } from '#machine/cri.ts';
import type { Sockets } from '#machine/sockets.ts';
import { StandIn } from '../processes/stand-in.ts';
import type { Container } from './container.ts';
import type { ContainerHost } from './container-world.ts';
import { makeSandboxFiles, removeSandboxFiles } from './sandbox-files.ts';

/** What a CNI plugin does for a sandbox; it throws CriError when it cannot. */
export interface CniPlugin {
  /** Undefined when it is ready; else why not. */
  readonly notReady: () => string | undefined;
  /** Gives the sandbox its address. */
  add(sandbox: PodSandbox): { readonly ip: string; readonly host: Sockets };
  remove(sandbox: PodSandbox): void;
  /** The network of a sandbox that was added. */
  find(id: string): Sockets | undefined;
}

export interface SandboxOptions {
  readonly kernel: Kernel;
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly host: ContainerHost;
  readonly cni: CniPlugin;
  readonly onStopped: () => void;
  /** It was there when the machine was saved. */
  readonly saved?: SandboxState;
}

/** A sandbox of a saved machine. */
export interface SandboxState {
  readonly status: PodSandbox;
  readonly hasNetwork: boolean;
  /** On the machine; undefined for one that has ended. */
  readonly shim?: number;
}

const SHIM = '/usr/local/bin/containerd-shim-runc-v2';
export const SOCKET = '/run/containerd/containerd.sock';
/** As whom the pause image runs. */
const PAUSE_USER = 65_535;

/** What the containers of a Pod share: a network, a shim that keeps them while containerd is away, and the pause process. */
export class Sandbox {
  readonly containers = new Set<Container>();
  readonly sockets: Sockets;
  readonly shim: StandIn;
  readonly #options: SandboxOptions;
  readonly #pause: StandIn;
  #status: PodSandbox;
  #hasNetwork = false;

  /** @throws CriError when its network cannot be set up; nothing is left then */
  constructor(options: SandboxOptions) {
    const { kernel, id, config, host, cni, saved } = options;
    this.#options = options;
    const startedAt = saved?.status.createdAt ?? kernel.now;
    this.shim = new StandIn(host.pids, {
      argv: [SHIM, '-namespace', 'k8s.io', '-id', id, '-address', SOCKET],
      startedAt,
      onSignal: (signal) => {
        if (signal === 'KILL') this.#shimEnded();
      },
      ...(host.pids.init && { parent: host.pids.init }),
      ...(saved?.shim && { pid: saved.shim }),
    });
    this.#pause = new StandIn(host.pids, {
      argv: ['/pause'],
      startedAt,
      uid: PAUSE_USER,
      parent: this.shim,
      onSignal: (signal) => {
        if (['KILL', 'TERM', 'INT'].includes(signal)) this.end();
      },
      ...(saved && { pid: saved.status.pid }),
    });
    if (saved) {
      this.#status = saved.status;
      this.#hasNetwork = saved.hasNetwork;
      this.sockets = (saved.hasNetwork && cni.find(id)) || host.sockets;
      if (saved.status.state === 'NOTREADY') this.#pause.leave();
      if (saved.shim === undefined) this.shim.leave();
      return;
    }
    this.#status = { id, config, state: 'READY', createdAt: startedAt, pid: this.#pause.pidIn(host.pids) };
    this.sockets = config.hostNetwork ? host.sockets : this.#connect(cni);
    makeSandboxFiles(host.files, this.#status);
  }

  get status(): PodSandbox {
    return this.#status;
  }

  /** Whether nothing of it is left to be stopped. */
  get isStopped(): boolean {
    return this.#status.state === 'NOTREADY' && !this.#hasNetwork;
  }

  save(): SandboxState {
    const shim = this.shim.isRunning ? this.shim.pidIn(this.#options.host.pids) : undefined;
    return { status: this.#status, hasNetwork: this.#hasNetwork, ...(shim !== undefined && { shim }) };
  }

  /** All that runs in it is killed. */
  killContainers(): void {
    for (const container of this.containers) container.kill();
  }

  disconnect(): void {
    if (this.#hasNetwork) this.#options.cni.remove(this.#status);
    this.#hasNetwork = false;
  }

  /** Its first process ends; containers have PID namespaces of their own and go on. */
  end(): void {
    if (this.#status.state === 'NOTREADY') return;
    this.#pause.leave();
    if (![...this.containers].some(({ isRunning }) => isRunning)) this.shim.leave();
    this.#status = { ...this.#status, state: 'NOTREADY' };
    this.#options.onStopped();
  }

  /** What it leaves on the node goes. */
  remove(): void {
    this.shim.leave();
    removeSandboxFiles(this.#options.host.files, this.#options.id);
  }

  #connect(cni: CniPlugin): Sockets {
    try {
      const { ip, host } = cni.add(this.#status);
      this.#hasNetwork = true;
      this.#status = { ...this.#status, ip };
      return host;
    } catch (error) {
      this.#pause.leave();
      this.shim.leave();
      throw error;
    }
  }

  #shimEnded(): void {
    this.killContainers();
    this.end();
    this.shim.leave();
  }
}
