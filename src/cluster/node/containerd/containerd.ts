import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { hexDigits } from '#kernel/uuid.ts';
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
import type { Task } from '../processes/pid-namespace.ts';
import { Container, type ContainerState } from './container.ts';
import type { ContainerHost } from './container-world.ts';
import { DaemonLog } from './daemon-log.ts';
import type { Images } from './images.ts';
import { type CniPlugin, Sandbox, type SandboxState, SOCKET } from './sandbox.ts';
import { sandboxMounts } from './sandbox-files.ts';

export interface ContainerdOptions {
  readonly kernel: Kernel;
  readonly images: Images;
  readonly cni: CniPlugin;
  /** What containers share with their node: processes, files, the node's network. */
  readonly host: ContainerHost;
  readonly version: string;
}

/** What a saved machine's containerd keeps, each in the order of its making. */
export interface ContainerdState {
  readonly sandboxes: readonly SandboxState[];
  readonly containers: readonly ContainerState[];
}

/** Milliseconds that a step takes on a machine like a laptop. */
const SANDBOX_TIME = 180;
const CREATE_TIME = 40;
const START_TIME = 60;
const STOP_TIME = 20;

/** containerd with its CRI plugin: sandboxes, containers, images. Containers go on when it stops, as their shims keep them. */
export class Containerd implements CriRuntime {
  readonly #kernel: Kernel;
  readonly #options: ContainerdOptions;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  /** Ids of sandboxes and containers by the UID of their Pod, in the order of their making. */
  readonly #ofPods = new Map<string, Set<string>>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  /** What it says of itself. */
  readonly log: DaemonLog;
  #isRunning = false;

  constructor(options: ContainerdOptions) {
    this.#kernel = options.kernel;
    this.#options = options;
    this.log = new DaemonLog(options.kernel);
  }

  /** Whether it answers: its program starts and stops. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
  }

  save(): ContainerdState {
    return {
      sandboxes: [...this.#sandboxes.values()].map((sandbox) => sandbox.save()),
      containers: [...this.#containers.values()].map((container) => container.save()),
    };
  }

  /** The sandboxes and containers of a saved machine: they are there, and stand still. */
  restore({ sandboxes, containers }: ContainerdState): void {
    for (const saved of sandboxes) this.#addSandbox(saved.status.id, saved.status.config, saved);
    for (const saved of containers) {
      const sandbox = this.#sandboxes.get(saved.sandboxId);
      if (sandbox) this.#addContainer(saved.id, sandbox, saved.config, saved);
    }
  }

  /** What ran in containers goes on. */
  resume({ containers }: ContainerdState): void {
    for (const saved of containers) this.#containers.get(saved.id)?.resume(saved);
  }

