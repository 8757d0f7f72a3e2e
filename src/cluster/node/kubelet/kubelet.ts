import type { HttpHandler } from '#machine/http.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Pod } from '../../api/types/pod.ts';
import { Informer } from '../../client/informer.ts';
import { KubeletParts } from './kubelet-parts.ts';
import { admit } from './node/admission.ts';
import { Heartbeat } from './node/heartbeat.ts';
import type { KubeletOptions } from './options.ts';
import { isSameWork } from './pods/pod-changes.ts';
import { formatName } from './pods/pod-names.ts';
import { isMirror, isMirrorOf, isStatic } from './pods/pod-source.ts';
import { PodWorker } from './pods/pod-worker.ts';
import { Remains } from './pods/remains.ts';
import { kubeletHandler } from './server.ts';
import { MirrorPods } from './static-pods/mirror-pods.ts';
import { StaticPods } from './static-pods/static-pods.ts';
import { rejectedStatus } from './status/pod-status.ts';

/** How often what Pods leave and mirrors are looked after (housekeepingPeriod), in milliseconds. */
const HOUSEKEEPING = 2_000;
/** ContainerGCPeriod, in milliseconds. */
const GARBAGE_COLLECTION = 60_000;
/** How often the kubelet looks whether its node is known, before it asks for Pods (WaitForAPIServerSyncPeriod). */
const NODE_SYNC_PERIOD = 1_000;
/** The same for one that goes on with its machine: it never ended, so that nobody may notice that it learns its Pods again. */
const RESUME_PERIOD = 100;
const MIRRORS_PATIENCE = 2_000;
/** A static Pod that waits for one of its name is tried again after so long, up to half as long again (backOffPeriod). */
const START_RETRY = 10_000;

/** The kubelet of a node: Pods from the API server and from manifests, each with a worker (pkg/kubelet/kubelet.go). */
export class Kubelet {
  /** What it answers on port 10250. */
  readonly handler: HttpHandler;
  readonly #options: KubeletOptions;
  readonly #parts: KubeletParts;
  readonly #workers = new Map<string, PodWorker>();
  /** UIDs of Pods that were refused. */
  readonly #rejected = new Set<string>();
  readonly #static: StaticPods;
  readonly #informer: Informer<Pod> | undefined;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #mirrors: MirrorPods | undefined;
  readonly #remains: Remains;
  readonly #timers: { cancel(): void }[] = [];
  #staticPods = new Map<string, Pod>();
  #areManifestsRead = false;
  /** Static Pods that were asked for again before they had ended. */
  readonly #restarts = new Map<string, Pod>();

