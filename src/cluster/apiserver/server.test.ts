import { expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest } from '#machine/http.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { configMap } from '../api/kinds/core/config-map.ts';
import { namespace } from '../api/kinds/core/namespace.ts';
import { serviceAccount } from '../api/kinds/core/service-account.ts';
import { pod } from '../api/kinds/pod/pod.ts';
import type { Status } from '../api/status.ts';
import type { Pod } from '../api/types/pod.ts';
import { Client, type WatchEvent } from '../client/client.ts';
import { Store } from '../store/store.ts';
import { ApiServer } from './server.ts';

const START = Date.UTC(2026, 10, 23);

function start() {
  const kernel = new Kernel({ start: START, seed: 1 });
  const store = new Store(kernel);
  const server = new ApiServer({ kernel, store });
  const connection = server.connectAs({ name: 'kubernetes-admin', groups: ['system:masters'] });
  const client = new Client(connection, 'test');
  client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, spec: {} });
  client.create(serviceAccount, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  /** As a client outside would send it. */
  const send = (method: HttpRequest['method'], path: string, body?: object, more: Partial<HttpRequest> = {}) =>
    connection({
      method,
      path,
      ...(body && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
      ...more,
    });
  return { kernel, store, server, client, send };
}

const nginx = { containers: [{ name: 'nginx', image: 'nginx' }] };
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', creationTimestamp: null },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    strategy: {},
    template: { metadata: { labels: { app: 'web' } }, spec: nginx },
  },
};
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';

test('a Deployment that kubectl sends is completed, stored and read again', () => {
  const { send, store } = start();
  const { status, body } = send('POST', DEPLOYMENTS, web);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    metadata: { name: 'web', namespace: 'default', generation: 1, creationTimestamp: '2026-11-23T00:00:00Z' },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    },
    status: {},
  });
  expect(send('GET', `${DEPLOYMENTS}/web`).body).toEqual(body);
  expect(store.range({ key: '/registry/deployments/default/web' }).count).toBe(1);
});

test('a Pod gets its ServiceAccount with a token, tolerations and a priority', () => {
  const { send } = start();
  const { body } = send('POST', PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'web-' },
    spec: nginx,
  });
  expect(body).toMatchObject({
    metadata: { name: expect.stringMatching(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/) },
    spec: {
      serviceAccountName: 'default',
      priority: 0,
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable' },
      ],
      volumes: [{ name: expect.stringMatching(/^kube-api-access-/) }],
      containers: [
        { imagePullPolicy: 'Always', volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] },
      ],
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  });
});

test('what is wrong is said in the words of the real server', () => {
  const { send } = start();
  const message = (method: HttpRequest['method'], path: string, body?: object, more?: Partial<HttpRequest>) =>
    (send(method, path, body, more).body as Status).message;
  expect(message('GET', `${PODS}/none`)).toBe('pods "none" not found');
  expect(message('POST', '/api/v1/namespaces/none/pods', { metadata: { name: 'a' }, spec: nginx })).toBe(
    'namespaces "none" not found',
  );
  expect(message('POST', DEPLOYMENTS, { ...web, metadata: { name: 'Bad_Name' } })).toContain(
    'Deployment.apps "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain',
  );
  send('POST', DEPLOYMENTS, web);
  expect(message('POST', DEPLOYMENTS, web)).toBe('deployments.apps "web" already exists');
  const strict = { query: { fieldValidation: 'Strict' } };
  const typo = { ...web, metadata: { name: 'typo' }, spec: { ...web.spec, replica: 2 } };
  expect(message('POST', DEPLOYMENTS, typo, strict)).toBe(
    'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
  );
  expect(message('POST', DEPLOYMENTS, { ...web, spec: { ...web.spec, replicas: 'two' } })).toBe(
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  expect(send('POST', DEPLOYMENTS, typo).headers).toEqual({ warning: ['299 - "unknown field \\"spec.replica\\""'] });
});

test('an update that changes nothing is not written, an outdated one is refused', () => {
  const { client, send } = start();
  const created = client.create(configMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default' },
    data: { a: '1' },
  });
  expect(client.update(configMap, created)).toBe(created);
  const changed = client.update(configMap, { ...created, data: { a: '2' } });
  expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
  expect(() => client.update(configMap, { ...created, data: { a: '3' } })).toThrow(
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  );
  const patch = {
    body: JSON.stringify([{ op: 'test', path: '/data/a', value: '9' }]),
    headers: { 'content-type': 'application/json-patch+json' },
  };
  expect((send('PATCH', '/api/v1/namespaces/default/configmaps/a', undefined, patch).body as Status).code).toBe(422);
});

