import { describe, expect, it } from 'vitest';
import { Cache } from './cache.ts';
import { podInfo } from './pod-info.ts';
import { node, pod } from './test-harness.ts';

const CPU = { requests: { cpu: '1' } };

function setUp(): Cache {
  const cache = new Cache();
  cache.setNode(node('w1'));
  cache.setNode(node('w2'));
  return cache;
}

describe('what the scheduler knows', () => {
  it('has Pods on their nodes', () => {
    const cache = setUp();
    cache.setPod(pod('a', CPU), 'w1');
    cache.setPod(pod('a', { requests: { cpu: '2' } }), 'w1');
    expect(cache.node('w1')?.requested('cpu')).toBe(2000);
    cache.removePod('uid-a');
    expect(cache.nodes.map(({ podCount }) => podCount)).toEqual([0, 0]);
  });

  it('counts a Pod that is about to be bound, until the API server tells where it is', () => {
    const cache = setUp();
    cache.assume(podInfo(pod('a', CPU)), 'w1');
    expect([cache.isAssumed('uid-a'), cache.node('w1')?.podCount]).toEqual([true, 1]);
    cache.setPod(pod('a', CPU), 'w2');
    expect(cache.isAssumed('uid-a')).toBe(false);
    expect(cache.nodes.map(({ podCount }) => podCount)).toEqual([0, 1]);
  });

  it('keeps Pods whose node it does not know yet, or not any more', () => {
    const cache = setUp();
    cache.setPod(pod('a', CPU), 'w3');
    expect(cache.node('w3')).toBeUndefined();
    cache.setNode(node('w3'));
    expect(cache.node('w3')?.podCount).toBe(1);
    cache.removeNode('w3');
    cache.setNode(node('w3', { allocatable: { cpu: '8' } }));
    expect([cache.node('w3')?.podCount, cache.node('w3')?.allocatable['cpu']]).toEqual([1, 8000]);
  });

  it('works out nothing anew for a Pod whose containers are the same', () => {
    const cache = setUp();
    const first = pod('a', CPU);
    const info = podInfo(first);
    cache.assume(info, 'w1');
    cache.setPod({ ...first, spec: { ...first.spec, nodeName: 'w1' } }, 'w1');
    const [known] = cache.node('w1')?.pods ?? [];
    expect(known?.requests).toBe(info.requests);
    expect(known?.pod.spec.nodeName).toBe('w1');
  });
});
