import { isEqual } from '../../api/json.ts';
import { cronJob as cronJobKind } from '../../api/kinds/batch/cron-job.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { Schedule, ScheduleError } from '../../api/kinds/batch/schedule.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import type { CronJob, Job } from '../../api/types/workloads.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { indexByController, ownedBy, resolveOwner } from '../pod-control/owner.ts';
import { CronJobSync } from './cronjob-sync.ts';
import { untilNext } from './schedule-times.ts';

/** Makes Jobs by a schedule (pkg/controller/cronjob, ControllerV2). */
export function startCronJob(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const recorder = context.recorder('cronjob-controller');
  const cronJobs = informers.of(cronJobKind);
  const jobs = informers.of(jobKind);
  indexByController(jobs);
  const queue = controllerQueue(context, 'cronjob', sync);
  const enqueueOwner = (job: Job) => {
    const owner = resolveOwner(cronJobs, cronJobKind, job.metadata.namespace, controllerOf(job));
    if (owner) queue.add(keyOf(owner));
  };
  jobs.handle({
    added: enqueueOwner,
    updated: (job, before) => {
      if (!isEqual(controllerOf(job), controllerOf(before))) enqueueOwner(before);
      enqueueOwner(job);
    },
    deleted: enqueueOwner,
  });
  cronJobs.handle({ added: (cronJob) => queue.add(keyOf(cronJob)), updated: cronJobUpdated });
  log.info('cronjob_controllerv2.go:143', 'Starting cronjob controller v2', { logger: 'cronjob-controller' });

  /** Another schedule only moves the next start. */
  function cronJobUpdated(cronJob: CronJob, before: CronJob): void {
    const { schedule, timeZone } = cronJob.spec;
    if (schedule === before.spec.schedule && timeZone === before.spec.timeZone) {
      queue.add(keyOf(cronJob));
      return;
    }
    try {
      const wait = untilNext(cronJob, new Schedule(schedule), kernel.now);
      if (wait !== undefined) queue.addAfter(keyOf(cronJob), wait);
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      const message = `unparseable schedule for cronjob: ${schedule}`;
      recorder.record(cronJob, 'Warning', 'UnParseableCronJobSchedule', message);
    }
  }

  function sync(key: string): void {
    const cronJob = cronJobs.getByKey(key);
    if (!cronJob) return;
    const wait = new CronJobSync({ client, recorder, kernel }, cronJob).run(ownedBy(jobs, cronJob.metadata.uid));
    if (wait !== undefined) queue.addAfter(key, wait);
  }

  return { name: 'cronjob', stop: () => queue.stop() };
}
