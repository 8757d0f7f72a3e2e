/** One thing that a sync tried to do. */
export interface SyncResult {
  readonly action: 'StartContainer' | 'KillContainer' | 'CreatePodSandbox' | 'KillPodSandbox';
  /** The container's name, or the Pod's. */
  readonly target: string;
  /** Missing when it went well. */
  readonly error?: {
    /** `ImagePullBackOff`, `CreatePodSandboxError` … */
    readonly reason: string;
    readonly message: string;
    /** When it may be tried again, in milliseconds since the epoch. */
    readonly retryAt?: number;
  };
}

/** What went wrong in a sync of a Pod; it is done again after a while. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  /** In milliseconds since the epoch; undefined: after the usual time. */
  readonly retryAt: number | undefined;
  /** It passes by itself, soon: the network is not ready. */
  readonly isTransient: boolean;

  constructor(
    message: string,
    options: { readonly retryAt?: number | undefined; readonly isTransient?: boolean } = {},
  ) {
    super(message);
    this.retryAt = options.retryAt;
    this.isTransient = options.isTransient ?? false;
  }
}

/** The runtime does not answer: a sync waits until it does, and says nothing. */
export class RuntimeAway extends Error {
  override readonly name = 'RuntimeAway';
}

/** The error that results make together; undefined when all went well (pkg/kubelet/container/sync_result.go). */
export function errorOf(results: readonly SyncResult[]): SyncError | undefined {
  const texts = new Set<string>();
  let retryAt: number | undefined;
  for (const { action, target, error } of results) {
    if (!error) continue;
    texts.add(
      `failed to "${action}" for ${JSON.stringify(target)} with ${error.reason}: ${JSON.stringify(error.message)}`,
    );
    if (error.retryAt !== undefined) retryAt = Math.min(retryAt ?? error.retryAt, error.retryAt);
  }
  if (texts.size === 0) return undefined;
  const text = [...texts].join(', ');
  return new SyncError(texts.size === 1 ? text : `[${text}]`, { retryAt });
}
