/** A sync of a Pod that went wrong and is done again, after `retry` milliseconds or the usual time. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly retry: number | undefined;

  constructor(retry?: number) {
    super('sync');
    this.retry = retry;
  }
}
