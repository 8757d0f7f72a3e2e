import { calendarTime, parseTime, timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { cronJob as cronJobKind } from '../../api/kinds/batch/cron-job.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { Schedule, ScheduleError } from '../../api/kinds/batch/schedule.ts';
import { controllerOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { CronJob, Job } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { finishedCondition } from '../job/conditions.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { jobFor, jobName } from './job-template.ts';
import { mostRecentTime, untilNext } from './schedule-times.ts';

export interface CronJobTools {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly recorder: EventRecorder;
}

type Status = CronJob['status'];

/** The calendar knows no other. */
const UTC: readonly string[] = ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'];

/** One look at a CronJob: forgets its finished Jobs, deletes old ones, and makes the Job that is due. */
export class CronJobSync {
  readonly #tools: CronJobTools;
  #cronJob: CronJob;
  #isChanged = false;

  constructor(tools: CronJobTools, cronJob: CronJob) {
    this.#tools = tools;
    this.#cronJob = cronJob;
  }

  /**
   * @param jobs those that the CronJob owns
   * @returns milliseconds until it is to be looked at again; undefined: when something changes
   * @throws ApiError
   */
  run(jobs: readonly Job[]): number | undefined {
    this.#cleanUp(jobs);
    let failure: unknown;
    let wait: number | undefined;
    try {
      this.#noteJobs(jobs);
      wait = this.#start();
    } catch (error) {
      failure = error;
    }
    if (this.#isChanged) this.#tools.client.updateStatus(cronJobKind, this.#cronJob);
    if (failure !== undefined) throw failure;
    return wait;
  }

  /** Keeps so many finished Jobs as the history limits say, the youngest. */
  #cleanUp(jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cronJob.spec;
    const ended = (type: string) => jobs.filter(({ status }) => finishedCondition(status.conditions)?.type === type);
    for (const [type, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      const all = ended(type).sort(byStart);
      for (const job of all.slice(0, Math.max(0, all.length - limit))) this.#delete(job);
    }
  }

  #noteJobs(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const { name, uid } = job.metadata;
      const ended = finishedCondition(job.status.conditions);
      if (!ended && !this.#isActive(uid)) {
        this.#noteUnexpected(job);
        continue;
      }
      if (!ended) continue;
      if (this.#isActive(uid)) {
        this.#forget(uid);
        this.#tell('Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${ended.type}`);
      }
      const { completionTime } = job.status;
      const { lastSuccessfulTime } = this.#cronJob.status;
      if (ended.type === 'Complete' && completionTime && completionTime > (lastSuccessfulTime ?? '')) {
        this.#set({ lastSuccessfulTime: completionTime });
      }
    }
    const uids = new Set(jobs.map(({ metadata }) => metadata.uid));
    for (const { namespace, name = '', uid = '' } of this.#cronJob.status.active ?? []) {
      if (uids.has(uid) || this.#tools.client.find(jobKind, namespace, name)) continue;
      this.#tell('Normal', 'MissingJob', `Active job went missing: ${name}`);
      this.#forget(uid);
    }
  }

  /** A Job that runs and is not in the status: the cache may be older than the status. */
  #noteUnexpected({ metadata }: Job): void {
    const { namespace, name } = this.#cronJob.metadata;
    const fresh = this.#tools.client.get(cronJobKind, namespace, name);
    if (fresh.status.active?.some(({ uid }) => uid === metadata.uid)) this.#cronJob = fresh;
    else
      this.#tell(
        'Warning',
        'UnexpectedJob',
        `Saw a job that the controller did not create or forgot: ${metadata.name}`,
      );
  }

  #start(): number | undefined {
    const { metadata, spec } = this.#cronJob;
    if (metadata.deletionTimestamp !== undefined) return undefined;
    if (spec.timeZone !== undefined && !UTC.includes(spec.timeZone)) {
      const message = `invalid timeZone: ${JSON.stringify(spec.timeZone)}: time zones other than UTC are not simulated here`;
      this.#tell('Warning', 'UnknownTimeZone', message);
      return undefined;
    }
    if (spec.suspend) return undefined;
    const schedule = this.#schedule();
    return schedule && this.#startBy(schedule);
  }

  #schedule(): Schedule | undefined {
    const { schedule } = this.#cronJob.spec;
    try {
      return new Schedule(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      this.#tell(
        'Warning',
        'UnparseableSchedule',
        `unparseable schedule: ${JSON.stringify(schedule)} : ${error.message}`,
      );
      return undefined;
    }
  }

  #startBy(schedule: Schedule): number | undefined {
    const { now } = this.#tools.kernel;
    const { spec, status } = this.#cronJob;
    const { mostRecent: time, missed, error } = mostRecentTime(this.#cronJob, schedule, now, true);
    if (error !== undefined) {
      this.#tell('Warning', 'InvalidSchedule', `invalid schedule: ${spec.schedule} : ${error}`);
      return undefined;
    }
    const wait = () => untilNext(this.#cronJob, schedule, now);
    if (time === undefined) return wait();
    if (missed === 'many') {
      const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#tell('Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
    }
    if (spec.startingDeadlineSeconds !== undefined && time + spec.startingDeadlineSeconds * 1000 < now) {
      this.#tell('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(time)}`);
      return wait();
    }
    const name = jobName(this.#cronJob, time);
    const isKnown =
      status.active?.some((active) => active.name === name) || status.lastScheduleTime === timestamp(time);
    if (isKnown) return wait();
    if (spec.concurrencyPolicy === 'Forbid' && status.active?.length) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#tell('Normal', 'JobAlreadyActive', message);
      return wait();
    }
    if (spec.concurrencyPolicy === 'Replace') this.#replace();
    return this.#create(time) ? wait() : undefined;
  }

  #replace(): void {
    for (const { namespace, name = '' } of this.#cronJob.status.active ?? []) {
      let job: Job;
      try {
        job = this.#tools.client.get(jobKind, namespace, name);
      } catch (error) {
        this.#tell('Warning', 'FailedGet', `Get job: ${messageOf(error)}`);
        throw error;
      }
      if (!this.#delete(job)) throw new Error(`could not replace job ${namespace}/${name}`);
    }
  }

  /** Returns whether the Job is this CronJob's. */
  #create(time: number): boolean {
    const { client } = this.#tools;
    const draft = jobFor(this.#cronJob, time);
    let job: Job;
    try {
      job = client.create(jobKind, draft);
      this.#tell('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) {
        if (!isNamespaceEnding(error)) this.#tell('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
        throw error;
      }
      // Made before, though the status does not say so.
      job = client.get(jobKind, this.#cronJob.metadata.namespace, draft.metadata.name ?? '');
      if (controllerOf(job)?.uid !== this.#cronJob.metadata.uid || this.#isActive(job.metadata.uid)) return false;
    }
    const { namespace = '', name, uid, resourceVersion } = job.metadata;
    const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion };
    this.#set({ active: [...(this.#cronJob.status.active ?? []), reference], lastScheduleTime: timestamp(time) });
    return true;
  }

  /** Returns whether it is deleted. */
  #delete(job: Job): boolean {
    try {
      this.#tools.client.delete(jobKind, job, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isReason(error, 'NotFound')) {
        this.#tell('Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
        return false;
      }
      // The cache is older than the deletion, which was told of.
      this.#forget(job.metadata.uid);
      return true;
    }
    this.#forget(job.metadata.uid);
    this.#tell('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
    return true;
  }

  #isActive(uid: string): boolean {
    return this.#cronJob.status.active?.some((active) => active.uid === uid) ?? false;
  }

  #forget(uid: string): void {
    const { active: before = [], ...rest } = this.#cronJob.status;
    const active = before.filter((reference) => reference.uid !== uid);
    this.#cronJob = { ...this.#cronJob, status: { ...rest, ...(active.length > 0 && { active }) } };
    this.#isChanged = true;
  }

  #set(status: Status): void {
    this.#cronJob = { ...this.#cronJob, status: { ...this.#cronJob.status, ...status } };
    this.#isChanged = true;
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tools.recorder.record(this.#cronJob, type, reason, message);
  }
}

/** The oldest first; those that never started last. */
function byStart(a: Job, b: Job): number {
  const [first, second] = [a, b].map(({ status }) =>
    status.startTime ? parseTime(status.startTime) : Number.MAX_VALUE,
  );
  return (first ?? 0) - (second ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Go's time.RFC1123Z: `Mon, 23 Nov 2026 06:00:00 +0000`. */
function rfc1123(time: number): string {
  const { weekday, day, month, year } = calendarTime(time);
  const date = `${String(day).padStart(2, '0')} ${MONTHS[month - 1]} ${year}`;
  return `${DAYS[weekday]}, ${date} ${timestamp(time).slice(11, 19)} +0000`;
}
