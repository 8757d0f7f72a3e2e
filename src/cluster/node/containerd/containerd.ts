import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import {
  type ContainerConfig,
  type ContainerEvent,
  type ContainerStatus,
  CriError,
  type CriRuntime,
  type ExecOptions,
  type ExecResult,
  type Image,
  type PodSandbox,
  type PodSandboxConfig,
  type RuntimeStatus,
} from '#machine/cri.ts';
import type { Duplex } from '#machine/http.ts';
import { StandIn } from '../processes/stand-in.ts';
import { Container, type ContainerHost } from './container.ts';
import { hexId } from './ids.ts';
import type { Images } from './images.ts';
import { makeSandboxFiles, removeSandboxFiles, sandboxMounts } from './sandbox-files.ts';

/** What a CNI plugin does for a sandbox; it throws CriError when it cannot. */
export interface CniPlugin {
  /** Undefined when it is ready; else why not. */
  readonly notReady: () => string | undefined;
  /** Gives the sandbox its address. */
  add(sandbox: PodSandbox): { readonly ip: string; readonly host: ContainerHost['sockets'] };
  remove(sandbox: PodSandbox): void;
}

export interface ContainerdOptions {
  readonly kernel: Kernel;
  readonly images: Images;
  readonly cni: CniPlugin;
  /** What containers share with their node: processes, files, the node's network. */
  readonly host: ContainerHost;
  readonly version: string;
}

/** Milliseconds that a step takes on a machine like a laptop. */
const SANDBOX_TIME = 180;
const CREATE_TIME = 40;
const START_TIME = 60;
const STOP_TIME = 20;

/** As whom the pause image runs. */
const PAUSE_USER = 65_535;

interface SandboxRecord {
  sandbox: PodSandbox;
  readonly sockets: ContainerHost['sockets'];
  /** Holds the namespaces of the Pod. */
  readonly pause: StandIn;
  hasNetwork: boolean;
}

/** containerd with its CRI plugin: sandboxes, containers, images. Containers go on when it stops, as their shims keep them. */
export class Containerd implements CriRuntime {
  readonly #kernel: Kernel;
  readonly #options: ContainerdOptions;
  readonly #sandboxes = new Map<string, SandboxRecord>();
  readonly #containers = new Map<string, Container>();
  /** Ids of sandboxes and containers by the UID of their Pod, in the order of their making. */
  readonly #ofPods = new Map<string, Set<string>>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  #isRunning = true;

  constructor(options: ContainerdOptions) {
    this.#kernel = options.kernel;
    this.#options = options;
  }

