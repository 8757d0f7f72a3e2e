import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import { unlinkLog } from '../containers/log-links.ts';
import type { KubeletContext } from '../context.ts';

/** How many containers that ended are kept of each name, for their logs (`--maximum-dead-containers-per-container`). */
const KEPT = 1;
/** Seconds for containers of Pods that nobody knows. */
const ORPHAN_GRACE = 1;

/** Takes away what Pods leave in the runtime (pkg/kubelet/pod_container_deletor.go, kuberuntime_gc.go, kubelet.HandlePodCleanups). */
export class Remains {
  readonly #context: KubeletContext;
  readonly #running = new Set<string>();

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  /** Containers that were followed by others of their name. */
  prune(uid: string): void {
    this.#once(`prune ${uid}`, () => this.#pruneContainers(uid));
  }

  /** All of a Pod that is gone; what still runs of it is ended. */
  removePod(uid: string): void {
    this.#once(`remove ${uid}`, () => this.#removeAll(uid));
  }

  /** Removes Pods of the runtime that still run, but are none of these. */
  endOrphans(isKnown: (uid: string) => boolean): void {
    this.#removeWhere(({ state, config }) => state === 'READY' && !isKnown(config.uid));
  }

  /** Removes what is left of all Pods that are none of these (kubelet.StartGarbageCollection). */
  collect(isKnown: (uid: string) => boolean): void {
    this.#removeWhere(({ config }) => !isKnown(config.uid));
  }

  #removeWhere(isOver: (sandbox: PodSandbox) => boolean): void {
    try {
      const uids = new Set(
        this.#context.runtime
          .podSandboxes()
          .filter(isOver)
          .map(({ config }) => config.uid),
      );
      for (const uid of uids) this.removePod(uid);
    } catch (error) {
      // A runtime that is away is asked again.
      if (!(error instanceof CriError)) throw error;
    }
  }

  *#pruneContainers(uid: string): Routine<void> {
    const { runtime, files, log } = this.#context;
    const dead = runtime.ofPod(uid).containers.filter(({ state }) => state === 'EXITED');
    const seen = new Map<string, number>();
    for (const container of dead) {
      const { id, config } = container;
      const count = (seen.get(config.name) ?? 0) + 1;
      seen.set(config.name, count);
      if (count <= KEPT) continue;
      log.info('scope.go:122', 'RemoveContainer', { containerID: id });
      yield* runtime.removeContainer(id);
      unlinkLog(files, container);
    }
  }

  *#removeAll(uid: string): Routine<void> {
    const { runtime, files, log } = this.#context;
    const { sandboxes, containers } = runtime.ofPod(uid);
    for (const { id, state } of containers) if (state === 'RUNNING') yield* runtime.stopContainer(id, ORPHAN_GRACE);
    for (const container of containers) {
      log.info('scope.go:122', 'RemoveContainer', { containerID: container.id });
      yield* runtime.removeContainer(container.id);
      unlinkLog(files, container);
    }
    for (const { id } of sandboxes) yield* runtime.removePodSandbox(id);
  }

  /** Whatever fails is tried again with the next occasion. */
  #once(key: string, start: () => Routine<void>): void {
    if (this.#running.has(key)) return;
    this.#running.add(key);
    const end = () => this.#running.delete(key);
    new Coroutine(this.#context.kernel, start(), end, (error) => {
      end();
      if (!(error instanceof CriError)) throw error;
    });
  }
}
