import { expect, test } from 'vitest';
import { endpoints as endpointsKind } from '../../api/kinds/core/endpoints.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { endpointSlice as sliceKind } from '../../api/kinds/other/endpoint-slice.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { EndpointSlice } from '../../api/types/policy.ts';
import { startEndpoints } from '../endpoints/endpoints.ts';
import { TestCluster, template } from '../pod-control/test-cluster.ts';
import { type EndpointSliceOptions, startEndpointSlice } from './endpointslice.ts';

function start(options: EndpointSliceOptions = {}) {
  const cluster = new TestCluster([
    (context) => startEndpointSlice(context, options),
    (context) => startEndpoints(context),
  ]);
  cluster.addNode('w1', { 'topology.kubernetes.io/zone': 'a' });
  let address = 1;
  const addPod = (name: string, labels = { app: 'web' }) => {
    const { spec } = template(name, 'nginx');
    cluster.client.create(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
      spec,
    });
    cluster.run(0.5);
    const pod = cluster.client.get(podKind, 'default', name);
    const podIP = `10.244.1.${address++}`;
    cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, podIP, podIPs: [{ ip: podIP }] } });
    cluster.run(2);
  };
  const expose = (spec: object = {}) => {
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { team: 'a' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
    };
    cluster.client.request({ method: 'POST', path: '/api/v1/namespaces/default/services', body });
    cluster.run(1);
  };
  const slices = () => cluster.client.list(sliceKind, { namespace: 'default' }).items;
  const endpoints = () => cluster.client.find(endpointsKind, 'default', 'web');
  return { cluster, addPod, expose, slices, endpoints };
}

const addresses = (slice: EndpointSlice | undefined) => slice?.endpoints.flatMap((endpoint) => endpoint.addresses);

test('a Service has a slice with its Pods, and Endpoints that say the same', () => {
  const { cluster, addPod, expose, slices, endpoints } = start();
  addPod('web-1');
  addPod('other', { app: 'other' });
  expose();
  const [pod] = cluster.pods({ app: 'web' });
  const [slice] = slices();
  expect(slices()).toHaveLength(1);
  expect(slice?.metadata.name).toMatch(/^web-[a-z0-9]{5}$/);
  expect(slice?.metadata.labels).toEqual({
    team: 'a',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': 'web',
  });
  expect(slice?.metadata.ownerReferences).toMatchObject([
    { apiVersion: 'v1', kind: 'Service', name: 'web', controller: true },
  ]);
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'web-1', uid: pod?.metadata.uid };
  expect(slice).toMatchObject({
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.244.1.1'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'w1',
        targetRef,
        zone: 'a',
      },
    ],
  });
  expect(endpoints()?.metadata.labels).toEqual({
    team: 'a',
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  });
  expect(endpoints()?.metadata.annotations).toEqual({
    'endpoints.kubernetes.io/last-change-trigger-time': expect.stringMatching(/Z$/),
  });
  expect(endpoints()?.subsets).toEqual([
    { addresses: [{ ip: '10.244.1.1', nodeName: 'w1', targetRef }], ports: [{ port: 8080, protocol: 'TCP' }] },
  ]);
  expect(cluster.errors.filter((line) => line.startsWith('E'))).toEqual([]);
});

