import type { Kernel } from '#kernel/kernel.ts';
import type { Job } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Backoff } from './backoff.ts';
import type { Expectations } from './expectations.ts';

/** What a sync of a Job needs of the controller. */
export interface JobTools {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly expectations: Expectations;
  /** The Job is looked at again after so many milliseconds. */
  readonly queue: { addAfter(key: string, milliseconds: number): void };
  readonly backoffs: { get(key: string): Backoff; set(key: string, backoff: Backoff): void };
  /** The Job's status was written: an older one in the cache is not to be believed. */
  wrote(key: string, job: Job): void;
}
