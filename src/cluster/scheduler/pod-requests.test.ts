import { describe, expect, it } from 'vitest';
import type { Container } from '../api/types/pod.ts';
import { nonZeroRequests, podRequests } from './pod-requests.ts';
import { pod } from './test-harness.ts';

const MI = 1024 * 1024;

function container(name: string, requests: Record<string, string>, more: Partial<Container> = {}): Container {
  return { name, resources: { requests }, ...more };
}

const sidecar = { restartPolicy: 'Always' } as const;

describe('what a Pod asks for', () => {
  it('is what its containers ask for together', () => {
    const containers = [
      container('a', { cpu: '250m', memory: '64Mi', 'example.com/gpu': '1' }),
      container('b', { cpu: '1', memory: '1Gi', 'ephemeral-storage': '10', 'example.com/gpu': '2' }),
      container('c', {}),
    ];
    expect(podRequests(pod('web', { containers }))).toEqual({
      cpu: 1250,
      memory: 1088 * MI,
      'ephemeral-storage': 10,
      'example.com/gpu': 3,
    });
  });

  it('is nothing without requests', () => {
    expect(podRequests(pod('web'))).toEqual({ cpu: 0, memory: 0, 'ephemeral-storage': 0 });
  });

  it('is what its greediest init container asks for, if that is more', () => {
    const initContainers = [container('one', { cpu: '500m', memory: '10Mi' }), container('two', { memory: '300Mi' })];
    const containers = [container('a', { cpu: '100m', memory: '100Mi' })];
    expect(podRequests(pod('web', { initContainers, containers }))).toMatchObject({ cpu: 500, memory: 300 * MI });
  });

  it('has its sidecars beside its containers and beside later init containers', () => {
    const containers = [container('a', { cpu: '100m' })];
    const early = container('early', { cpu: '200m' });
    const proxy = container('proxy', { cpu: '50m' }, sidecar);
    const log = container('log', { cpu: '30m' }, sidecar);
    const cpuOf = (...initContainers: readonly Container[]) =>
      podRequests(pod('web', { initContainers, containers })).cpu;
    expect(cpuOf(proxy, log)).toBe(180);
    expect(cpuOf(early, proxy)).toBe(200);
    expect(cpuOf(proxy, early, log)).toBe(250);
    expect(cpuOf(proxy, log, early)).toBe(280);
  });

  it('has the overhead of its runtime class on top', () => {
    const initContainers = [container('init', { cpu: '500m' })];
    const options = { requests: { cpu: '100m' }, initContainers, overhead: { cpu: '25m', memory: '5Mi' } };
    expect(podRequests(pod('web', options))).toMatchObject({ cpu: 525, memory: 5 * MI });
  });
});

describe('what a Pod counts for when nodes are scored', () => {
  it('is a usual amount for each container that asks for none', () => {
    const containers = [container('a', { cpu: '10m' }), container('b', { memory: '1Mi' })];
    expect(nonZeroRequests(pod('web', { containers }))).toMatchObject({ cpu: 110, memory: 201 * MI });
  });

  it('is what was asked for, even if that is nothing', () => {
    expect(nonZeroRequests(pod('web', { requests: { cpu: '0', memory: '0' } }))).toMatchObject({ cpu: 0, memory: 0 });
  });
});
