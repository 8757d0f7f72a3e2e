import type { Kernel } from '#kernel/kernel.ts';
import { CriError, type CriRuntime } from '#machine/cri.ts';
import type { Log } from '../../../client/log.ts';
import { goDuration } from '../duration.ts';

/** How often the runtime is asked how it is (kubelet.go: updateRuntimeUp), and in vain whether its Pods changed; milliseconds. */
const CHECK_PERIOD = 5_000;
const RELIST_PERIOD = 1_000;
/** How long a runtime may be silent: maxWaitForContainerRuntime, genericPlegRelistThreshold. */
const RUNTIME_THRESHOLD = 30_000;
const RELIST_THRESHOLD = 180_000;

/** What a kubelet knows of its runtime (pkg/kubelet/runtime.go): why its node is not ready. */
export class RuntimeState {
  readonly #kernel: Kernel;
  readonly #runtime: CriRuntime;
  readonly #log: Log;
  #check: { cancel(): void } | undefined;
  #relist: { cancel(): void } | undefined;
  #answeredAt: number | undefined;
  #networkError: string | undefined;

  constructor(kernel: Kernel, runtime: CriRuntime, log: Log) {
    this.#kernel = kernel;
    this.#runtime = runtime;
    this.#log = log;
  }

  start(): void {
    this.#update();
    this.#check = this.#kernel.every(CHECK_PERIOD, () => this.#update());
  }

  stop(): void {
    this.#check?.cancel();
    this.#relist?.cancel();
  }

  /** Asks the runtime now. */
  isReady(): boolean {
    this.#update();
    return this.errors().length === 0;
  }

  /** Why Pods get no network; undefined when they do. */
  get networkError(): string | undefined {
    return this.#networkError;
  }

  /** Why the node is not ready; nothing when it is. */
  errors(): readonly string[] {
    return [...this.#runtimeErrors(), ...(this.#networkError === undefined ? [] : [this.#networkError])];
  }

  #runtimeErrors(): readonly string[] {
    const silence = this.#answeredAt === undefined ? undefined : this.#kernel.now - this.#answeredAt;
    if (silence === undefined)
      return [
        'container runtime status check may not have completed yet',
        'PLEG is not healthy: pleg has yet to be successful',
      ];
    const errors: string[] = [];
    if (silence >= RUNTIME_THRESHOLD) errors.push('container runtime is down');
    if (silence > RELIST_THRESHOLD)
      errors.push(
        `PLEG is not healthy: pleg was last seen active ${goDuration(silence)} ago; threshold is ${goDuration(RELIST_THRESHOLD)}`,
      );
    return errors;
  }

  #update(): void {
    try {
      const { networkReady, networkReason, networkMessage } = this.#runtime.status();
      this.#networkError = networkReady
        ? undefined
        : `container runtime network not ready: NetworkReady=false reason:${networkReason} message:${networkMessage}`;
      this.#answeredAt = this.#kernel.now;
      this.#relist?.cancel();
      this.#relist = undefined;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const err = error.rpcMessage;
      this.#log.error('remote_runtime.go:801', 'Status from runtime service failed', { err });
      this.#log.error('kubelet.go:3247', 'Container runtime sanity check failed', { err });
      const errors = this.#runtimeErrors();
      if (errors.length > 0)
        this.#log.error('kubelet.go:2646', 'Skipping pod synchronization', { err: joined(errors) });
      this.#relist ??= this.#kernel.every(RELIST_PERIOD, () => this.#tryRelist());
    }
  }

  #tryRelist(): void {
    try {
      this.#runtime.podSandboxes();
      this.#update();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const err = error.rpcMessage;
      this.#log.error('remote_runtime.go:347', 'ListPodSandbox with filter from runtime service failed', {
        err,
        filter: '',
      });
      this.#log.error('generic.go:312', 'GenericPLEG: Unable to retrieve pods', { err });
    }
  }
}

/** As Go prints several errors (apimachinery, util/errors.Aggregate). */
function joined(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`;
}
