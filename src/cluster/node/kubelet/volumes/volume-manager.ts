import { nanoTimestamp } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Pod, Volume } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import { goDuration } from '../duration.ts';
import { formatName } from '../pods/pod-names.ts';
import { podDirectory, volumePlugin } from '../pods/pod-paths.ts';
import { SyncError } from '../pods/sync-result.ts';
import type { VolumeFile } from './atomic-writer.ts';
import { isRemounted, setUpVolume } from './volumes.ts';

/** A volume that failed is tried again later and later (goroutinemap/exponentialbackoff); milliseconds. */
const FIRST_RETRY = 500;
const LONGEST_RETRY = 122_000;
/** How long a sync waits for volumes (podAttachAndMountTimeout). */
const PATIENCE = 123_000;

interface Failure {
  readonly wait: number;
  readonly retryAt: number;
}

/** The volumes of a Pod on its node (pkg/kubelet/volumemanager). */
export class PodVolumes {
  readonly #context: KubeletContext;
  /** Volumes that were tried to be mounted. */
  readonly #begun = new Set<string>();
  /** With their files as they were written last. */
  readonly #mounted = new Map<string, readonly VolumeFile[]>();
  readonly #failures = new Map<string, Failure>();
  #interrupt: (() => void) | undefined;
  #isInterrupted = false;

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  /** Goes on when all volumes are there; what may have changed in them is brought up to date. @throws SyncError when they do not come, or are not wanted any more */
  *waitUntilMounted(pod: Pod, podIP: string): Routine<void> {
    const { kernel } = this.#context;
    const deadline = kernel.now + PATIENCE;
    const volumes = pod.spec.volumes ?? [];
    for (const volume of volumes)
      if (this.#mounted.has(volume.name) && isRemounted(volume)) this.#mount(pod, volume, podIP);
    for (;;) {
      const missing = volumes.filter(({ name }) => !this.#mounted.has(name));
      for (const volume of missing) this.#mount(pod, volume, podIP);
      const left = missing.filter(({ name }) => !this.#mounted.has(name)).map(({ name }) => name);
      if (left.length === 0) return;
      const next = Math.min(deadline, ...left.map((name) => this.#failures.get(name)?.retryAt ?? deadline));
      yield* this.#sleepUntil(next);
      if (this.#isInterrupted) throw new SyncError('context canceled');
      if (kernel.now >= deadline)
        throw new SyncError(
          `unmounted volumes=[${left.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`,
        );
    }
  }

  /** The Pod is to end: nobody waits for its volumes. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#interrupt?.();
  }

  /** hostPath volumes stay. */
  unmount(pod: Pod): void {
    for (const volume of pod.spec.volumes ?? []) if (this.#mounted.has(volume.name)) this.#tellUnmounted(pod, volume);
    this.#context.files.remove(podDirectory(pod));
    this.#context.tokens.forget(pod.metadata.uid);
    this.#mounted.clear();
  }

  #mount(pod: Pod, volume: Volume, podIP: string): void {
    const { kernel, recorder } = this.#context;
    const { name } = volume;
    if (!this.#begun.has(name)) this.#tellBegun(pod, volume);
    const before = this.#failures.get(name);
    if (before && kernel.now < before.retryAt) return;
    try {
      const sources = { ...this.#context, podIP, allocatable: this.#context.allocatable() };
      this.#mounted.set(name, setUpVolume(pod, volume, sources, this.#mounted.get(name)));
      this.#failures.delete(name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const pause = before ? Math.min(LONGEST_RETRY, before.wait * 2) : FIRST_RETRY;
      this.#failures.set(name, { wait: pause, retryAt: kernel.now + pause });
      const what = `MountVolume.SetUp failed for volume ${JSON.stringify(name)}`;
      recorder.record(pod, 'Warning', 'FailedMount', `${what} : ${error.message}`);
      this.#complain(pod, volume, pause, what, error.message);
    }
  }

  #complain({ metadata }: Pod, volume: Volume, pause: number, what: string, why: string): void {
    const { kernel, log } = this.#context;
    const unique = uniqueName(metadata.uid, volume);
    const missing = /(?<kind>configmap|secret) (?<quoted>".*") not found$/.exec(why)?.groups;
    if (missing) {
      const kind = missing['kind'] === 'secret' ? 'secret' : 'configMap';
      const where = volume.projected ? 'projected.go:291' : volume.secret ? 'secret.go:189' : 'configmap.go:193';
      const name = JSON.parse(missing['quoted'] ?? '""') as string;
      log.plain('E', where, `Couldn't get ${kind} ${metadata.namespace}/${name}: ${why}`);
    }
    if (volume.projected)
      log.plain(
        'E',
        'projected.go:196',
        `Error preparing data for projected volume ${volume.name} for pod ${metadata.namespace}/${metadata.name}: ${why}`,
      );
    const until = nanoTimestamp(kernel.now + pause)
      .replace('T', ' ')
      .replace('Z', ' +0000 UTC');
    log.plain(
      'E',
      'nestedpendingoperations.go:348',
      `Operation for "{volumeName:${unique} podName:${metadata.uid} nodeName:}" failed. No retries permitted until ${until} ` +
        `(durationBeforeRetry ${goDuration(pause)}). Error: ${what} (UniqueName: "${unique}") ` +
        `pod "${metadata.name}" (UID: "${metadata.uid}") : ${why}`,
    );
  }

  #tellBegun(pod: Pod, volume: Volume): void {
    const { name, uid } = pod.metadata;
    this.#begun.add(volume.name);
    const which = `for volume "${volume.name}" (UniqueName: "${uniqueName(uid, volume)}") pod "${name}" (UID: "${uid}") `;
    this.#context.log.info(
      'reconciler_common.go:251',
      `operationExecutor.VerifyControllerAttachedVolume started ${which}`,
      { pod: formatName(pod) },
    );
  }

  #tellUnmounted({ metadata: { uid } }: Pod, volume: Volume): void {
    const { log, nodeName } = this.#context;
    const { name } = volume;
    const unique = uniqueName(uid, volume);
    log.info(
      'reconciler_common.go:163',
      `operationExecutor.UnmountVolume started for volume "${name}" (UniqueName: "${unique}") pod "${uid}" (UID: "${uid}") `,
    );
    log.plain(
      'I',
      'operation_generator.go:782',
      `UnmountVolume.TearDown succeeded for volume "${unique}" pod "${uid}" (UID: "${uid}"). InnerVolumeSpecName "${name}". PluginName "${volumePlugin(volume)}", VolumeGIDValue ""`,
    );
    log.info(
      'reconciler_common.go:299',
      `Volume detached for volume "${name}" (UniqueName: "${unique}") on node "${nodeName}" DevicePath ""`,
    );
  }

  *#sleepUntil(time: number): Routine<void> {
    const { kernel } = this.#context;
    yield* wait<void>((resume) => {
      const timer = kernel.after(Math.max(0, time - kernel.now), () => resume());
      this.#interrupt = () => resume();
      return () => {
        timer.cancel();
        this.#interrupt = undefined;
      };
    });
    this.#interrupt = undefined;
  }
}

/** `kubernetes.io/configmap/UID-config` */
function uniqueName(uid: string, volume: Volume): string {
  return `${volumePlugin(volume)}/${uid}-${volume.name}`;
}
