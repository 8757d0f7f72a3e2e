import { expect, test } from 'vitest';
import { timestamp } from '#kernel/calendar.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Pod, PodPhase } from '../../api/types/pod.ts';
import type { Job, JobSpec } from '../../api/types/workloads.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startJob } from './job.ts';

function start(spec: Partial<JobSpec>) {
  const cluster = new TestCluster([startJob]);
  cluster.addNode('w1');
  cluster.client.create(jobKind, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'pi', image: 'perl' }] } }, ...spec },
  });
  const job = () => cluster.client.get(jobKind, 'default', 'pi');
  /** Pods that run end. */
  const finish = (phase: PodPhase, only: (pod: Pod) => boolean = () => true) => {
    for (const pod of cluster.pods()) {
      if (pod.status.phase !== 'Running' || !only(pod)) continue;
      const finishedAt = timestamp(cluster.kernel.now);
      const state = { terminated: { exitCode: phase === 'Failed' ? 1 : 0, finishedAt } };
      const containerStatuses = [{ name: 'pi', ready: false, restartCount: 0, image: '', imageID: '', state }];
      const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: finishedAt }] as const;
      cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, phase, conditions, containerStatuses } });
    }
  };
  return { cluster, job, finish };
}

const types = ({ status }: Job) => status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const phases = (cluster: TestCluster) => cluster.pods().map(({ status }) => status.phase);

