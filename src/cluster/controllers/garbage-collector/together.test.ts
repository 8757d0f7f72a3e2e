import { expect, test } from 'vitest';
import { timestamp } from '#kernel/calendar.ts';
import { cronJob as cronJobKind } from '../../api/kinds/batch/cron-job.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { endpointSlice as sliceKind } from '../../api/kinds/other/endpoint-slice.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { startCronJob } from '../cronjob/cronjob.ts';
import { startEndpoints } from '../endpoints/endpoints.ts';
import { startEndpointSlice } from '../endpointslice/endpointslice.ts';
import { startJob } from '../job/job.ts';
import { startNamespace } from '../namespace/namespace.ts';
import { startNodeIpam } from '../node-ipam/node-ipam.ts';
import { startNodeLifecycle } from '../node-lifecycle/node-lifecycle.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startPodGc } from '../pod-gc/pod-gc.ts';
import { startRootCa } from '../root-ca/root-ca.ts';
import { startServiceAccount } from '../serviceaccount/serviceaccount.ts';
import { startTaintEviction } from '../taint-eviction/taint-eviction.ts';
import { startTtlAfterFinished } from '../ttl-after-finished/ttl-after-finished.ts';
import { startGarbageCollector } from './garbage-collector.ts';

function start() {
  const cluster = new TestCluster([
    startJob,
    startCronJob,
    (context) => startEndpointSlice(context),
    (context) => startEndpoints(context),
    (context) => startNodeLifecycle(context, { nodeStartupGracePeriod: 86_400_000 }),
    startTaintEviction,
    (context) => startNodeIpam(context),
    startNamespace,
    startServiceAccount,
    (context) => startRootCa(context, { rootCa: 'x' }),
    startGarbageCollector,
    (context) => startPodGc(context),
    startTtlAfterFinished,
  ]);
  cluster.addNode('w1');
  const post = (path: string, body: object) => cluster.client.request({ method: 'POST', path, body });
  const template = {
    metadata: { labels: { app: 'pi' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'pi', image: 'perl' }] },
  };
  const addJob = (more: object = {}) =>
    post('/apis/batch/v1/namespaces/default/jobs', { metadata: { name: 'pi' }, spec: { template, ...more } });
  const finish = () => {
    for (const pod of cluster.pods()) {
      if (pod.status.phase !== 'Running') continue;
      const time = timestamp(cluster.kernel.now);
      const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: time }] as const;
      cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, phase: 'Succeeded', conditions } });
    }
  };
  const revision = () => cluster.client.list(namespaceKind).metadata.resourceVersion;
  const complaints = () => cluster.errors.filter((line) => line.startsWith('E') && !line.includes('unseen zone'));
  return { cluster, post, template, addJob, finish, revision, complaints };
}

test('a cluster in which nothing happens is not written to', () => {
  const { cluster, post, addJob, revision, complaints } = start();
  addJob({ parallelism: 3, completions: 3 });
  post('/api/v1/namespaces/default/services', {
    metadata: { name: 'pi' },
    spec: { selector: { app: 'pi' }, ports: [{ port: 80 }] },
  });
  cluster.run(60);
  const before = revision();
  cluster.run(600);
  expect(revision()).toBe(before);
  expect(complaints()).toEqual([]);
});

test('with a Job go its Pods, however it is deleted', () => {
  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    const { cluster, addJob, complaints } = start();
    addJob({ parallelism: 3, completions: 3 });
    cluster.run(5);
    expect(cluster.pods()).toHaveLength(3);
    cluster.client.delete(jobKind, { metadata: { name: 'pi', namespace: 'default' } }, { propagationPolicy });
    cluster.run(10);
    expect(cluster.pods()).toEqual([]);
    expect(cluster.client.find(jobKind, 'default', 'pi')).toBeUndefined();
    expect(complaints()).toEqual([]);
  }
});

test('a Job with a time to live goes with its Pods', () => {
  const { cluster, addJob, finish } = start();
  addJob({ ttlSecondsAfterFinished: 5 });
  cluster.run(5);
  finish();
  cluster.run(3);
  expect(cluster.client.get(jobKind, 'default', 'pi').status.succeeded).toBe(1);
  cluster.run(6);
  expect(cluster.client.find(jobKind, 'default', 'pi')).toBeUndefined();
  expect(cluster.pods()).toEqual([]);
});

test('with a CronJob go its Jobs and their Pods', () => {
  const { cluster, post, template, complaints } = start();
  const spec = { schedule: '* * * * *', jobTemplate: { spec: { template } } };
  post('/apis/batch/v1/namespaces/default/cronjobs', { metadata: { name: 'tick' }, spec });
  cluster.run(130);
  expect(cluster.pods()).toHaveLength(2);
  cluster.client.delete(
    cronJobKind,
    { metadata: { name: 'tick', namespace: 'default' } },
    { propagationPolicy: 'Background' },
  );
  cluster.run(10);
  expect(cluster.client.list(jobKind, { namespace: 'default' }).items).toEqual([]);
  expect(cluster.pods()).toEqual([]);
  expect(complaints()).toEqual([]);
});

test('with a Service go its slices', () => {
  const { cluster, post } = start();
  post('/api/v1/namespaces/default/services', {
    metadata: { name: 'pi' },
    spec: { selector: { app: 'pi' }, ports: [{ port: 80 }] },
  });
  cluster.run(5);
  expect(cluster.client.list(sliceKind, { namespace: 'default' }).items).toHaveLength(1);
  cluster.client.delete(
    serviceKind,
    { metadata: { name: 'pi', namespace: 'default' } },
    { propagationPolicy: 'Background' },
  );
  cluster.run(5);
  expect(cluster.client.list(sliceKind, { namespace: 'default' }).items).toEqual([]);
});

test('a namespace with everything in it goes', () => {
  const { cluster, post, template, complaints } = start();
  post('/api/v1/namespaces', { metadata: { name: 'lab' } });
  cluster.run(1);
  post('/apis/batch/v1/namespaces/lab/jobs', {
    metadata: { name: 'pi' },
    spec: { parallelism: 2, completions: 2, template },
  });
  post('/api/v1/namespaces/lab/services', {
    metadata: { name: 'pi' },
    spec: { selector: { app: 'pi' }, ports: [{ port: 80 }] },
  });
  cluster.run(5);
  expect(cluster.client.list(podKind, { namespace: 'lab' }).items).toHaveLength(2);
  cluster.client.delete(namespaceKind, { metadata: { name: 'lab' } });
  cluster.run(60);
  expect(cluster.client.find(namespaceKind, undefined, 'lab')).toBeUndefined();
  expect(complaints()).toEqual([]);
});

test('a thousand Pods of one Job and one Service end in a time that grows with them alone', () => {
  const count = (pods: number) => {
    const { cluster, post, addJob } = start();
    post('/api/v1/namespaces/default/services', {
      metadata: { name: 'pi' },
      spec: { selector: { app: 'pi' }, ports: [{ port: 80 }] },
    });
    addJob({ parallelism: pods, completions: pods });
    let tasks = 0;
    cluster.kernel.runFor(30_000, {
      isEnough: () => {
        tasks += 1;
        return false;
      },
    });
    expect(cluster.client.get(jobKind, 'default', 'pi').status).toMatchObject({ active: pods, ready: pods });
    return tasks;
  };
  const [small, large] = [count(100), count(1000)];
  expect(large / small).toBeLessThan(12);
});