test('a Pod that ends is not ready but serves; in Endpoints it is gone', () => {
  const { cluster, addPod, expose, slices, endpoints } = start();
  addPod('web-1');
  addPod('web-2');
  expose();
  cluster.client.delete(podKind, { metadata: { name: 'web-1', namespace: 'default' } });
  cluster.run(0.5);
  const ending = slices()[0]?.endpoints.find(({ targetRef }) => targetRef?.name === 'web-1');
  expect(ending?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  expect(endpoints()?.subsets?.[0]?.addresses?.map(({ ip }) => ip)).toEqual(['10.244.1.2']);
  cluster.run(3);
  expect(addresses(slices()[0])).toEqual(['10.244.1.2']);
});

test('a Service without Pods has an empty slice, which is kept', () => {
  const { cluster, expose, slices, addPod, endpoints } = start();
  expose();
  const [empty] = slices();
  expect(empty).toMatchObject({ endpoints: [], ports: [] });
  expect(endpoints()?.subsets ?? []).toEqual([]);
  addPod('web-1');
  expect(slices().map(({ metadata }) => metadata.uid)).toEqual([empty?.metadata.uid]);
  expect(addresses(slices()[0])).toEqual(['10.244.1.1']);
  cluster.client.delete(podKind, { metadata: { name: 'web-1', namespace: 'default' } });
  cluster.run(5);
  expect(slices().map(({ endpoints, metadata }) => [endpoints.length, metadata.uid])).toEqual([
    [0, empty?.metadata.uid],
  ]);
});

test('a slice holds no more than its limit', () => {
  const { addPod, expose, slices } = start({ maxEndpointsPerSlice: 2 });
  expose();
  for (const number of [1, 2, 3]) addPod(`web-${number}`);
  expect(
    slices()
      .map((slice) => slice.endpoints.length)
      .sort(),
  ).toEqual([1, 2]);
});

test('a headless Service is marked; with a name of their own Pods have a host name', () => {
  const { cluster, expose, slices, endpoints } = start();
  expose({ clusterIP: 'None' });
  const spec = { ...template('web', 'nginx').spec, hostname: 'web-0', subdomain: 'web' };
  const metadata = { name: 'web-0', namespace: 'default', labels: { app: 'web' } };
  cluster.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  cluster.run(3);
  const pod = cluster.client.get(podKind, 'default', 'web-0');
  cluster.client.updateStatus(podKind, {
    ...pod,
    status: { ...pod.status, podIP: '10.244.1.9', podIPs: [{ ip: '10.244.1.9' }] },
  });
  cluster.run(1);
  expect(slices()[0]?.metadata.labels?.['service.kubernetes.io/headless']).toBe('');
  expect(slices()[0]?.endpoints[0]?.hostname).toBe('web-0');
  expect(endpoints()?.metadata.labels?.['service.kubernetes.io/headless']).toBe('');
  expect(endpoints()?.subsets?.[0]?.addresses?.[0]?.hostname).toBe('web-0');
});

test('another selector brings other Pods; without the Service its Endpoints go', () => {
  const { cluster, addPod, expose, slices, endpoints } = start();
  addPod('web-1');
  addPod('other', { app: 'other' });
  expose();
  const service = cluster.client.get(serviceKind, 'default', 'web');
  cluster.client.patch(serviceKind, service, { spec: { selector: { app: 'other' } } });
  cluster.run(1);
  expect(addresses(slices()[0])).toEqual(['10.244.1.2']);
  cluster.client.delete(serviceKind, service);
  cluster.run(1);
  expect(endpoints()).toBeUndefined();
});

test('a slice that somebody deletes is made again', () => {
  const { cluster, addPod, expose, slices } = start();
  addPod('web-1');
  expose();
  for (const slice of slices()) cluster.client.delete(sliceKind, slice);
  cluster.run(3);
  expect(slices().map(addresses)).toEqual([['10.244.1.1']]);
});

test('a Pod that is not ready is told apart, unless the Service wants it all the same', () => {
  const { cluster, addPod, expose, slices, endpoints } = start();
  addPod('web-1');
  expose();
  const pod = cluster.client.get(podKind, 'default', 'web-1');
  const conditions = [{ type: 'Ready', status: 'False' }] as const;
  cluster.client.updateStatus(podKind, { ...pod, status: { ...pod.status, conditions } });
  cluster.run(1);
  expect(slices()[0]?.endpoints[0]?.conditions).toEqual({ ready: false, serving: false, terminating: false });
  expect(endpoints()?.subsets?.[0]?.addresses).toBeUndefined();
  expect(endpoints()?.subsets?.[0]?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(['10.244.1.1']);
  const metadata = { name: 'web', namespace: 'default' };
  cluster.client.patch(serviceKind, { metadata }, { spec: { publishNotReadyAddresses: true } });
  cluster.run(1);
  expect(slices()[0]?.endpoints[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false });
  expect(endpoints()?.subsets?.[0]?.addresses?.map(({ ip }) => ip)).toEqual(['10.244.1.1']);
});

test('a Pod whose node is not there is left out, told of, and asked for again', () => {
  const { cluster, addPod, expose, slices } = start();
  addPod('web-1');
  expose();
  cluster.client.delete(nodeKind, { metadata: { name: 'w1' } });
  addPod('web-2');
  cluster.run(10);
  expect(slices()[0]?.endpoints).toEqual([]);
  const message = 'skipping Pod web-1 for Service default/web: Node w1 Not Found';
  expect(cluster.events('web')).toEqual([
    `FailedToUpdateEndpointSlices: Error updating Endpoint Slices for Service default/web: ${message}`,
  ]);
  cluster.client.create(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w1' }, spec: {} });
  cluster.run(20);
  expect(addresses(slices()[0])?.sort()).toEqual(['10.244.1.1', '10.244.1.2']);
});
