import { expect, test } from 'vitest';
import { parseTime, timestamp } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { ApiServer } from '../../apiserver/server.ts';
import { Client } from '../../client/client.ts';
import { type Connection, ConnectionError } from '../../client/connection.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { Informers } from '../../client/informers.ts';
import { Log } from '../../client/log.ts';
import { Store } from '../../store/store.ts';
import { startCronJob } from '../cronjob/cronjob.ts';
import { startEndpoints } from '../endpoints/endpoints.ts';
import { startEndpointSlice } from '../endpointslice/endpointslice.ts';
import { startJob } from '../job/job.ts';
import { startNamespace } from '../namespace/namespace.ts';
import { startNodeIpam } from '../node-ipam/node-ipam.ts';
import { startNodeLifecycle } from '../node-lifecycle/node-lifecycle.ts';
import { startPodGc } from '../pod-gc/pod-gc.ts';
import { startRootCa } from '../root-ca/root-ca.ts';
import { startServiceAccount } from '../serviceaccount/serviceaccount.ts';
import { startTaintEviction } from '../taint-eviction/taint-eviction.ts';
import { startTtlAfterFinished } from '../ttl-after-finished/ttl-after-finished.ts';
import { startGarbageCollector } from './garbage-collector.ts';

/** All controllers, behind a connection that can be cut; an exception that reaches the kernel fails the test. */
function start() {
  const kernel = new Kernel({ start: parseTime('2026-11-23T00:00:00Z'), seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const direct = server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  const line = { isCut: false };
  const connection: Connection = (request) => {
    if (line.isCut) throw new ConnectionError('dial tcp 172.18.0.2:6443: connect: connection refused');
    return direct(request);
  };
  const client = new Client(connection, 'kube-controller-manager');
  const informers = new Informers(kernel, client);
  const recorder = (component: string) => new EventRecorder(kernel, client, { component });
  const context = { kernel, client, informers, log: new Log(kernel, () => {}), recorder };
  for (const startOne of [startJob, startCronJob, startNamespace, startServiceAccount, startGarbageCollector])
    startOne(context);
  for (const startOne of [startEndpointSlice, startEndpoints, startNodeLifecycle, startNodeIpam, startPodGc])
    startOne(context);
  for (const startOne of [startTaintEviction, startTtlAfterFinished]) startOne(context);
  startRootCa(context, { rootCa: 'x' });
  informers.start();
  return { kernel, client: new Client(direct, 'test'), line };
}

test('what the controllers meet when the API server goes away does not end them, and they go on when it is back', () => {
  const { kernel, client, line } = start();
  client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, spec: {} });
  client.create(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w1' }, spec: {} });
  kernel.runFor(1000);
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'pi', image: 'perl' }] } } as const;
  const metadata = { name: 'pi', namespace: 'default' };
  client.create(jobKind, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template, activeDeadlineSeconds: 100 },
  });
  kernel.runFor(5000);
  line.isCut = true;
  const [pod] = client.list(podKind).items;
  if (!pod) throw new Error('no Pod');
  const time = timestamp(kernel.now);
  const taint = { key: 'lost', effect: 'NoExecute' };
  client.patch(nodeKind, { metadata: { name: 'w1' } }, { spec: { taints: [taint] } }, 'merge');
  client.updateStatus(podKind, {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Failed',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time }],
    },
  });
  kernel.runFor(150_000);
  expect(client.get(jobKind, 'default', 'pi').status.failed).toBeUndefined();
  line.isCut = false;
  kernel.runFor(120_000);
  expect(client.get(jobKind, 'default', 'pi').status.conditions?.at(-1)).toMatchObject({
    type: 'Failed',
    reason: 'DeadlineExceeded',
  });
});
