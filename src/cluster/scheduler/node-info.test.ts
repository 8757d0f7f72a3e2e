import { describe, expect, it } from 'vitest';
import { selectorMatcher } from '../api/selectors/labels.ts';
import type { ContainerPort } from '../api/types/pod.ts';
import { NodeInfo } from './node-info.ts';
import { podInfo } from './pod-info.ts';
import { node, nodeInfo, pod } from './test-harness.ts';

const WEB = { key: 'web', fits: selectorMatcher({ matchLabels: { app: 'web' } }) };

describe('a node with its Pods', () => {
  it('adds up what they take, and gives it back', () => {
    const info = nodeInfo(node('w1'), pod('a', { requests: { cpu: '1', memory: '1Gi' } }), pod('b'));
    info.add(podInfo(pod('c', { requests: { cpu: '500m', 'example.com/gpu': '2' } })));
    expect([info.podCount, info.requested('cpu'), info.requested('example.com/gpu')]).toEqual([3, 1500, 2]);
    expect(info.nonZeroRequested).toEqual({ cpu: 1600, memory: (1024 + 400) * 1024 * 1024 });
    info.remove('uid-c');
    info.remove('uid-nobody');
    expect([info.podCount, info.requested('cpu'), info.requested('example.com/gpu')]).toEqual([2, 1000, 0]);
    expect(info.nonZeroRequested.cpu).toBe(1100);
  });

  it('counts a Pod once', () => {
    const info = nodeInfo(node('w1'), pod('a', { requests: { cpu: '1' } }), pod('a', { requests: { cpu: '1' } }));
    expect([info.podCount, info.requested('cpu')]).toEqual([1, 1000]);
  });

  it('knows what can be had of it', () => {
    const { allocatable } = nodeInfo(node('w1', { allocatable: { cpu: '1500m', memory: '1Ki', pods: '5' } }));
    expect(allocatable).toMatchObject({ cpu: 1500, memory: 1024, pods: 5 });
  });

  it('knows the images by all their names', () => {
    const images = [{ names: ['docker.io/library/nginx@sha256:1', 'docker.io/library/nginx:1'], sizeBytes: 7 }];
    const info = nodeInfo(node('w1', { images }));
    expect(info.imageSize('docker.io/library/nginx:1')).toBe(7);
    expect(info.imageSize('nginx:1')).toBeUndefined();
  });

  it('is tried out on a copy', () => {
    const info = nodeInfo(node('w1'), pod('a', { requests: { cpu: '1' } }));
    const copy = info.clone();
    copy.remove('uid-a');
    expect([copy.requested('cpu'), info.requested('cpu')]).toEqual([0, 1000]);
  });

  it('keeps its Pods when it changes', () => {
    const info = nodeInfo(node('w1'), pod('a', { requests: { cpu: '1' } }));
    const changed = info.withNode(node('w1', { allocatable: { cpu: '2' } }));
    expect([changed.allocatable['cpu'], changed.requested('cpu')]).toEqual([2000, 1000]);
  });

  it('tells Pods apart that have something to say about their neighbours', () => {
    const terms = [{ topologyKey: 'zone', labelSelector: {} }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: terms };
    const info = nodeInfo(
      node('w1'),
      pod('plain'),
      pod('friend', { affinity: { podAffinity: required } }),
      pod('foe', { affinity: { podAntiAffinity: required } }),
    );
    const names = (pods: Iterable<{ pod: { metadata: { name: string } } }>) =>
      [...pods].map(({ pod: { metadata } }) => metadata.name);
    expect(names(info.podsWithAffinity)).toEqual(['friend', 'foe']);
    expect(names(info.podsWithRequiredAntiAffinity)).toEqual(['foe']);
    info.remove('uid-foe');
    expect(names(info.podsWithAffinity)).toEqual(['friend']);
  });
});

describe('how many Pods of a node are selected', () => {
  it('is kept up to date', () => {
    const info = nodeInfo(node('w1'), pod('a', { labels: { app: 'web' } }), pod('b', { labels: { app: 'db' } }));
    expect(info.count('default', WEB)).toBe(1);
    info.add(podInfo(pod('c', { labels: { app: 'web' } })));
    info.add(podInfo(pod('d', { labels: { app: 'web' }, namespace: 'other' })));
    expect([info.count('default', WEB), info.count('other', WEB)]).toEqual([2, 1]);
    info.remove('uid-a');
    expect(info.count('default', WEB)).toBe(1);
  });

  it('leaves out those that end', () => {
    const leaving = pod('a', { labels: { app: 'web' }, metadata: { deletionTimestamp: '2026-11-23T06:00:00Z' } });
    const info = nodeInfo(node('w1'), leaving);
    expect(info.count('default', WEB)).toBe(0);
    info.remove('uid-a');
    expect(info.count('default', WEB)).toBe(0);
  });

  it('is right for any number of selectors', () => {
    const info = nodeInfo(node('w1'));
    const selectors = Array.from({ length: 100 }, (_, index) => ({
      key: `${index}`,
      fits: selectorMatcher({ matchLabels: { app: `${index % 50}` } }),
    }));
    for (const selector of selectors) expect(info.count('default', selector)).toBe(0);
    info.add(podInfo(pod('a', { labels: { app: '7' } })));
    const found = selectors.filter((selector) => info.count('default', selector) === 1).map(({ key }) => key);
    expect(found).toEqual(['7', '57']);
  });
});

describe('ports of a node', () => {
  const onNode = (port: ContainerPort) =>
    new NodeInfo(node('w1'), [podInfo(pod('a', { containers: [{ name: 'c', ports: [port] }] }))]);

  it.each([
    ['the same', {}, {}, true],
    ['another', {}, { hostPort: 81 }, false],
    ['another protocol', {}, { protocol: 'UDP' }, false],
    ['TCP said and not said', {}, { protocol: 'TCP' }, true],
    ['the same address', { hostIP: '10.0.0.1' }, { hostIP: '10.0.0.1' }, true],
    ['another address', { hostIP: '10.0.0.1' }, { hostIP: '10.0.0.2' }, false],
    ['every address is taken', { hostIP: '0.0.0.0' }, { hostIP: '10.0.0.2' }, true],
    ['every address is wanted', { hostIP: '10.0.0.1' }, { hostIP: '' }, true],
  ] as const)('%s', (_, used, wanted, isTaken) => {
    const info = onNode({ containerPort: 80, hostPort: 80, ...used });
    expect(info.isPortTaken({ containerPort: 1, hostPort: 80, ...wanted })).toBe(isTaken);
    info.remove('uid-a');
    expect(info.isPortTaken({ containerPort: 1, hostPort: 80, ...wanted })).toBe(false);
  });

  it('are not taken by ports of containers alone', () => {
    const [port] = podInfo(pod('a', { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] })).hostPorts;
    expect(port).toBeUndefined();
  });

  it('are wanted by sidecars, not by other init containers', () => {
    const ports = (hostPort: number) => [{ containerPort: 1, hostPort }];
    const initContainers = [
      { name: 'side', restartPolicy: 'Always' as const, ports: ports(1) },
      { name: 'init', ports: ports(2) },
    ];
    const { hostPorts } = podInfo(pod('a', { initContainers, containers: [{ name: 'c', ports: ports(3) }] }));
    expect(hostPorts.map(({ hostPort }) => hostPort)).toEqual([3, 1]);
  });
});
