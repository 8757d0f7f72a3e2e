import { describe, expect, it } from 'vitest';
import { container, podWith, sidecar } from '../test-state.ts';
import { podResources } from './pod-resources.ts';

const asking = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory }, limits: { memory } } });

describe('what a Pod asks for', () => {
  it('is the sum of its containers', () => {
    const pod = podWith({ containers: [container('a', asking('100m', '64Mi')), container('b', asking('1', '1Gi'))] });
    expect(podResources(pod, 'requests')).toEqual({ cpu: '1100m', memory: '1088Mi' });
    expect(podResources(pod, 'limits')).toEqual({ memory: '1088Mi' });
    expect(podResources(podWith({ containers: [container('a')] }), 'requests')).toEqual({});
  });

  it('is what its greediest init container asks for, when that is more', () => {
    const pod = podWith({
      initContainers: [container('i', asking('2', '16Mi')), container('j', asking('1', '32Mi'))],
      containers: [container('a', asking('100m', '64Mi'))],
    });
    expect(podResources(pod, 'requests')).toEqual({ cpu: '2', memory: '64Mi' });
  });

  it('has sidecars beside containers, and beside the init containers behind them', () => {
    const pod = podWith({
      initContainers: [
        container('before', asking('1', '1Mi')),
        sidecar('s', asking('500m', '10Mi')),
        container('behind', asking('1', '1Mi')),
      ],
      containers: [container('a', asking('100m', '64Mi'))],
    });
    expect(podResources(pod, 'requests')).toEqual({ cpu: '1500m', memory: '74Mi' });
  });

  it('has the overhead of its runtime class', () => {
    const pod = podWith({ overhead: { cpu: '250m' }, containers: [container('a', asking('100m', '64Mi'))] });
    expect(podResources(pod, 'requests')).toEqual({ cpu: '350m', memory: '64Mi' });
    expect(podResources(pod, 'limits')).toEqual({ memory: '64Mi' });
  });
});