  constructor(options: KubeletOptions) {
    this.#options = options;
    const { kernel, client, runtime, files, log, nodeName } = options;
    this.#parts = new KubeletParts(options, {
      wake: (uid) => this.#workers.get(uid)?.wake(),
      changed: (uid) => this.#changed(uid),
      apiPod: (pod) => this.#apiPod(pod),
    });
    const { context } = this.#parts;
    this.#remains = new Remains(context);
    this.#static = new StaticPods(kernel, files, options.staticPodPath, nodeName, log, (pods) => this.#setStatic(pods));
    if (client) {
      this.#informer = new Informer(kernel, client, podKind, { fieldSelector: `spec.nodeName=${nodeName}` }, (error) =>
        this.#complain(error),
      );
      this.#mirrors = new MirrorPods(client, log);
      this.#heartbeat = new Heartbeat({ ...options, client, recorder: context.recorder, state: context.runtimeState });
    }
    this.handler = kubeletHandler({
      kernel,
      runtime,
      files,
      pod: (namespace, name) => this.#podOf(namespace, name),
      status: (uid) => context.statuses.get(uid),
      pods: () => [...this.#workers.values()].map(({ pod }) => pod),
    });
  }

  start(): void {
    const { kernel, log } = this.#options;
    this.#parts.start();
    log.info('kubelet.go:386', 'Adding static pod path', { path: this.#options.staticPodPath });
    this.#startStaticPods();
    this.#informer?.handle({
      added: (pod) => this.#seen(pod, undefined),
      updated: (pod, before) => this.#seen(pod, before),
      deleted: (pod) => this.#gone(pod),
    });
    this.#heartbeat?.start();
    if (this.#informer) {
      log.info('kubelet.go:397', 'Adding apiserver pod source');
      log.info('apiserver.go:41', 'Waiting for node sync before watching apiserver pods');
      this.#watchWhenSynced(this.#informer);
    }
    log.info('kubelet.go:2622', 'Starting kubelet main sync loop');
    this.#timers.push(kernel.every(HOUSEKEEPING, () => this.#keepHouse()));
    this.#timers.push(kernel.every(GARBAGE_COLLECTION, () => this.#collectGarbage()));
  }

  /** Its process ends: containers go on. */
  stop(): void {
    this.#static.stop();
    this.#informer?.stop();
    this.#heartbeat?.stop();
    for (const timer of this.#timers) timer.cancel();
    for (const worker of this.#workers.values()) worker.stop();
    this.#parts.stop();
  }

  get #syncPeriod(): number {
    return this.#options.isResumed ? RESUME_PERIOD : NODE_SYNC_PERIOD;
  }

  /** One that goes on with its machine knows the statuses of static Pods, from their mirrors: it waits for them a little. */
  #startStaticPods(): void {
    const { kernel, isResumed } = this.#options;
    const deadline = kernel.now + (isResumed ? MIRRORS_PATIENCE : 0);
    const start = () => {
      if (kernel.now >= deadline || this.#informer?.hasSynced) {
        this.#areManifestsRead = true;
        this.#static.start();
      } else this.#timers.push(kernel.after(this.#syncPeriod, start));
    };
    start();
  }

  #watchWhenSynced(informer: Informer<Pod>): void {
    const { kernel, log } = this.#options;
    this.#timers.push(
      kernel.after(this.#syncPeriod, () => {
        // Without Services' addresses containers cannot be made.
        if (!this.#heartbeat?.node || !this.#parts.context.services()) {
          this.#watchWhenSynced(informer);
          return;
        }
        log.info('apiserver.go:51', 'Watching apiserver');
        informer.start();
      }),
    );
  }

  #seen(pod: Pod, before: Pod | undefined): void {
    if (isMirror(pod)) {
      this.#mirrorSeen(pod);
      return;
    }
    const { uid, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (deletionTimestamp !== undefined) {
      (worker ?? this.#begin(pod)).update(pod);
      // Without any time left a Pod has its own (pod_workers.go, calculateEffectiveGracePeriod).
      this.#workers.get(uid)?.terminate(deletionGracePeriodSeconds || undefined);
      this.#parts.context.statuses.resend(pod);
    } else if (worker) {
      // What the kubelet itself wrote is no reason to look again.
      if (before && isSameWork(before, pod)) worker.reconcile(pod);
      else worker.update(pod);
    } else if (pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && !this.#rejected.has(uid))
      this.#add(pod);
  }

  /** Nobody asks for it any more: what runs of it is ended. */
  #gone(pod: Pod): void {
    if (isMirror(pod)) {
      this.#reconcileMirrors();
      return;
    }
    const { uid } = pod.metadata;
    this.#rejected.delete(uid);
    const worker = this.#workers.get(uid);
    if (worker?.mayRun) worker.terminate(pod.metadata.deletionGracePeriodSeconds || undefined);
    else this.#forget(uid);
  }

  #add(pod: Pod): void {
    const { kernel, log } = this.#options;
    const node = this.#heartbeat?.node;
    const active = [...this.#workers.values()].filter(({ mayRun }) => mayRun).map((worker) => worker.pod);
    const rejection = node && admit(pod, node, active);
    if (!rejection) {
      this.#begin(pod);
      return;
    }
    const { statuses, recorder } = this.#parts.context;
    const { reason, message } = rejection;
    const { uid } = pod.metadata;
    log.info('allocation_manager.go:619', 'Pod admission denied', {
      podUID: uid,
      pod: formatName(pod),
      reason,
      message,
      operation: 'add',
    });
    this.#rejected.add(uid);
    recorder.record(pod, 'Warning', reason, message);
    statuses.set(pod, rejectedStatus(pod, rejection, kernel.now));
  }

  #begin(pod: Pod): PodWorker {
    const { uid } = pod.metadata;
    const worker = new PodWorker(this.#parts.context, pod, () => this.#terminated(uid));
    this.#workers.set(uid, worker);
    return worker;
  }

  /** Nothing of a Pod runs any more. It stays known as long as somebody asks for it. */
  #terminated(uid: string): void {
    const pod = this.#workers.get(uid)?.pod;
    if (!pod) return;
    const again = this.#restarts.get(uid);
    if (again) {
      this.#restarts.delete(uid);
      this.#workers.delete(uid);
      this.#startStatic(again);
      return;
    }
    const isWanted = isStatic(pod)
      ? this.#staticPods.has(uid)
      : this.#informer?.get(pod.metadata.namespace, pod.metadata.name)?.metadata.uid === uid;
    if (!isWanted) this.#forget(uid);
  }

  #forget(uid: string): void {
    const pod = this.#workers.get(uid)?.pod;
    this.#workers.delete(uid);
    this.#parts.context.statuses.forget(uid);
    // A static Pod is not deleted, it is no longer asked for: its last containers, and their logs, stay for a while.
    if (!pod || !isStatic(pod)) this.#remains.removePod(uid);
  }

  /** The runtime has news of a Pod. */
  #changed(uid: string): void {
    this.#workers.get(uid)?.wake();
    this.#remains.prune(uid);
  }

  #setStatic(pods: readonly Pod[]): void {
    const before = this.#staticPods;
    this.#staticPods = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
    for (const [uid, worker] of this.#workers) {
      if (!isStatic(worker.pod)) continue;
      const pod = this.#staticPods.get(uid);
      if (pod) {
        // Asked for anew while it ends (pod_workers.go, restartRequested).
        if (!before.has(uid) && worker.isTerminating) this.#restarts.set(uid, pod);
        continue;
      }
      this.#restarts.delete(uid);
      if (worker.mayRun) worker.terminate();
      else this.#forget(uid);
    }
    for (const pod of pods) this.#startStatic(pod);
  }

  /** A static Pod begins when the one of its name that was before has ended. */
  #startStatic(pod: Pod): void {
    const { uid, name, namespace } = pod.metadata;
    if (!this.#staticPods.has(uid) || this.#workers.has(uid)) return;
    const isTaken = [...this.#workers.values()].some(
      ({ mayRun, pod: other }) =>
        mayRun && isStatic(other) && other.metadata.name === name && other.metadata.namespace === namespace,
    );
    if (isTaken) {
      const { kernel } = this.#options;
      this.#timers.push(kernel.after(START_RETRY * (1 + kernel.random.float() / 2), () => this.#startStatic(pod)));
      return;
    }
    this.#begin(pod);
    this.#reconcileMirrors();
  }

  #keepHouse(): void {
    this.#reconcileMirrors();
    if (this.#knowsAll) this.#remains.endOrphans((uid) => this.#isKnown(uid));
  }

  #collectGarbage(): void {
    if (this.#knowsAll) this.#remains.collect((uid) => this.#isKnown(uid));
  }

  /** Both of its sources have told it of their Pods. */
  get #knowsAll(): boolean {
    return this.#areManifestsRead && (!this.#informer || this.#informer.hasSynced);
  }

  #isKnown(uid: string): boolean {
    return this.#workers.has(uid) || this.#staticPods.has(uid) || this.#isAtServer(uid);
  }

  #isAtServer(uid: string): boolean {
    return [...(this.#informer?.all() ?? [])].some(({ metadata }) => metadata.uid === uid);
  }

  #reconcileMirrors(): void {
    const node = this.#heartbeat?.node;
    if (!this.#mirrors || !node || !this.#informer?.hasSynced || !this.#areManifestsRead) return;
    const running = [...this.#workers.values()].filter(
      ({ pod }) => isStatic(pod) && this.#staticPods.has(pod.metadata.uid),
    );
    const waiting = new Set([...this.#staticPods.values()].map(formatName));
    const mirrors = [...this.#informer.all()].filter(isMirror);
    const names = new Set(running.map(({ pod }) => formatName(pod)));
    // The mirror of what ends stays until the next one begins.
    const looked = mirrors.filter((mirror) => names.has(formatName(mirror)) || !waiting.has(formatName(mirror)));
    this.#mirrors.reconcile(
      running.map(({ pod }) => pod),
      looked,
      node.metadata,
    );
  }

  #mirrorSeen(mirror: Pod): void {
    const pod = [...this.#staticPods.values()].find((each) => isMirrorOf(mirror, each));
    if (!pod || mirror.metadata.deletionTimestamp !== undefined) this.#reconcileMirrors();
    else this.#parts.context.statuses.resend(pod);
  }

  /** The Pod whose status the API server has: a static Pod's mirror. */
  #apiPod(pod: Pod): Pod | undefined {
    if (!isStatic(pod)) return pod;
    const mirror = this.#informer?.get(pod.metadata.namespace, pod.metadata.name);
    return mirror && isMirrorOf(mirror, pod) ? mirror : undefined;
  }

  /** By the name that clients use; a static Pod in place of its mirror. */
  #podOf(namespace: string, name: string): Pod | undefined {
    const isIt = ({ metadata }: Pod) => metadata.namespace === namespace && metadata.name === name;
    const known = [...this.#workers.values()].filter(({ pod }) => isIt(pod)).map(({ pod }) => pod);
    return known.at(-1) ?? this.#informer?.get(namespace, name);
  }

  #complain(error: unknown): void {
    const err = error instanceof Error ? error.message : String(error);
    this.#options.log.error('reflector.go:227', 'Failed to watch', {
      err: `failed to list *v1.Pod: ${err}`,
      logger: 'UnhandledError',
      reflector: 'pkg/kubelet/config/apiserver.go:66',
      type: '*v1.Pod',
    });
  }
}
