import type { Routine } from '#kernel/coroutine.ts';
import { wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { CriError, type CriRuntime, type Image } from '#machine/cri.ts';
import { tagOf } from '../../../api/kinds/pod/defaults.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Log } from '../../../client/log.ts';
import { goDuration } from '../duration.ts';
import { Backoff } from './backoff.ts';
import { imageNameError } from './image-name.ts';

/** Why a container cannot have its image; `reason` is that of the container's waiting state. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'ErrImageNeverPull' | 'InvalidImageName' | 'ImageInspectError';

  constructor(reason: ImageError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** kubelet.go: imageBackOffPeriod, MaxImageBackOff. */
const FIRST_BACKOFF = 10_000;
const LONGEST_BACKOFF = 300_000;

/** Sees to the images of containers, one pull at a time (pkg/kubelet/images.imageManager with serializeImagePulls). */
export class ImagePuller {
  readonly #kernel: Kernel;
  readonly #runtime: CriRuntime;
  readonly #recorder: EventRecorder;
  readonly #log: Log;
  readonly #backoff: Backoff;
  readonly #lastErrors = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #isPulling = false;

  constructor(kernel: Kernel, runtime: CriRuntime, recorder: EventRecorder, log: Log) {
    this.#kernel = kernel;
    this.#runtime = runtime;
    this.#recorder = recorder;
    this.#log = log;
    this.#backoff = new Backoff(kernel, FIRST_BACKOFF, LONGEST_BACKOFF);
  }

  /** @throws ImageError */
  *ensure(pod: Pod, container: Container, fieldPath: string): Routine<void> {
    const image = container.image ?? '';
    const tell: Tell = (type, reason, message) => this.#recorder.record(pod, type, reason, message, fieldPath);
    const nameError = imageNameError(image);
    if (nameError !== undefined) {
      const why = `Failed to apply default image tag ${JSON.stringify(image)}: ${nameError}`;
      tell('Warning', 'InspectFailed', why);
      throw new ImageError('InvalidImageName', why);
    }
    const policy = container.imagePullPolicy ?? (tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent');
    const present = policy === 'Always' ? undefined : this.#inspect(image, tell);
    if (present) {
      tell(
        'Normal',
        'Pulled',
        `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`,
      );
      return;
    }
    if (policy === 'Never') {
      const why = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
      tell('Warning', 'ErrImageNeverPull', why);
      throw new ImageError('ErrImageNeverPull', why);
    }
    const key = `${pod.metadata.uid}_${image}`;
    if (this.#backoff.isWaiting(key)) {
      const why = `Back-off pulling image ${JSON.stringify(image)}`;
      tell('Normal', 'BackOff', why);
      const last = this.#lastErrors.get(key);
      throw new ImageError('ImagePullBackOff', last ? `${why}: ${last}` : why);
    }
    yield* this.#pull(image, key, tell);
  }

  /** @throws ImageError when the runtime does not answer */
  #inspect(image: string, tell: Tell): Image | undefined {
    try {
      return this.#runtime.imageStatus(image);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const why = `Failed to inspect image "": ${error.rpcMessage}`;
      tell('Warning', 'InspectFailed', why);
      throw new ImageError('ImageInspectError', why);
    }
  }

  *#pull(image: string, key: string, tell: Tell): Routine<void> {
    tell('Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`);
    const asked = this.#kernel.now;
    yield* this.#turn();
    const begun = this.#kernel.now;
    try {
      yield* this.#runtime.pullImage(image);
      const took = (since: number) => goDuration(this.#kernel.now - since);
      const size = this.#runtime.imageStatus(image)?.size ?? 0;
      tell(
        'Normal',
        'Pulled',
        `Successfully pulled image ${JSON.stringify(image)} in ${took(begun)} (${took(asked)} including waiting). Image size: ${size} bytes.`,
      );
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const pairs = {
        err: error.rpcMessage,
        image: tagOf(image) === 'latest' && !image.endsWith(':latest') ? `${image}:latest` : image,
      };
      this.#log.error('remote_image.go:250', 'PullImage from image service failed', pairs);
      this.#log.error('kuberuntime_image.go:43', 'Failed to pull image', pairs);
      tell('Warning', 'Failed', `Failed to pull image ${JSON.stringify(image)}: ${error.rpcMessage}`);
      this.#backoff.next(key, this.#kernel.now);
      this.#lastErrors.set(key, `ErrImagePull: ${error.rpcMessage}`);
      throw new ImageError('ErrImagePull', error.rpcMessage);
    } finally {
      this.#isPulling = false;
      this.#waiting.shift()?.();
    }
  }

  *#turn(): Routine<void> {
    while (this.#isPulling) {
      yield* wait<void>((resume) => {
        const go = () => resume();
        this.#waiting.push(go);
        return () => {
          const index = this.#waiting.indexOf(go);
          if (index >= 0) this.#waiting.splice(index, 1);
        };
      });
    }
    this.#isPulling = true;
  }
}
