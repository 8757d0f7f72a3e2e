import { expect, test } from 'vitest';
import { timestamp } from '#kernel/calendar.ts';
import { cronJob as cronJobKind } from '../../api/kinds/batch/cron-job.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import type { CronJob, Job } from '../../api/types/workloads.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startCronJob } from './cronjob.ts';

function start(spec: Partial<CronJob['spec']> = {}) {
  const cluster = new TestCluster([startCronJob]);
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } as const;
  cluster.run(30);
  const draft = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'hello', namespace: 'default' },
    spec: { schedule: '*/1 * * * *', jobTemplate: { spec: { template } }, ...spec },
  };
  cluster.client.request({ method: 'POST', path: '/apis/batch/v1/namespaces/default/cronjobs', body: draft });
  const jobs = () => cluster.client.list(jobKind, { namespace: 'default' }).items;
  const cronJob = () => cluster.client.get(cronJobKind, 'default', 'hello');
  /** A Job ends; here no Job controller says so. */
  const end = (job: Job, type: 'Complete' | 'Failed') => {
    const time = timestamp(cluster.kernel.now);
    const status: Job['status'] = {
      ...job.status,
      startTime: time,
      ...(type === 'Complete' && { completionTime: time, succeeded: 1 }),
      conditions: [
        {
          type: type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget',
          status: 'True',
          lastTransitionTime: time,
        },
        { type, status: 'True', lastTransitionTime: time },
      ],
    };
    cluster.client.updateStatus(jobKind, { ...job, status });
  };
  return { cluster, jobs, cronJob, end };
}

/** Minutes since the epoch at the first full minute after the start. */
const FIRST = Date.UTC(2026, 10, 23, 0, 1) / 60_000;

test('a Job is made at each time of the schedule, named by the minute', () => {
  const { cluster, jobs, cronJob } = start();
  cluster.run(29);
  expect(jobs()).toEqual([]);
  cluster.run(62);
  expect(jobs().map(({ metadata }) => metadata.name)).toEqual([`hello-${FIRST}`, `hello-${FIRST + 1}`]);
  const [job] = jobs();
  expect(job?.metadata.annotations).toEqual({
    'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-23T00:01:00Z',
  });
  expect(job?.metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'hello', controller: true }]);
  expect(cronJob().status.active?.map(({ name }) => name)).toEqual([`hello-${FIRST}`, `hello-${FIRST + 1}`]);
  expect(cronJob().status.lastScheduleTime).toBe('2026-11-23T00:02:00Z');
  expect(cluster.events('hello')[0]).toBe(`SuccessfulCreate: Created job hello-${FIRST}`);
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('finished Jobs are noted, and the oldest deleted', () => {
  const { cluster, jobs, cronJob, end } = start({ successfulJobsHistoryLimit: 1 });
  for (let minute = 0; minute < 3; minute += 1) {
    cluster.run(60);
    for (const job of jobs()) if (!job.status.conditions) end(job, 'Complete');
  }
  cluster.run(1);
  expect(jobs().map(({ metadata }) => metadata.name)).toEqual([`hello-${FIRST + 2}`]);
  expect(cronJob().status.active).toBeUndefined();
  expect(cronJob().status.lastSuccessfulTime).toBe('2026-11-23T00:03:30Z');
  expect(cluster.events('hello').slice(1, 4)).toEqual([
    `SawCompletedJob: Saw completed job: hello-${FIRST}, condition: Complete`,
    `SuccessfulCreate: Created job hello-${FIRST + 1}`,
    `SuccessfulDelete: Deleted job hello-${FIRST}`,
  ]);
});

test('Forbid waits for the Job that runs', () => {
  const { cluster, jobs, end } = start({ concurrencyPolicy: 'Forbid' });
  cluster.run(125);
  expect(jobs()).toHaveLength(1);
  expect(cluster.events('hello')).toContain(
    'JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
  );
  for (const job of jobs()) end(job, 'Complete');
  cluster.run(60);
  expect(jobs()).toHaveLength(2);
});

test('Replace deletes the Job that runs', () => {
  const { cluster, jobs } = start({ concurrencyPolicy: 'Replace' });
  cluster.run(95);
  expect(jobs().map(({ metadata }) => metadata.name)).toEqual([`hello-${FIRST + 1}`]);
  expect(cluster.events('hello')).toContain(`SuccessfulDelete: Deleted job hello-${FIRST}`);
});

test('nothing is made while suspended; afterwards the last missed start alone', () => {
  const { cluster, jobs, cronJob } = start({ suspend: true });
  cluster.run(300);
  expect(jobs()).toEqual([]);
  cluster.client.patch(cronJobKind, cronJob(), { spec: { suspend: false } });
  cluster.run(1);
  expect(jobs().map(({ metadata }) => metadata.name)).toEqual([`hello-${FIRST + 4}`]);
});

test('a start that is later than its deadline is missed', () => {
  const { cluster, jobs, cronJob } = start({ suspend: true, startingDeadlineSeconds: 10 });
  cluster.run(300);
  cluster.client.patch(cronJobKind, cronJob(), { spec: { suspend: false } });
  cluster.run(1);
  expect(jobs()).toEqual([]);
});

test('a CronJob tells of Jobs that went missing', () => {
  const { cluster, jobs, cronJob } = start();
  cluster.run(40);
  for (const job of jobs()) cluster.client.delete(jobKind, job, { propagationPolicy: 'Background' });
  cluster.run(1);
  expect(cronJob().status.active).toBeUndefined();
  expect(cluster.events('hello').at(-1)).toBe(`MissingJob: Active job went missing: hello-${FIRST}`);
});

test('a Job that is not kept is not made a second time', () => {
  const { cluster, jobs, end } = start({ successfulJobsHistoryLimit: 0 });
  cluster.run(35);
  for (const job of jobs()) end(job, 'Complete');
  cluster.run(20);
  expect(jobs()).toEqual([]);
  expect(cluster.events('hello').filter((event) => event.startsWith('SuccessfulCreate'))).toHaveLength(1);
});