  /** Whether it answers: its systemd unit starts and stops it. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
  }

  version(): { readonly runtimeName: string; readonly runtimeVersion: string } {
    this.#answer();
    return { runtimeName: 'containerd', runtimeVersion: this.#options.version };
  }

  status(): RuntimeStatus {
    this.#answer();
    const why = this.#options.cni.notReady();
    return {
      runtimeReady: true,
      networkReady: why === undefined,
      networkReason: why === undefined ? '' : 'NetworkPluginNotReady',
      networkMessage: why === undefined ? '' : `Network plugin returns error: ${why}`,
    };
  }

  *runPodSandbox(config: PodSandboxConfig): Routine<string> {
    this.#answer();
    const { cni, host } = this.#options;
    yield* sleep(this.#kernel, SANDBOX_TIME);
    this.#answer();
    const id = hexId(this.#kernel.random, 64);
    const createdAt = this.#kernel.now;
    const pause = new StandIn(host.pids, {
      argv: ['/pause'],
      startedAt: createdAt,
      uid: PAUSE_USER,
      onSignal: (signal) => {
        if (['KILL', 'TERM', 'INT'].includes(signal)) this.#pauseEnded(id);
      },
    });
    const sandbox: PodSandbox = { id, config, state: 'READY', createdAt, pid: pause.pidIn(host.pids) };
    const record: SandboxRecord = { sandbox, sockets: host.sockets, pause, hasNetwork: false };
    if (config.hostNetwork) this.#sandboxes.set(id, record);
    else {
      try {
        const { ip, host: sockets } = cni.add(sandbox);
        this.#sandboxes.set(id, { ...record, sandbox: { ...sandbox, ip }, sockets, hasNetwork: true });
      } catch (error) {
        pause.leave();
        throw error;
      }
    }
    makeSandboxFiles(host.files, sandbox);
    this.#index(config.uid, id);
    this.#tell('STARTED', id, id);
    return id;
  }

  *stopPodSandbox(id: string): Routine<void> {
    this.#answer();
    const record = this.#sandboxes.get(id);
    if (!record || (record.sandbox.state === 'NOTREADY' && !record.hasNetwork)) return;
    for (const container of this.#containers.values()) if (container.sandboxId === id) container.kill();
    yield* sleep(this.#kernel, STOP_TIME);
    if (record.hasNetwork) this.#options.cni.remove(record.sandbox);
    record.hasNetwork = false;
    this.#pauseEnded(id);
  }

  *removePodSandbox(id: string): Routine<void> {
    yield* this.stopPodSandbox(id);
    for (const container of [...this.#containers.values()]) if (container.sandboxId === id) this.#drop(container);
    this.#tell('DELETED', id, id);
    this.#unindex(this.#sandboxes.get(id)?.sandbox.config.uid ?? '', id);
    this.#sandboxes.delete(id);
    removeSandboxFiles(this.#options.host.files, id);
  }

  podSandboxes(): readonly PodSandbox[] {
    this.#answer();
    return [...this.#sandboxes.values()].map(({ sandbox }) => sandbox);
  }

  *createContainer(sandboxId: string, config: ContainerConfig): Routine<string> {
    this.#answer();
    yield* sleep(this.#kernel, CREATE_TIME);
    this.#answer();
    const record = this.#sandboxes.get(sandboxId);
    if (!record) throw new CriError('NotFound', `failed to find sandbox id ${JSON.stringify(sandboxId)}: not found`);
    const source = this.#options.images.source(config.image);
    const image = this.#options.images.status(config.image);
    if (!source || !image)
      throw new CriError('NotFound', `failed to resolve image ${JSON.stringify(config.image)}: not found`);
    const id = hexId(this.#kernel.random, 64);
    const container = new Container(this.#kernel, {
      id,
      sandbox: record.sandbox,
      config,
      mounts: [...config.mounts, ...sandboxMounts(record.sandbox, config.mounts)],
      source,
      layer: this.#options.images.layer(source),
      image,
      host: { ...this.#options.host, sockets: record.sockets },
      onStopped: () => this.#tell('STOPPED', sandboxId, id),
    });
    this.#containers.set(id, container);
    this.#index(record.sandbox.config.uid, id);
    this.#tell('CREATED', sandboxId, id);
    return id;
  }

  *startContainer(id: string): Routine<void> {
    this.#answer();
    yield* sleep(this.#kernel, START_TIME);
    this.#answer();
    const container = this.#container(id);
    container.start();
    this.#tell('STARTED', container.sandboxId, id);
  }

  *stopContainer(id: string, timeout: number): Routine<void> {
    this.#answer();
    const container = this.#container(id);
    if (!container.isRunning) return;
    const ended = container.ended();
    container.signal('TERM');
    const timer = this.#kernel.after(timeout * 1000, () => container.signal('KILL'));
    yield* wait<void>((resume) => {
      ended(resume);
      return undefined;
    });
    timer.cancel();
  }

  *removeContainer(id: string): Routine<void> {
    this.#answer();
    const container = this.#containers.get(id);
    if (!container) return;
    container.kill();
    this.#drop(container);
    yield* sleep(this.#kernel, STOP_TIME);
  }

  containers(): readonly ContainerStatus[] {
    this.#answer();
    return [...this.#containers.values()].map((container) => container.status());
  }

  ofPod(uid: string): { readonly sandboxes: readonly PodSandbox[]; readonly containers: readonly ContainerStatus[] } {
    this.#answer();
    const sandboxes: PodSandbox[] = [];
    const containers: ContainerStatus[] = [];
    for (const id of this.#ofPods.get(uid) ?? []) {
      const sandbox = this.#sandboxes.get(id)?.sandbox;
      if (sandbox) sandboxes.unshift(sandbox);
      const container = this.#containers.get(id);
      if (container) containers.unshift(container.status());
    }
    return { sandboxes, containers };
  }

  container(id: string): ContainerStatus {
    this.#answer();
    return this.#container(id).status();
  }

  *execSync(id: string, command: readonly string[], timeout: number): Routine<ExecResult> {
    this.#answer();
    return yield* this.#container(id).execSync(command, timeout);
  }

  exec(id: string, command: readonly string[], options: ExecOptions): Duplex {
    this.#answer();
    return this.#container(id).exec(command, options);
  }

  attach(id: string, options: ExecOptions): Duplex {
    this.#answer();
    return this.#container(id).attach(options);
  }

  *pullImage(reference: string): Routine<string> {
    this.#answer();
    const id = yield* this.#options.images.pull(reference);
    this.#answer();
    return id;
  }

  images(): readonly Image[] {
    this.#answer();
    return this.#options.images.list();
  }

  imageStatus(reference: string): Image | undefined {
    this.#answer();
    return this.#options.images.status(reference);
  }

  removeImage(reference: string): void {
    this.#answer();
    this.#options.images.remove(reference);
  }

  subscribe(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A sandbox without its first process is not ready; its containers have other PID namespaces and go on. */
  #pauseEnded(id: string): void {
    const record = this.#sandboxes.get(id);
    if (!record || record.sandbox.state === 'NOTREADY') return;
    record.pause.leave();
    record.sandbox = { ...record.sandbox, state: 'NOTREADY' };
    this.#tell('STOPPED', id, id);
  }

  #answer(): void {
    if (this.#isRunning) return;
    throw new CriError(
      'Unavailable',
      'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
    );
  }

  #container(id: string): Container {
    const found = this.#containers.get(id);
    if (!found)
      throw new CriError('NotFound', `an error occurred when try to find container ${JSON.stringify(id)}: not found`);
    return found;
  }

  #drop(container: Container): void {
    this.#containers.delete(container.id);
    container.removeLog();
    this.#tell('DELETED', container.sandboxId, container.id);
    this.#unindex(this.#sandboxes.get(container.sandboxId)?.sandbox.config.uid ?? '', container.id);
  }

  #index(uid: string, id: string): void {
    const ids = this.#ofPods.get(uid);
    if (ids) ids.add(id);
    else this.#ofPods.set(uid, new Set([id]));
  }

  #unindex(uid: string, id: string): void {
    const ids = this.#ofPods.get(uid);
    ids?.delete(id);
    if (ids?.size === 0) this.#ofPods.delete(uid);
  }

  #tell(type: ContainerEvent['type'], sandboxId: string, containerId: string): void {
    const podUid = this.#sandboxes.get(sandboxId)?.sandbox.config.uid ?? '';
    for (const listener of this.#listeners) listener({ type, sandboxId, podUid, containerId });
  }
}
