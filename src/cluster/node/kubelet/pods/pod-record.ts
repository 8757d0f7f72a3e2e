import { CriError } from '#machine/cri.ts';
import type { Pod, PodStatus } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import type { RuntimePod } from '../runtime/runtime-pod.ts';
import { podStatus } from '../status/pod-status.ts';
import { deadlineReason, isPastDeadline } from './deadline.ts';
import { RuntimeAway, type SyncResult } from './sync-result.ts';

interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What is known of one Pod on its node, for the parts that bring it up and end it; and its status made of that. */
export class PodRecord {
  pod: Pod;
  /** Why containers could not be started, by name: CrashLoopBackOff, ImagePullBackOff … (pkg/kubelet/reason_cache.go) */
  readonly #reasons = new Map<string, Reason>();
  readonly #context: KubeletContext;

  constructor(context: KubeletContext, pod: Pod) {
    this.#context = context;
    this.pod = pod;
  }

  /** Keeps what the starts of a sync came to. */
  remember(results: readonly SyncResult[]): void {
    for (const { action, target, error } of results) {
      if (action !== 'StartContainer') continue;
      if (error) this.#reasons.set(target, error);
      else this.#reasons.delete(target);
    }
  }

  /** @throws RuntimeAway */
  runtimeState(): RuntimePod {
    try {
      return this.#context.runtime.ofPod(this.pod.metadata.uid);
    } catch (error) {
      if (error instanceof CriError) throw new RuntimeAway(error.rpcMessage);
      throw error;
    }
  }

  /** '' before there is one. */
  get podIP(): string {
    return this.status?.podIP ?? '';
  }

  /** The last one that was reported. */
  get status(): PodStatus | undefined {
    return this.#context.statuses.get(this.pod.metadata.uid);
  }

  /**
   * Makes the status of what the runtime has, and reports it (kubelet.generateAPIPodStatus).
   *
   * @param hasEnded nothing of the Pod runs any more, and nothing will
   */
  report(state: RuntimePod, hasEnded = false): PodStatus {
    const { statuses, hostIP, kernel, probes, files, recorder, apiPod } = this.#context;
    const { pod } = this;
    // What an earlier kubelet reported counts too (status_manager.SetPodStatus).
    const before = this.status ?? (apiPod(pod) ?? pod).status;
    const isExpired = isPastDeadline(pod, before, kernel.now);
    if (isExpired) recorder.record(pod, 'Normal', deadlineReason.reason, deadlineReason.message);
    const status = podStatus(
      {
        pod,
        state,
        reasons: this.#reasons,
        probes,
        files,
        hostIP,
        kubeletStart: this.#context.startedAt,
        hasEnded,
        failure: isExpired ? deadlineReason : undefined,
      },
      before,
      kernel.now,
    );
    statuses.set(pod, status);
    probes.hurry(pod.metadata.uid, status);
    return status;
  }
}
