import { describe, expect, it } from 'vitest';
import type { ContainerPort, Pod } from '../../api/types/pod.ts';
import type { NodeInfo } from '../node-info.ts';
import { podInfo } from '../pod-info.ts';
import { node, nodeInfo, pod, snapshot } from '../test-harness.ts';
import { imageLocality } from './image-locality.ts';
import { nodePorts } from './node-ports.ts';
import { balancedAllocation, leastAllocated, nodeResourcesFit } from './node-resources.ts';
import { nodeHelps, podHelps, verdicts } from './test-questions.ts';

const SMALL = { cpu: '2', memory: '2Gi', pods: '3' };
const full = nodeInfo(node('w1', { allocatable: SMALL }), pod('a', { requests: { cpu: '1500m', memory: '1Gi' } }));

describe('NodeResourcesFit', () => {
  it.each([
    [{ cpu: '500m' }, 'ok'],
    [{ cpu: '501m' }, 'Insufficient cpu (resolvable)'],
    [{ cpu: '2' }, 'Insufficient cpu (resolvable)'],
    [{ cpu: '2001m' }, 'Insufficient cpu'],
    [{ memory: '1Gi' }, 'ok'],
    [{ memory: '1025Mi' }, 'Insufficient memory (resolvable)'],
    [{ cpu: '1', memory: '2Gi' }, 'Insufficient cpu, Insufficient memory (resolvable)'],
    [{ cpu: '1', memory: '3Gi' }, 'Insufficient cpu, Insufficient memory'],
    [{ 'ephemeral-storage': '200Gi' }, 'Insufficient ephemeral-storage'],
    [{ 'example.com/gpu': '1' }, 'Insufficient example.com/gpu'],
    [{ 'example.com/gpu': '0' }, 'ok'],
  ])('a Pod that asks for %j', (requests, verdict) => {
    expect(verdicts(nodeResourcesFit, pod('web', { requests }), [full])).toEqual([verdict]);
  });

  it('has nothing against Pods that ask for nothing, until there are too many', () => {
    const overdrawn = nodeInfo(node('w1', { allocatable: SMALL }), pod('a', { requests: { cpu: '8' } }));
    const crowded = nodeInfo(node('w2', { allocatable: SMALL }), pod('a'), pod('b'), pod('c'));
    expect(verdicts(nodeResourcesFit, pod('web'), [overdrawn, crowded])).toEqual(['ok', 'Too many pods (resolvable)']);
    expect(verdicts(nodeResourcesFit, pod('web', { requests: { cpu: '3' } }), [crowded])).toEqual([
      'Too many pods, Insufficient cpu',
    ]);
  });

  it('brings Pods back when Pods leave a node or ask for less', () => {
    const waiting = pod('web', { requests: { cpu: '1' } });
    const placed = (cpu: string, memory = '1Gi') => pod('a', { nodeName: 'w1', requests: { cpu, memory } });
    expect(podHelps(nodeResourcesFit, waiting, 'Delete', undefined, placed('1'))).toBe(true);
    expect(podHelps(nodeResourcesFit, waiting, 'Delete', undefined, pod('a'))).toBe(false);
    const nominated = pod('a', { status: { nominatedNodeName: 'w1' } });
    expect(podHelps(nodeResourcesFit, waiting, 'Delete', undefined, nominated)).toBe(true);
    expect(podHelps(nodeResourcesFit, waiting, 'UpdatePodScaleDown', placed('1'), placed('2'))).toBe(true);
    expect(podHelps(nodeResourcesFit, waiting, 'UpdatePodScaleDown', placed('2', '1Gi'), placed('2', '2Gi'))).toBe(
      false,
    );
    expect(podHelps(nodeResourcesFit, waiting, 'UpdatePodScaleDown', pod('a'), placed('2'))).toBe(false);
    expect(podHelps(nodeResourcesFit, waiting, 'UpdatePodScaleDown', waiting, waiting)).toBe(true);
    expect(podHelps(nodeResourcesFit, waiting, 'Add', placed('1'))).toBeUndefined();
  });

  it('brings Pods back when a node that could hold them comes or grows', () => {
    const waiting = pod('web', { requests: { cpu: '3' } });
    const sized = (cpu: string, memory = '1Gi', pods = '10') => node('w1', { allocatable: { cpu, memory, pods } });
    const grows = (now: string[], before: string[]) =>
      nodeHelps(
        nodeResourcesFit,
        waiting,
        'UpdateNodeAllocatable',
        sized(...(now as [string])),
        sized(...(before as [string])),
      );
    expect(nodeHelps(nodeResourcesFit, waiting, 'Add', sized('3'))).toBe(true);
    expect(nodeHelps(nodeResourcesFit, waiting, 'Add', sized('2'))).toBe(false);
    expect(nodeHelps(nodeResourcesFit, waiting, 'Add', sized('3', '1Gi', '0'))).toBe(false);
    expect(grows(['4'], ['3'])).toBe(true);
    expect(grows(['2'], ['1'])).toBe(false);
    expect(grows(['3', '2Gi'], ['3', '1Gi'])).toBe(false);
    expect(grows(['3', '1Gi', '11'], ['3', '1Gi', '10'])).toBe(true);
    expect(nodeHelps(nodeResourcesFit, waiting, 'UpdateNodeTaint', sized('1'), sized('1'))).toBe(true);
  });

  it('prefers nodes with more left, with a usual amount for Pods that ask for none', () => {
    const nodes = [
      nodeInfo(node('empty', { allocatable: { cpu: '4', memory: '8Gi' } })),
      nodeInfo(
        node('half', { allocatable: { cpu: '4', memory: '8Gi' } }),
        pod('a', { requests: { cpu: '2', memory: '4Gi' } }),
      ),
      nodeInfo(
        node('over', { allocatable: { cpu: '1', memory: '8Gi' } }),
        pod('a', { requests: { cpu: '2', memory: '4Gi' } }),
      ),
    ];
    const score = (each: Pod) => leastAllocated.score(podInfo(each), nodes, snapshot(nodes));
    expect(score(pod('web', { requests: { cpu: '1', memory: '2Gi' } }))).toEqual([75, 25, 12]);
    expect(score(pod('web'))).toEqual([97, 47, 23]);
  });

  it('has a score for nodes that have nothing to give', () => {
    const nodes = [nodeInfo(node('none', { allocatable: { cpu: '0', memory: '0' } }))];
    expect(leastAllocated.score(podInfo(pod('web')), nodes, snapshot(nodes))).toEqual([0]);
  });

  it('prefers nodes whose CPU and memory are used more alike than before', () => {
    const sized = { cpu: '10', memory: '10Gi' };
    const nodes = [
      nodeInfo(node('empty', { allocatable: sized })),
      nodeInfo(node('cpu', { allocatable: sized }), pod('a', { requests: { cpu: '8' } })),
      nodeInfo(node('memory', { allocatable: sized }), pod('a', { requests: { memory: '8Gi' } })),
    ];
    const score = (requests: Record<string, string>) =>
      balancedAllocation.score(podInfo(pod('web', { requests })), nodes, snapshot(nodes));
    expect(score({ cpu: '2', memory: '2Gi' })).toEqual([75, 75, 75]);
    expect(score({ memory: '8Gi' })).toEqual([55, 95, 70]);
    expect(score({})).toBeUndefined();
  });
});

