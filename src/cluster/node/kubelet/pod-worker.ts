import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import { type ContainerStatus, CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container, Pod, PodStatus } from '../../api/types/pod.ts';
import { ConfigError, containerConfig, sandboxConfig } from './container-config.ts';
import type { KubeletContext } from './context.ts';
import { ImageError } from './image-puller.ts';
import { runHook } from './lifecycle-hook.ts';
import { podStatus } from './pod-status.ts';
import { MountError, mountVolumes, unmountVolumes } from './volumes.ts';

/** kubelet.go: backOffPeriod; a sync that failed is done again after 1 to 1.5 times of it. */
const RETRY = 10_000;
/** Volumes are tried again by themselves, later and later (goroutinemap/exponentialbackoff). */
const FIRST_MOUNT_RETRY = 500;
const LONGEST_MOUNT_RETRY = 122_000;

type Phase = 'sync' | 'terminating' | 'terminated';

/** `web_default(0f0e…)`: how the kubelet names a Pod in messages. */
export function formatPod({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

/** Brings one Pod to what its spec says, and ends it (pkg/kubelet/pod_workers.go, kubelet.SyncPod, kuberuntime's SyncPod). */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #onFinished: () => void;
  readonly #coroutine: Coroutine<void>;
  readonly #waiting = new Map<string, { readonly reason: string; readonly message: string }>();
  readonly #startTime: number;
  #pod: Pod;
  #phase: Phase = 'sync';
  #grace: number | undefined;
  #wakeUp: (() => void) | undefined;
  #isAwake = true;
  #timer: Timer | undefined;
  #mountFailures = 0;
  #hasMounted = false;
  #rejected: { readonly reason: string; readonly message: string } | undefined;

  /** @param onFinished nothing is left of the Pod on this node */
  constructor(context: KubeletContext, pod: Pod, onFinished: () => void) {
    this.#context = context;
    this.#pod = pod;
    this.#onFinished = onFinished;
    this.#startTime = context.kernel.now;
    this.#coroutine = new Coroutine(
      context.kernel,
      this.#run(),
      () => this.#onFinished(),
      (error) =>
        context.log.error('pod_workers.go:1324', 'Error syncing pod, skipping', {
          err: String(error),
          pod: formatName(pod),
          podUID: pod.metadata.uid,
        }),
    );
  }

  get pod(): Pod {
    return this.#pod;
  }

  get isTerminating(): boolean {
    return this.#phase !== 'sync';
  }

  update(pod: Pod): void {
    this.#pod = pod;
    this.wake();
  }

  /** Refuses the Pod: it will not run here. */
  reject(reason: string, message: string): void {
    this.#rejected = { reason, message };
    this.wake();
  }

  /** Ends the Pod. @param grace seconds; a shorter one than before counts */
  terminate(grace: number): void {
    this.#grace = Math.min(this.#grace ?? grace, grace);
    if (this.#phase === 'sync') this.#phase = 'terminating';
    this.wake();
  }

  /** Something may have changed: a container, a probe, a time. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp?.();
  }

  /** The kubelet's process ended: containers go on without it. */
  stop(): void {
    this.#timer?.cancel();
    this.#coroutine.cancel();
  }

  *#run(): Routine<void> {
    while (this.#phase === 'sync') {
      this.#isAwake = false;
      try {
        yield* this.#sync();
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        this.#wakeAfter(error.retry ?? RETRY + this.#context.kernel.random.int(RETRY / 2));
      }
      this.#report();
      if (this.#phase === 'sync' && !this.#isAwake) yield* this.#sleep();
    }
    yield* this.#terminate();
  }

  *#sleep(): Routine<void> {
    yield* wait<void>((resume) => {
      this.#wakeUp = () => resume();
      return () => {
        this.#wakeUp = undefined;
      };
    });
    this.#wakeUp = undefined;
  }

  #wakeAfter(milliseconds: number): void {
    const { kernel } = this.#context;
    if (this.#timer?.isPending && this.#timer.at <= kernel.now + milliseconds) return;
    this.#timer?.cancel();
    this.#timer = kernel.after(Math.max(0, milliseconds), () => this.wake());
  }

  /** @throws SyncError when it must be tried again */
  *#sync(): Routine<void> {
    const { recorder } = this.#context;
    const pod = this.#pod;
    this.#report();
    if (this.#rejected) return;
    const { phase } = this.#status() ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') {
      yield* this.#release();
      return;
    }
    const network = this.#networkError();
    if (network !== undefined && !pod.spec.hostNetwork) {
      recorder.record(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${network}`);
      throw new SyncError();
    }
    this.#mount();
    const sandbox = yield* this.#sandbox();
    if (this.#phase !== 'sync') return;
    for (const container of pod.spec.initContainers ?? []) {
      const goesOn = yield* this.#initContainer(container, sandbox);
      this.#report();
      if (!goesOn || this.#phase !== 'sync') return;
    }
    for (const container of pod.spec.containers) {
      yield* this.#container(container, sandbox);
      if (this.#phase !== 'sync') return;
    }
  }

  #networkError(): string | undefined {
    try {
      const { networkReady, networkReason, networkMessage } = this.#context.runtime.status();
      if (networkReady) return undefined;
      return `container runtime network not ready: NetworkReady=false reason:${networkReason} message:${networkMessage}`;
    } catch (error) {
      if (error instanceof CriError) throw new SyncError();
      throw error;
    }
  }

  #mount(): void {
    if (this.#hasMounted) return;
    const { kernel, client, files, hostIP, nodeName, recorder } = this.#context;
    try {
      mountVolumes(this.#pod, { kernel, client, files, podIP: this.#podIP(), hostIP, nodeName });
      this.#hasMounted = true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = error instanceof MountError ? error.message : `MountVolume.SetUp failed: ${error.message}`;
      recorder.record(this.#pod, 'Warning', 'FailedMount', message);
      const retry = Math.min(LONGEST_MOUNT_RETRY, FIRST_MOUNT_RETRY * 2 ** this.#mountFailures);
      this.#mountFailures += 1;
      throw new SyncError(retry);
    }
  }

  #runtimeState(): { readonly sandboxes: readonly PodSandbox[]; readonly containers: readonly ContainerStatus[] } {
    try {
      return this.#context.runtime.ofPod(this.#pod.metadata.uid);
    } catch (error) {
      if (error instanceof CriError) throw new SyncError();
      throw error;
    }
  }

  *#sandbox(): Routine<PodSandbox> {
    const { runtime, recorder, nodeName, log } = this.#context;
    const pod = this.#pod;
    const { sandboxes } = this.#runtimeState();
    const [newest] = sandboxes;
    if (newest?.state === 'READY') return newest;
    if (newest)
      recorder.record(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    const attempt = newest ? newest.config.attempt + 1 : 0;
    try {
      const id = yield* runtime.runPodSandbox(sandboxConfig(pod, attempt, nodeName));
      const made = this.#runtimeState().sandboxes.find((sandbox) => sandbox.id === id);
      if (!made) throw new SyncError();
      this.#writeHosts();
      this.#report();
      return made;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const message = `Failed to create pod sandbox: ${error.rpcMessage}`;
      recorder.record(pod, 'Warning', 'FailedCreatePodSandBox', message);
      log.error('kuberuntime_sandbox.go:73', 'Failed to create sandbox for pod', {
        err: error.rpcMessage,
        pod: formatName(pod),
      });
      throw new SyncError();
    }
  }

  /** Now that the Pod has an address, its /etc/hosts names it. */
  #writeHosts(): void {
    this.#hasMounted = false;
    this.#mount();
  }

  /** Returns whether the next one may begin. */
  *#initContainer(container: Container, sandbox: PodSandbox): Routine<boolean> {
    const [last] = this.#statusesOf(container);
    const isSidecar = container.restartPolicy === 'Always';
    if (last?.state === 'RUNNING') {
      if (!isSidecar) return false;
      return this.#context.isStarted(container, last.id);
    }
    if (last?.state === 'EXITED' && !isSidecar) {
      if (last.exitCode === 0) return true;
      if (this.#pod.spec.restartPolicy === 'Never') return false;
    }
    // Once the main containers have run, finished ones are not looked for any more.
    if (!last && this.#pod.spec.containers.some((main) => this.#statusesOf(main).length > 0)) return true;
    yield* this.#start(container, sandbox, last);
    return isSidecar && !container.startupProbe;
  }

  *#container(container: Container, sandbox: PodSandbox): Routine<void> {
    const [last] = this.#statusesOf(container);
    if (last?.state === 'RUNNING') {
      const failed = this.#context.failedProbe(container, last.id);
      if (!failed) return;
      const message = `Container ${container.name} failed ${failed} probe, will be restarted`;
      yield* this.#stopContainer(container, last, this.#pod.spec.terminationGracePeriodSeconds ?? 30, message);
      yield* this.#start(container, sandbox, this.#statusesOf(container)[0]);
      return;
    }
    if (last?.state === 'EXITED') {
      const policy = this.#pod.spec.restartPolicy;
      if (policy === 'Never' || (policy === 'OnFailure' && last.exitCode === 0)) return;
    }
    yield* this.#start(container, sandbox, last);
  }

  #statusesOf({ name }: Container): readonly ContainerStatus[] {
    return this.#runtimeState().containers.filter(({ config }) => config.name === name);
  }

  *#start(container: Container, sandbox: PodSandbox, last: ContainerStatus | undefined): Routine<void> {
    const { crashBackoff, recorder, kernel, log } = this.#context;
    const pod = this.#pod;
    const path = fieldPath(pod, container);
    const key = `${formatPod(pod)} ${container.name}`;
    if (last?.state === 'EXITED') {
      if (crashBackoff.isWaitingSince(key, last.finishedAt)) {
        const backoff = crashBackoff.get(key);
        recorder.record(
          pod,
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`,
          path,
        );
        const message = `back-off ${goSeconds(backoff)} restarting failed container=${container.name} pod=${formatPod(pod)}`;
        log.error('pod_workers.go:1324', 'Error syncing pod, skipping', {
          err: `failed to "StartContainer" for "${container.name}" with CrashLoopBackOff: "${message}"`,
          pod: formatName(pod),
          podUID: pod.metadata.uid,
        });
        this.#waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
        this.#wakeAfter(last.finishedAt + backoff - kernel.now);
        return;
      }
      crashBackoff.next(key, last.finishedAt);
    }
    try {
      yield* this.#startNow(container, sandbox, last, path);
      this.#waiting.delete(container.name);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      const message = error instanceof CriError ? error.message : (error as Error).message;
      this.#waiting.set(container.name, { reason, message });
      if (reason !== 'ErrImagePull' || error instanceof ImageError)
        recorder.record(pod, 'Warning', 'Failed', `Error: ${error instanceof ImageError ? reason : message}`, path);
      this.#wakeAfter(RETRY + kernel.random.int(RETRY / 2));
    }
    this.#report();
  }

  /** @throws ImageError, ConfigError, CriError */
  *#startNow(
    container: Container,
    sandbox: PodSandbox,
    last: ContainerStatus | undefined,
    path: string,
  ): Routine<void> {
    const { images, runtime, recorder, client, hostIP, nodeName, prober } = this.#context;
    const pod = this.#pod;
    yield* images.ensure(pod, container, path);
    if (this.#phase !== 'sync') return;
    const known = this.#status()?.containerStatuses?.find(({ name }) => name === container.name)?.restartCount;
    const attempt = last ? last.config.attempt + 1 : (known ?? 0);
    const config = containerConfig(pod, container, attempt, {
      client,
      services: this.#context.services(),
      podIP: this.#podIP(),
      hostIP,
      nodeName,
      allocatable: this.#context.allocatable(),
    });
    const id = yield* runtime.createContainer(sandbox.id, config);
    recorder.record(pod, 'Normal', 'Created', 'Container created', path);
    yield* runtime.startContainer(id);
    recorder.record(pod, 'Normal', 'Started', 'Container started', path);
    prober.start({ pod, container, containerId: id, podIP: this.#podIP(), fieldPath: path });
    if (container.lifecycle?.postStart) yield* this.#postStart(container, id, path);
    yield* this.#forgetOld(container);
  }

  *#postStart(container: Container, id: string, path: string): Routine<void> {
    const failure = yield* runHook(this.#context, container.lifecycle?.postStart ?? {}, id, container, this.#podIP());
    if (failure === undefined) return;
    this.#context.recorder.record(this.#pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', path);
    yield* this.#context.runtime.stopContainer(id, this.#pod.spec.terminationGracePeriodSeconds ?? 30);
    throw new CriError('Unknown', `PostStartHookError: ${failure}`);
  }

  /** One dead container of each name is kept, for its log (`--maximum-dead-containers-per-container`). */
  *#forgetOld(container: Container): Routine<void> {
    const dead = this.#statusesOf(container).filter(({ state }) => state === 'EXITED');
    for (const { id } of dead.slice(1)) {
      this.#context.prober.stop(id);
      yield* this.#context.runtime.removeContainer(id);
    }
  }

  *#stopContainer(container: Container, status: ContainerStatus, grace: number, message: string): Routine<void> {
    const { recorder, runtime, prober } = this.#context;
    prober.stop(status.id);
    recorder.record(this.#pod, 'Normal', 'Killing', message, fieldPath(this.#pod, container));
    const begun = this.#context.kernel.now;
    if (container.lifecycle?.preStop && grace > 0) {
      const failure = yield* runHook(this.#context, container.lifecycle.preStop, status.id, container, this.#podIP());
      if (failure !== undefined) {
        recorder.record(
          this.#pod,
          'Warning',
          'FailedPreStopHook',
          'PreStopHook failed',
          fieldPath(this.#pod, container),
        );
      }
    }
    const left = Math.max(0, grace - (this.#context.kernel.now - begun) / 1000);
    yield* runtime.stopContainer(status.id, left);
  }

  *#terminate(): Routine<void> {
    const { runtime, kernel } = this.#context;
    this.#timer?.cancel();
    const all = [...this.#pod.spec.containers, ...(this.#pod.spec.initContainers ?? [])];
    for (;;) {
      try {
        const running = all.flatMap((container) => {
          const status = this.#statusesOf(container).find(({ state }) => state === 'RUNNING');
          return status ? [{ container, status }] : [];
        });
        yield* this.#stopAll(running);
        for (const { id } of this.#runtimeState().sandboxes) yield* runtime.stopPodSandbox(id);
        break;
      } catch (error) {
        // Without its runtime nothing can be ended: again, until it is back.
        if (!(error instanceof SyncError) && !(error instanceof CriError)) throw error;
        yield* wait<void>((resume) => {
          const timer = kernel.after(RETRY, () => resume());
          return () => timer.cancel();
        });
      }
    }
    this.#phase = 'terminated';
    this.#waiting.clear();
    this.#report();
    yield* this.#remove();
  }

  /** All containers at once, each with the grace period; one that is shortened meanwhile counts. */
  *#stopAll(running: readonly { readonly container: Container; readonly status: ContainerStatus }[]): Routine<void> {
    const { kernel } = this.#context;
    let left = running.length;
    if (left === 0) return;
    yield* wait<void>((resume) => {
      const stops = running.map(({ container, status }) => {
        const routine = this.#stopContainer(
          container,
          status,
          this.#grace ?? 30,
          `Stopping container ${container.name}`,
        );
        const done = () => {
          left -= 1;
          if (left === 0) resume();
        };
        return new Coroutine(kernel, routine, done, done);
      });
      const grace = this.#grace;
      this.#wakeUp = () => {
        if (this.#grace === grace) return;
        for (const { status } of running) this.#killSoon(status.id);
      };
      return () => {
        for (const stop of stops) stop.cancel();
      };
    });
    this.#wakeUp = undefined;
  }

  /** The grace period was shortened. */
  #killSoon(id: string): void {
    const { kernel, runtime } = this.#context;
    new Coroutine(
      kernel,
      runtime.stopContainer(id, this.#grace ?? 0),
      () => undefined,
      () => undefined,
    );
  }

  /** The Pod is over but stays to be seen: its sandbox goes, its containers' logs stay. */
  *#release(): Routine<void> {
    const ready = this.#runtimeState().sandboxes.filter(({ state }) => state === 'READY');
    for (const { id } of ready) yield* this.#context.runtime.stopPodSandbox(id);
    if (ready.length > 0) this.#report();
  }

  *#remove(): Routine<void> {
    const { runtime, files, prober } = this.#context;
    const { sandboxes, containers } = this.#runtimeState();
    for (const { id } of containers) prober.stop(id);
    unmountVolumes(this.#pod, files);
    this.#context.onTerminated(this.#pod);
    for (const { id } of sandboxes) yield* runtime.removePodSandbox(id);
  }

  #podIP(): string {
    if (this.#pod.spec.hostNetwork) return this.#context.hostIP;
    try {
      return (
        this.#context.runtime.ofPod(this.#pod.metadata.uid).sandboxes.find(({ state }) => state === 'READY')?.ip ?? ''
      );
    } catch {
      return '';
    }
  }

  #status(): PodStatus | undefined {
    return this.#context.statuses.get(this.#pod.metadata.uid);
  }

  #report(): void {
    const { statuses, runtime, hostIP, kernel, prober } = this.#context;
    const pod = this.#pod;
    let state: ReturnType<typeof runtime.ofPod>;
    try {
      state = runtime.ofPod(pod.metadata.uid);
    } catch {
      // What a runtime that is away says nothing of stays as it was.
      return;
    }
    const idOf = (container: Container) =>
      state.containers.find(({ config }) => config.name === container.name)?.id ?? '';
    const status = podStatus(
      {
        pod,
        ...state,
        waiting: this.#waiting,
        isReady: (container) => !container.readinessProbe || prober.result('Readiness', idOf(container)) === true,
        isStarted: (container) => this.#context.isStarted(container, idOf(container)),
        hostIP,
        startTime: this.#startTime,
        isTerminating: this.#phase !== 'sync',
        rejected: this.#rejected,
      },
      this.#status() ?? pod.status ?? {},
      kernel.now,
    );
    statuses.set(pod, status);
  }
}

/** What went wrong in a sync and is done again; later than usual or sooner. */
class SyncError extends Error {
  readonly retry: number | undefined;
  constructor(retry?: number) {
    super('sync');
    this.retry = retry;
  }
}

/** `default/web`, as klog names a Pod. */
export function formatName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function fieldPath(pod: Pod, { name }: Container): string {
  const isInit = pod.spec.initContainers?.some((container) => container.name === name);
  return `spec.${isInit ? 'initContainers' : 'containers'}{${name}}`;
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof ImageError) return error.reason;
  if (error instanceof ConfigError) return 'CreateContainerConfigError';
  if (!(error instanceof CriError)) return undefined;
  if (error.message.startsWith('PostStartHookError')) return 'PostStartHookError';
  return error.message.startsWith('failed to create containerd task') ? 'RunContainerError' : 'CreateContainerError';
}

/** `10s`, `1m20s`, `5m0s`. */
function goSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
