import { timestamp } from '#kernel/calendar.ts';
import { cronJob as cronJobKind } from '../../api/kinds/batch/cron-job.ts';
import type { Draft } from '../../api/object.ts';
import type { CronJob, Job } from '../../api/types/workloads.ts';
import { controllerReference } from '../pod-control/owner.ts';

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** The Job of a start; its name ends with the minutes since the epoch, so that none is made twice. @param time in milliseconds */
export function jobFor(cronJob: CronJob, time: number): Draft<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const { namespace } = cronJob.metadata;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, time),
      ...(namespace !== undefined && { namespace }),
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED]: timestamp(time) },
      ownerReferences: [controllerReference(cronJobKind, cronJob)],
    },
    spec,
  };
}

export function jobName({ metadata }: CronJob, time: number): string {
  return `${metadata.name}-${Math.floor(time / 60_000)}`;
}