describe('NodePorts', () => {
  const withPort = (name: string, hostPort: number, more: Partial<ContainerPort> = {}, options = {}) =>
    pod(name, { containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort, ...more }] }], ...options });
  const TAKEN = "node(s) didn't have free ports for the requested pod ports (resolvable)";

  it('keeps Pods away from nodes whose ports are taken', () => {
    const nodes = [nodeInfo(node('w1'), withPort('a', 80)), nodeInfo(node('w2'), withPort('b', 81))];
    expect(verdicts(nodePorts, withPort('web', 80), nodes)).toEqual([TAKEN, 'ok']);
    expect(verdicts(nodePorts, pod('web'), nodes)).toEqual(['ok', 'ok']);
  });

  it('brings Pods back when one of their ports becomes free', () => {
    const left = (each: Pod) => podHelps(nodePorts, withPort('web', 80), 'Delete', undefined, each);
    expect(left(withPort('a', 80, {}, { nodeName: 'w1' }))).toBe(true);
    expect(left(withPort('a', 81, {}, { nodeName: 'w1' }))).toBe(false);
    expect(left(withPort('a', 80, { protocol: 'UDP' }, { nodeName: 'w1' }))).toBe(false);
    expect(left(withPort('a', 80))).toBe(false);
    expect(nodeHelps(nodePorts, withPort('web', 80), 'Add', node('w3'))).toBe(true);
  });
});

describe('ImageLocality', () => {
  const MB = 1024 * 1024;
  const having = (...images: readonly (readonly [string, number])[]) =>
    nodeInfo(node('w', { images: images.map(([name, size]) => ({ names: [name], sizeBytes: size * MB })) }));
  const scores = (nodes: readonly NodeInfo[], each = pod('web', { containers: [{ name: 'c', image: 'nginx' }] })) =>
    imageLocality.score(podInfo(each), nodes, snapshot(nodes));

  it('prefers nodes that have the image, the more so the more nodes have it', () => {
    expect(scores([having(['nginx:latest', 500]), having()])).toEqual([23, 0]);
    expect(scores([having(['nginx:latest', 500]), having(['nginx:latest', 500])])).toEqual([48, 48]);
  });

  it('has limits', () => {
    expect(scores([having(['nginx:latest', 22])])).toEqual([0]);
    expect(scores([having(['nginx:latest', 5000])])).toEqual([100]);
  });

  it('adds up all images of a Pod, also of its init containers', () => {
    const containers = [{ name: 'c', image: 'nginx:1' }];
    const initContainers = [{ name: 'i', image: 'localhost:5001/busybox' }];
    const node1 = having(['nginx:1', 1000], ['localhost:5001/busybox:latest', 1000]);
    expect(scores([node1], pod('web', { containers, initContainers }))).toEqual([100]);
    expect(scores([having(['nginx:1', 1000])], pod('web', { containers, initContainers }))).toEqual([49]);
  });
});
