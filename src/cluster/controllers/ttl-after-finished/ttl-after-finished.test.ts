import { expect, test } from 'vitest';
import { timestamp } from '#kernel/calendar.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import type { Job } from '../../api/types/workloads.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startTtlAfterFinished } from './ttl-after-finished.ts';

test('a finished Job goes when its time is over', () => {
  const cluster = new TestCluster([startTtlAfterFinished]);
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } as const;
  const metadata = { name: 'pi', namespace: 'default' };
  const spec = { template, ttlSecondsAfterFinished: 30 };
  const job = cluster.client.create(jobKind, { apiVersion: 'batch/v1', kind: 'Job', metadata, spec });
  cluster.run(60);
  const time = timestamp(cluster.kernel.now);
  const status: Job['status'] = {
    startTime: time,
    completionTime: time,
    succeeded: 1,
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True', lastTransitionTime: time },
      { type: 'Complete', status: 'True', lastTransitionTime: time },
    ],
  };
  cluster.client.updateStatus(jobKind, { ...job, status });
  cluster.run(29);
  expect(cluster.client.get(jobKind, 'default', 'pi').metadata.deletionTimestamp).toBeUndefined();
  cluster.run(2);
  // In the foreground: the garbage collector would let it go.
  expect(cluster.client.get(jobKind, 'default', 'pi').metadata).toMatchObject({
    deletionTimestamp: '2026-11-23T00:01:30Z',
    finalizers: ['foregroundDeletion'],
  });
});