  /** What keeps containers going, whether it runs or not. */
  shims(): readonly Task[] {
    return [...this.#sandboxes.values()].map(({ shim }) => shim).filter((shim) => shim.isRunning);
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
    const title = titleOf(config);
    this.log.info(`RunPodSandbox for ${title}`);
    yield* sleep(this.#kernel, SANDBOX_TIME);
    this.#answer();
    const id = hexDigits(this.#kernel.random, 64);
    this.#addSandbox(id, config);
    this.log.info(`RunPodSandbox for ${title} returns sandbox id "${id}"`);
    this.#tell('STARTED', id, id);
    return id;
  }

  *stopPodSandbox(id: string): Routine<void> {
    this.#answer();
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox || sandbox.isStopped) return;
    sandbox.killContainers();
    yield* sleep(this.#kernel, STOP_TIME);
    sandbox.disconnect();
    sandbox.end();
    this.log.info(`StopPodSandbox for "${id}" returns successfully`);
  }

  *removePodSandbox(id: string): Routine<void> {
    yield* this.stopPodSandbox(id);
    const sandbox = this.#sandboxes.get(id);
    for (const container of sandbox?.containers ?? []) this.#drop(container);
    this.#tell('DELETED', id, id);
    if (!sandbox) return;
    this.#unindex(sandbox.status.config.uid, id);
    this.#sandboxes.delete(id);
    sandbox.remove();
    this.log.info(`RemovePodSandbox "${id}" returns successfully`);
  }

  podSandboxes(): readonly PodSandbox[] {
    this.#answer();
    return [...this.#sandboxes.values()].map(({ status }) => status);
  }

  *createContainer(sandboxId: string, config: ContainerConfig): Routine<string> {
    this.#answer();
    yield* sleep(this.#kernel, CREATE_TIME);
    this.#answer();
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new CriError('NotFound', `failed to find sandbox id ${JSON.stringify(sandboxId)}: not found`);
    const id = this.#addContainer(undefined, sandbox, config);
    this.log.info(`CreateContainer within sandbox "${sandboxId}" for ${titleOf(config)} returns container id "${id}"`);
    this.#tell('CREATED', sandboxId, id);
    return id;
  }

  *startContainer(id: string): Routine<void> {
    this.#answer();
    yield* sleep(this.#kernel, START_TIME);
    this.#answer();
    const container = this.#container(id);
    try {
      container.start();
    } catch (error) {
      if (error instanceof CriError) this.log.error(`StartContainer for "${id}" failed`, { error: error.message });
      throw error;
    }
    this.log.info(`StartContainer for "${id}" returns successfully`);
    this.#tell('STARTED', container.sandboxId, id);
  }

  *stopContainer(id: string, timeout: number): Routine<void> {
    this.#answer();
    const container = this.#container(id);
    if (!container.isRunning) return;
    this.log.info(`StopContainer for "${id}" with timeout ${timeout} (s)`);
    const ended = container.ended();
    this.log.info(`Stop container "${id}" with signal terminated`);
    container.signal('TERM');
    const timer = this.#kernel.after(timeout * 1000, () => container.signal('KILL'));
    yield* wait<void>((resume) => {
      ended(resume);
      return undefined;
    });
    timer.cancel();
    this.log.info(`StopContainer for "${id}" returns successfully`);
  }

  *removeContainer(id: string): Routine<void> {
    this.#answer();
    const container = this.#containers.get(id);
    if (!container) return;
    container.kill();
    this.#drop(container);
    this.log.info(`RemoveContainer for "${id}" returns successfully`);
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
      const sandbox = this.#sandboxes.get(id)?.status;
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
    this.log.info(`PullImage ${JSON.stringify(reference)}`);
    const id = yield* this.#options.images.pull(reference);
    this.#answer();
    this.log.info(`PullImage ${JSON.stringify(reference)} returns image reference "${id}"`);
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

  #answer(): void {
    if (this.#isRunning) return;
    const why = this.#options.host.files.exists(SOCKET) ? 'connection refused' : 'no such file or directory';
    throw new CriError(
      'Unavailable',
      `connection error: desc = "transport: Error while dialing: dial unix ${SOCKET}: connect: ${why}"`,
    );
  }

  #container(id: string): Container {
    const found = this.#containers.get(id);
    if (!found)
      throw new CriError('NotFound', `an error occurred when try to find container ${JSON.stringify(id)}: not found`);
    return found;
  }

  #drop(container: Container): void {
    const sandbox = this.#sandboxes.get(container.sandboxId);
    this.#containers.delete(container.id);
    sandbox?.containers.delete(container);
    container.removeLog();
    this.#tell('DELETED', container.sandboxId, container.id);
    this.#unindex(sandbox?.status.config.uid ?? '', container.id);
  }

  #addSandbox(id: string, config: PodSandboxConfig, saved?: SandboxState): void {
    const { cni, host } = this.#options;
    const onStopped = () => this.#tell('STOPPED', id, id);
    const sandbox = new Sandbox({ kernel: this.#kernel, id, config, host, cni, onStopped, ...(saved && { saved }) });
    this.#sandboxes.set(id, sandbox);
    this.#index(config.uid, id);
  }

  /** @returns its id @throws CriError for an image that is not there */
  #addContainer(known: string | undefined, sandbox: Sandbox, config: ContainerConfig, saved?: ContainerState): string {
    const { images, host } = this.#options;
    const found = images.find(config.image, saved !== undefined);
    if (!found) throw new CriError('NotFound', `failed to resolve image ${JSON.stringify(config.image)}: not found`);
    const { image, source } = found;
    const id = known ?? hexDigits(this.#kernel.random, 64);
    const container = new Container(this.#kernel, {
      id,
      sandbox: sandbox.status,
      config,
      mounts: [...config.mounts, ...sandboxMounts(sandbox.status, config.mounts)],
      source,
      layer: images.layer(source),
      ...(saved?.changes && { changes: saved.changes }),
      image,
      host: { ...host, sockets: sandbox.sockets },
      shim: sandbox.shim,
      onStopped: () => this.#tell('STOPPED', sandbox.status.id, id),
    });
    sandbox.containers.add(container);
    this.#containers.set(id, container);
    this.#index(sandbox.status.config.uid, id);
    return id;
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
    const podUid = this.#sandboxes.get(sandboxId)?.status.config.uid ?? '';
    for (const listener of this.#listeners) listener({ type, sandboxId, podUid, containerId });
  }
}

/** As protobuf prints the metadata of a sandbox or a container: two blanks between fields, none for what is zero. */
function titleOf(metadata: Pick<ContainerConfig, 'name' | 'attempt'> & Partial<PodSandboxConfig>): string {
  const { name, uid, namespace, attempt } = metadata;
  const texts = Object.entries({ name, uid, namespace }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}:${JSON.stringify(value)}`],
  );
  return [...texts, ...(attempt > 0 ? [`attempt:${attempt}`] : [])].join('  ');
}
