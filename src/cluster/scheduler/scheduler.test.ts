import { describe, expect, it } from 'vitest';
import { SchedulerHarness } from './test-harness.ts';

describe('a Pod without a node', () => {
  it('is bound to one, which an event tells', () => {
    const cluster = new SchedulerHarness();
    cluster.addNode('w1');
    cluster.addPod('web');
    cluster.run();
    expect(cluster.placements()).toEqual({ web: 'w1' });
    expect(cluster.condition('web')).toEqual({
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-11-23T06:00:00Z',
    });
    expect(cluster.pod('web').metadata.generation).toBe(1);
    expect(cluster.events('web')).toEqual(['Scheduled: Successfully assigned default/web to w1']);
  });
});