test('patches of three kinds', () => {
  const { send } = start();
  send('POST', DEPLOYMENTS, web);
  const patch = (type: string, body: unknown) =>
    send('PATCH', `${DEPLOYMENTS}/web`, undefined, {
      body: JSON.stringify(body),
      headers: { 'content-type': `application/${type}+json` },
    }).body;
  expect(patch('merge-patch', { spec: { replicas: 3 } })).toMatchObject({
    spec: { replicas: 3 },
    metadata: { generation: 2 },
  });
  expect(patch('json-patch', [{ op: 'replace', path: '/spec/replicas', value: 4 }])).toMatchObject({
    spec: { replicas: 4 },
  });
  expect(
    patch('strategic-merge-patch', {
      spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } },
    }),
  ).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'nginx' }] } } },
  });
});

test('a graceful deletion marks a Pod that runs, and the second removes it', () => {
  const { client } = start();
  const made = client.create(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { ...nginx, nodeName: 'w1' },
  });
  client.delete(pod, made);
  expect(client.get(pod, 'default', 'a').metadata).toMatchObject({
    deletionTimestamp: '2026-11-23T00:00:30Z',
    deletionGracePeriodSeconds: 30,
  });
  client.delete(pod, made, { gracePeriodSeconds: 0 });
  expect(client.find(pod, 'default', 'a')).toBeUndefined();
});

test('a watch tells what happens after a list, as a selector sees it', () => {
  const { kernel, client, send } = start();
  const { metadata } = client.list(configMap, { namespace: 'default' });
  const seen: string[] = [];
  client.watch(configMap, metadata.resourceVersion, { namespace: 'default', labelSelector: 'app=a' }).read({
    next: ({ type, object }: WatchEvent<{ metadata: { name: string } }>) =>
      seen.push(`${type} ${(object as { metadata: { name: string } }).metadata.name}`),
    end: () => seen.push('end'),
  });
  const path = '/api/v1/namespaces/default/configmaps';
  send('POST', path, { metadata: { name: 'one', labels: { app: 'a' } } });
  send('POST', path, { metadata: { name: 'two', labels: { app: 'b' } } });
  send('PUT', `${path}/two`, { metadata: { name: 'two', labels: { app: 'a' } } });
  send('PUT', `${path}/one`, { metadata: { name: 'one', labels: { app: 'b' } } });
  send('DELETE', `${path}/two`);
  kernel.runFor(0);
  expect(seen).toEqual(['ADDED one', 'ADDED two', 'DELETED one', 'DELETED two']);
});

test('a list comes in pages that all show the same moment', () => {
  const { client, send, store } = start();
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    send('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name } });
  type Page = { items: { metadata: { name: string } }[]; metadata: { continue?: string; remainingItemCount?: number } };
  const page = (token?: string) =>
    send('GET', '/api/v1/configmaps', undefined, { query: { limit: '2', ...(token && { continue: token }) } })
      .body as Page;
  const first = page();
  expect(first.metadata.remainingItemCount).toBe(3);
  client.delete(configMap, { metadata: { name: 'c', namespace: 'default' } });
  const second = page(first.metadata.continue);
  const third = page(second.metadata.continue);
  expect([first, second, third].flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
  expect(third.metadata.continue).toBeUndefined();
  store.compact(store.revision);
  expect(
    send('GET', '/api/v1/configmaps', undefined, { query: { limit: '2', continue: first.metadata.continue } }).status,
  ).toBe(410);
});

test('kubectl get asks for a table', () => {
  const { client, send, kernel } = start();
  client.create(deployment, { ...web, metadata: { name: 'web', namespace: 'default' } } as never);
  kernel.runFor(5_000);
  const { body } = send('GET', DEPLOYMENTS, undefined, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
  });
  expect(body).toMatchObject({
    kind: 'Table',
    rows: [
      { cells: ['web', '0/1', 0, 0, '5s', 'nginx', 'nginx', 'app=web'], object: { kind: 'PartialObjectMetadata' } },
    ],
  });
});

test('who may not is told so', () => {
  const { server } = start();
  const dev = server.connectAs({ name: 'dev', groups: ['system:authenticated'] });
  expect((dev({ method: 'GET', path: PODS }).body as Status).message).toBe(
    'pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "default"',
  );
  const review = dev({ method: 'GET', path: '/apis' });
  expect((review.body as Status).message).toBe('forbidden: User "dev" cannot get path "/apis"');
  expect(dev({ method: 'GET', path: '/readyz' }).body).toBe('ok');
});

test('a Pod that has no time to end is marked before it goes', () => {
  const { kernel, client, send } = start();
  client.create(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { ...nginx, nodeName: 'w1' },
  } as never);
  const events: WatchEvent<Pod>[] = [];
  const { resourceVersion = '' } = client.list(pod, { namespace: 'default' }).metadata;
  client.watch(pod, resourceVersion, { namespace: 'default' }).read({
    next: (event) => events.push(event),
    end: () => undefined,
  });
  send('DELETE', `${PODS}/web`, { gracePeriodSeconds: 0 });
  kernel.runFor(0);
  expect(events.map(({ type, object }) => [type, object.metadata.deletionGracePeriodSeconds])).toEqual([
    ['MODIFIED', 0],
    ['DELETED', 0],
  ]);
});