test('a Job runs its Pod to its end and is complete', () => {
  const { cluster, job, finish } = start({});
  cluster.run(5);
  expect(job().status).toEqual({
    startTime: '2026-11-23T00:00:00Z',
    active: 1,
    ready: 1,
    terminating: 0,
    uncountedTerminatedPods: {},
  });
  const [pod] = cluster.pods();
  expect(pod?.metadata.name).toMatch(/^pi-[a-z0-9]{5}$/);
  expect(pod?.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
  finish('Succeeded');
  cluster.run(5);
  expect(types(job())).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
  expect(job().status).toMatchObject({ succeeded: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(job().status.active).toBeUndefined();
  expect(job().status.completionTime).toBe('2026-11-23T00:00:06Z');
  expect(cluster.pods()[0]?.metadata.finalizers ?? []).toEqual([]);
  expect(cluster.events('pi')).toEqual([
    `SuccessfulCreate: Created pod: ${pod?.metadata.name}`,
    'Completed: Job completed',
  ]);
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('as many Pods run at a time as the parallelism says, until enough have succeeded', () => {
  const { cluster, job, finish } = start({ completions: 5, parallelism: 2 });
  let most = 0;
  for (let round = 0; round < 6; round += 1) {
    cluster.run(4);
    most = Math.max(most, phases(cluster).filter((phase) => phase === 'Running').length);
    finish('Succeeded');
  }
  cluster.run(4);
  expect(most).toBe(2);
  expect(phases(cluster)).toEqual(Array(5).fill('Succeeded'));
  expect(job().status.succeeded).toBe(5);
});

test('failed Pods are made anew after 10 s, 20 s, …, until the back-off limit is reached', () => {
  const { cluster, job, finish } = start({ backoffLimit: 2 });
  for (let second = 0; second < 60; second += 1) {
    cluster.run(1);
    finish('Failed');
  }
  const created = cluster
    .pods()
    .map(({ metadata }) => metadata.creationTimestamp.slice(14, 19))
    .sort();
  // Each is seen to run in its second second, and fails then.
  expect(created).toEqual(['00:00', '00:12', '00:34']);
  expect(types(job())).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
  expect(job().status.conditions?.[1]?.message).toBe('Job has reached the specified backoff limit');
  expect(job().status.failed).toBe(3);
  expect(cluster.events('pi').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
});

test('a Job past its deadline deletes its Pods and has failed when they are gone', () => {
  const { cluster, job } = start({ activeDeadlineSeconds: 20, parallelism: 2, completions: 2 });
  cluster.run(20);
  expect(types(job())).toEqual(['FailureTarget=True DeadlineExceeded']);
  expect(job().status).toMatchObject({ terminating: 2, failed: 2 });
  cluster.run(5);
  expect(types(job())).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  expect(cluster.pods()).toEqual([]);
  expect(cluster.events('pi').slice(-3)).toEqual([
    expect.stringMatching(/^SuccessfulDelete: Deleted pod: pi-/),
    expect.stringMatching(/^SuccessfulDelete: Deleted pod: pi-/),
    'DeadlineExceeded: Job was active longer than specified deadline',
  ]);
});

test('a suspended Job has no Pods, and starts anew when it is resumed', () => {
  const { cluster, job } = start({});
  cluster.run(5);
  cluster.client.patch(jobKind, job(), { spec: { suspend: true } });
  cluster.run(5);
  expect(cluster.pods()).toEqual([]);
  expect(types(job())).toEqual(['Suspended=True JobSuspended']);
  expect(job().status.startTime).toBeUndefined();
  cluster.client.patch(jobKind, job(), { spec: { suspend: false } });
  cluster.run(5);
  expect(phases(cluster)).toEqual(['Running']);
  expect(types(job())).toEqual(['Suspended=False JobResumed']);
  expect(job().status.startTime).toBe('2026-11-23T00:00:10Z');
  expect(job().status.failed).toBeUndefined();
  const reasons = cluster.events('pi').map((event) => event.split(':')[0]);
  expect(reasons).toEqual(['SuccessfulCreate', 'SuccessfulDelete', 'Suspended', 'SuccessfulCreate', 'Resumed']);
});

test('each Pod of an Indexed Job has its index; one that failed is made anew with the same', () => {
  const { cluster, job, finish } = start({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
  cluster.run(5);
  const indexOf = (pod: Pod) => pod.metadata.labels?.['batch.kubernetes.io/job-completion-index'];
  const names = () =>
    cluster
      .pods()
      .map((pod) => pod.metadata.name.slice(0, -6))
      .sort();
  expect(names()).toEqual(['pi-0', 'pi-1', 'pi-2']);
  expect(
    cluster
      .pods()
      .map(({ spec }) => spec.hostname)
      .sort(),
  ).toEqual(['pi-0', 'pi-1', 'pi-2']);
  finish('Failed', (pod) => indexOf(pod) === '1');
  finish('Succeeded');
  cluster.run(30);
  expect(job().status).toMatchObject({ completedIndexes: '0,2', succeeded: 2, failed: 1, active: 1 });
  finish('Succeeded');
  cluster.run(5);
  expect(names()).toEqual(['pi-0', 'pi-1', 'pi-1', 'pi-2']);
  expect(job().status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 });
  expect(types(job())?.at(-1)).toBe('Complete=True CompletionsReached');
});

test('with restartPolicy OnFailure the restarts of containers count', () => {
  const template = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'pi', image: 'perl' }] } } as const;
  const { cluster, job } = start({ backoffLimit: 2, template });
  cluster.run(5);
  const [pod] = cluster.pods();
  if (!pod) throw new Error('no Pod');
  const containerStatuses = [{ name: 'pi', ready: false, restartCount: 2, image: '', imageID: '' }];
  cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, containerStatuses } });
  cluster.run(5);
  expect(types(job())?.at(-1)).toBe('Failed=True BackoffLimitExceeded');
});

test('Pods of a Job that is deleted are let go', () => {
  const { cluster, job } = start({});
  cluster.run(5);
  cluster.client.delete(jobKind, job(), { propagationPolicy: 'Background' });
  cluster.run(5);
  expect(cluster.pods().map(({ metadata }) => metadata.finalizers ?? [])).toEqual([[]]);
});

test('a Job without a number of completions makes no more Pods after the first success, and ends with the last', () => {
  const { cluster, job, finish } = start({ parallelism: 3 });
  cluster.run(5);
  const [first] = cluster.pods();
  finish('Succeeded', (pod) => pod === first || pod.metadata.uid === first?.metadata.uid);
  cluster.run(5);
  expect(phases(cluster).sort()).toEqual(['Running', 'Running', 'Succeeded']);
  expect(types(job())).toBeUndefined();
  finish('Succeeded');
  cluster.run(5);
  expect(cluster.pods()).toHaveLength(3);
  expect(types(job())?.at(-1)).toBe('Complete=True CompletionsReached');
});
