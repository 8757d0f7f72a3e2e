import { describe, expect, it } from 'vitest';
import type { Service } from '../../../api/types/core.ts';
import type { Container, Pod, PodSpec } from '../../../api/types/pod.ts';
import { ObjectCache } from '../volumes/object-cache.ts';
import { environmentOf } from './environment.ts';

const SOURCES = {
  objects: new ObjectCache(undefined),
  services: [],
  nodeName: 'w1',
  hostIP: '172.18.0.3',
  podIP: '10.244.1.2',
  allocatable: { cpu: '2', memory: '4Gi' },
};

function environment(container: Partial<Container>, services: readonly Service[] = [], spec: Partial<PodSpec> = {}) {
  const full: Container = { name: 'c', ...container };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '',
      labels: { b: '2', a: 'x"y' },
    },
    spec: { ...spec, containers: [full] },
    status: {},
  };
  return Object.fromEntries(environmentOf(pod, full, { ...SOURCES, services }));
}

function service(name: string, namespace: string, clusterIP: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp: '' },
    spec: {
      clusterIP,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { name: 'alt-p', port: 53, protocol: 'UDP' },
      ],
    },
    status: {},
  } as unknown as Service;
}

describe('the environment of a container', () => {
  it('has references to what stands before filled in', () => {
    const env = [
      { name: 'A', value: 'aa' },
      { name: 'B', value: '$(A)-$(C)-$$(A)-$x-$(' },
      { name: 'C', value: 'cc' },
    ];
    expect(environment({ env })).toEqual({ A: 'aa', B: 'aa-$(C)-$(A)-$x-$(', C: 'cc' });
  });

  it('may name fields of the Pod', () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const env = [
      field('NAME', 'metadata.name'),
      field('LABEL', "metadata.labels['b']"),
      field('LABELS', 'metadata.labels'),
      field('IP', 'status.podIP'),
      field('HOST', 'status.hostIP'),
      field('NODE', 'spec.nodeName'),
    ];
    expect(environment({ env })).toEqual({
      NAME: 'web',
      LABEL: '2',
      LABELS: 'a="x\\"y"\nb="2"',
      IP: '10.244.1.2',
      HOST: '172.18.0.3',
      NODE: 'w1',
    });
    expect(() => environment({ env: [field('X', 'spec.foo')] })).toThrow('unsupported fieldPath: spec.foo');
  });

  it('may name amounts: without a limit all that the node has', () => {
    const amount = (name: string, resource: string, divisor?: string) => ({
      name,
      valueFrom: { resourceFieldRef: { resource, ...(divisor !== undefined && { divisor }) } },
    });
    const env = [
      amount('CPU', 'requests.cpu'),
      amount('MILLI', 'requests.cpu', '1m'),
      amount('LIMIT', 'limits.cpu', '0'),
      amount('MEMORY', 'limits.memory'),
      amount('MEBI', 'limits.memory', '1Mi'),
      amount('NONE', 'requests.memory'),
    ];
    const resources = { requests: { cpu: '250m' }, limits: { memory: '64Mi' } };
    expect(environment({ env, resources })).toEqual({
      CPU: '1',
      MILLI: '250',
      LIMIT: '2',
      MEMORY: '67108864',
      MEBI: '64',
      NONE: '0',
    });
  });

  it('names Services of its namespace, and the API server', () => {
    const services = [
      service('my-svc', 'default', '10.96.1.1'),
      service('other', 'else', '10.96.1.2'),
      service('headless', 'default', 'None'),
    ];
    expect(environment({}, services)).toEqual({
      MY_SVC_SERVICE_HOST: '10.96.1.1',
      MY_SVC_SERVICE_PORT: '80',
      MY_SVC_SERVICE_PORT_HTTP: '80',
      MY_SVC_SERVICE_PORT_ALT_P: '53',
      MY_SVC_PORT: 'tcp://10.96.1.1:80',
      MY_SVC_PORT_80_TCP: 'tcp://10.96.1.1:80',
      MY_SVC_PORT_80_TCP_PROTO: 'tcp',
      MY_SVC_PORT_80_TCP_PORT: '80',
      MY_SVC_PORT_80_TCP_ADDR: '10.96.1.1',
      MY_SVC_PORT_53_UDP: 'udp://10.96.1.1:53',
      MY_SVC_PORT_53_UDP_PROTO: 'udp',
      MY_SVC_PORT_53_UDP_PORT: '53',
      MY_SVC_PORT_53_UDP_ADDR: '10.96.1.1',
    });
  });

  it('names only the API server when that is wished', () => {
    const services = [service('kubernetes', 'default', '10.96.0.1'), service('my-svc', 'default', '10.96.1.1')];
    const names = Object.keys(environment({}, services, { enableServiceLinks: false }));
    expect(names).toContain('KUBERNETES_SERVICE_HOST');
    expect(names.some((name) => name.startsWith('MY_SVC'))).toBe(false);
  });

  it('waits for Services to be known', () => {
    expect(() => environment({})).not.toThrow();
    const pod = { metadata: {}, spec: { containers: [] }, status: {} } as unknown as Pod;
    expect(() => environmentOf(pod, { name: 'c' }, { ...SOURCES, services: undefined })).toThrow(
      'services have not yet been read at least once, cannot construct envvars',
    );
  });
});
