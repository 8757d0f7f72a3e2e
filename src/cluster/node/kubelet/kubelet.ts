import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { HttpHandler } from '#machine/http.ts';
import type { Sockets } from '#machine/sockets.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { isReason } from '../../api/status.ts';
import type { Node, Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { Informer } from '../../client/informer.ts';
import type { Log } from '../../client/log.ts';
import { Backoff } from './backoff.ts';
import type { KubeletContext } from './context.ts';
import type { KubeletFiles } from './files.ts';
import { Heartbeat } from './heartbeat.ts';
import { ImagePuller } from './image-puller.ts';
import type { MachineFacts } from './node-status.ts';
import { PodWorker } from './pod-worker.ts';
import { Prober } from './prober.ts';
import { kubeletHandler } from './server.ts';
import { isMirror, isStatic, mirrorOf, StaticPods } from './static-pods.ts';
import { StatusManager } from './status-manager.ts';

export interface KubeletOptions {
  readonly kernel: Kernel;
  readonly nodeName: string;
  readonly hostIP: string;
  /** With the node's own credentials; undefined: static Pods alone. */
  readonly client: Client | undefined;
  readonly runtime: CriRuntime;
  readonly files: KubeletFiles;
  readonly sockets: Sockets;
  readonly log: Log;
  /** `staticPodPath` of its configuration. */
  readonly staticPodPath: string;
  readonly facts: MachineFacts;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: NonNullable<Node['spec']['taints']>;
  readonly providerID: string;
}

/** MaxContainerBackOff and the first, in milliseconds. */
const FIRST_CRASH_BACKOFF = 10_000;
const LONGEST_CRASH_BACKOFF = 300_000;
/** How often mirrors are looked after, and Pods synced whatever happens (`syncFrequency`); milliseconds. */
const HOUSEKEEPING = 2_000;
const SYNC_PERIOD = 60_000;

/** The kubelet of a node: Pods from the API server and from manifests, each with a worker (pkg/kubelet/kubelet.go). */
export class Kubelet {
  /** What it answers on port 10250. */
  readonly handler: HttpHandler;
  readonly #options: KubeletOptions;
  readonly #context: KubeletContext;
  readonly #workers = new Map<string, PodWorker>();
  readonly #static: StaticPods;
  readonly #informer: Informer<Pod> | undefined;
  readonly #services: Informer<Service> | undefined;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #timers: { cancel(): void }[] = [];
  #staticPods = new Map<string, Pod>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: KubeletOptions) {
    this.#options = options;
    const { kernel, client, runtime, files, sockets, log, nodeName } = options;
    const recorder = new EventRecorder(kernel, client, { component: 'kubelet', host: nodeName });
    const prober = new Prober(kernel, runtime, sockets, recorder, (uid) => this.#workers.get(uid)?.wake());
    const statuses = new StatusManager(kernel, client, (pod) => this.#apiPod(pod));
    this.#context = {
      kernel,
      nodeName,
      hostIP: options.hostIP,
      client,
      runtime,
      files,
      sockets,
      recorder,
      log,
      images: new ImagePuller(kernel, runtime, recorder),
      prober,
      statuses,
      crashBackoff: new Backoff(kernel, FIRST_CRASH_BACKOFF, LONGEST_CRASH_BACKOFF),
      services: () => [...(this.#services?.all() ?? [])],
      allocatable: () => options.facts.capacity,
      isStarted: (container, id) => !container.startupProbe || prober.result('Startup', id) === true,
      failedProbe: (container, id) => {
        if (container.startupProbe && prober.result('Startup', id) === false) return 'startup';
        return prober.result('Liveness', id) === false ? 'liveness' : undefined;
      },
      onTerminated: (pod) => this.#terminated(pod),
    };
    this.#static = new StaticPods(kernel, files, options.staticPodPath, nodeName, log, (pods) => this.#setStatic(pods));
    if (client) {
      this.#informer = new Informer(kernel, client, podKind, { fieldSelector: `spec.nodeName=${nodeName}` }, (error) =>
        this.#complain(error),
      );
      this.#services = new Informer(kernel, client, serviceKind, {});
      this.#heartbeat = new Heartbeat({ ...options, client, recorder });
    }
    this.handler = kubeletHandler({
      kernel,
      runtime,
      files,
      pod: (namespace, name) => this.#informer?.get(namespace, name),
      pods: () => [...this.#workers.values()].map(({ pod }) => pod),
    });
  }

  start(): void {
    const { kernel, runtime, log } = this.#options;
    log.info('server.go:1', 'Started kubelet');
    this.#unsubscribe = runtime.subscribe(({ podUid }) => this.#workers.get(podUid)?.wake());
    this.#static.start();
    this.#informer?.handle({
      added: (pod) => this.#seen(pod),
      updated: (pod) => this.#seen(pod),
      deleted: (pod) => this.#gone(pod),
    });
    this.#services?.start();
    this.#informer?.start();
    this.#heartbeat?.start();
    this.#timers.push(kernel.every(HOUSEKEEPING, () => this.#mirror()));
    this.#timers.push(
      kernel.every(SYNC_PERIOD, () => {
        for (const worker of this.#workers.values()) worker.wake();
      }),
    );
  }

  /** Its process ends: containers go on. */
  stop(): void {
    this.#unsubscribe?.();
    this.#static.stop();
    this.#informer?.stop();
    this.#services?.stop();
    this.#heartbeat?.stop();
    for (const timer of this.#timers) timer.cancel();
    for (const worker of this.#workers.values()) worker.stop();
    this.#context.prober.stopAll();
    this.#context.statuses.stop();
  }

  #seen(pod: Pod): void {
    if (isMirror(pod)) {
      this.#mirrorSeen(pod);
      return;
    }
    const worker = this.#workers.get(pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined) {
      const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
      if (worker) {
        worker.update(pod);
        worker.terminate(grace);
      } else this.#begin(pod).terminate(grace);
      return;
    }
    if (worker) worker.update(pod);
    else if (pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed') this.#begin(pod);
  }

  /** Deleted without its grace: what runs is ended at once. */
  #gone(pod: Pod): void {
    if (isMirror(pod)) {
      this.#mirror();
      return;
    }
    this.#workers.get(pod.metadata.uid)?.terminate(0);
  }

  #begin(pod: Pod): PodWorker {
    const { uid } = pod.metadata;
    const worker = new PodWorker(this.#context, pod, () => {
      this.#workers.delete(uid);
      this.#context.statuses.forget(uid);
      this.#startStatic();
    });
    this.#workers.set(uid, worker);
    return worker;
  }

  #setStatic(pods: readonly Pod[]): void {
    this.#staticPods = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
    for (const worker of this.#workers.values()) {
      if (isStatic(worker.pod) && !this.#staticPods.has(worker.pod.metadata.uid)) {
        worker.terminate(worker.pod.spec.terminationGracePeriodSeconds ?? 30);
      }
    }
    this.#startStatic();
    this.#mirror();
  }

  /** A static Pod begins when the one of its name that was before is gone. */
  #startStatic(): void {
    for (const pod of this.#staticPods.values()) {
      if (this.#workers.has(pod.metadata.uid)) continue;
      const isTaken = [...this.#workers.values()].some(
        ({ pod: other }) =>
          isStatic(other) &&
          other.metadata.name === pod.metadata.name &&
          other.metadata.namespace === pod.metadata.namespace,
      );
      if (!isTaken) this.#begin(pod);
    }
  }

  /** Every static Pod has a mirror, and every mirror its static Pod. */
  #mirror(): void {
    const { client } = this.#options;
    const node = this.#heartbeat?.node;
    if (!client || !node || !this.#informer?.hasSynced) return;
    for (const pod of this.#staticPods.values()) {
      const mirror = this.#informer.get(pod.metadata.namespace, pod.metadata.name);
      try {
        if (mirror && !isMirrorOf(mirror, pod)) {
          client.delete(podKind, mirror, { gracePeriodSeconds: 0, preconditions: { uid: mirror.metadata.uid } });
        }
        if (!mirror || !isMirrorOf(mirror, pod)) client.create(podKind, mirrorOf(pod, node));
      } catch {
        // The API server is away, or the mirror is already there: again in two seconds.
      }
    }
    for (const mirror of [...this.#informer.all()].filter(isMirror)) {
      const isKnown = [...this.#staticPods.values()].some(
        (pod) => pod.metadata.name === mirror.metadata.name && pod.metadata.namespace === mirror.metadata.namespace,
      );
      if (isKnown) continue;
      try {
        client.delete(podKind, mirror, { gracePeriodSeconds: 0 });
      } catch {
        // As above.
      }
    }
  }

  #mirrorSeen(mirror: Pod): void {
    const pod = [...this.#staticPods.values()].find((each) => isMirrorOf(mirror, each));
    if (!pod) return;
    if (mirror.metadata.deletionTimestamp !== undefined) {
      try {
        this.#options.client?.delete(podKind, mirror, { gracePeriodSeconds: 0 });
      } catch {
        // It is gone already.
      }
      return;
    }
    this.#context.statuses.resend(pod);
  }

  /** The Pod whose status the API server has: a static Pod's mirror. */
  #apiPod(pod: Pod): Pod | undefined {
    if (!isStatic(pod)) return pod;
    const mirror = this.#informer?.get(pod.metadata.namespace, pod.metadata.name);
    return mirror && isMirrorOf(mirror, pod) ? mirror : undefined;
  }

  /** Nothing of it runs: the API server may forget it. */
  #terminated(pod: Pod): void {
    if (isStatic(pod)) return;
    this.#context.kernel.soon(() => {
      try {
        this.#options.client?.delete(podKind, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
      } catch (error) {
        if (!isReason(error, 'NotFound', 'Conflict')) this.#complain(error);
      }
    });
  }

  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.error('reflector.go:205', 'Failed to watch', {
      err: message,
      reflector: 'k8s.io/client-go/informers/factory.go:161',
      type: '*v1.Pod',
    });
  }
}

function isMirrorOf(mirror: Pod, pod: Pod): boolean {
  return (
    mirror.metadata.name === pod.metadata.name &&
    mirror.metadata.namespace === pod.metadata.namespace &&
    mirror.metadata.annotations?.['kubernetes.io/config.mirror'] ===
      pod.metadata.annotations?.['kubernetes.io/config.hash']
  );
}
