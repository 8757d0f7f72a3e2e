import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { Log } from '../client/log.ts';
import { Cache } from './cache.ts';
import { EventHandlers } from './event-handlers.ts';
import { always } from './framework.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { SchedulingQueue } from './queue.ts';
import { node, pod } from './test-harness.ts';

const crowded = { name: 'Crowded', helpedBy: { Pod: { Delete: always } } };

function setUp() {
  const kernel = new Kernel({ start: parseTime('2026-11-23T06:00:00Z'), seed: 1 });
  const lines: string[] = [];
  const log = new Log(kernel, (line) => lines.push(line.replace(/^.{29} /, '')), 3);
  const cache = new Cache();
  const queue = new SchedulingQueue(kernel, log, new Nominator(), () => {});
  const { pods, nodes } = new EventHandlers(log, cache, queue);
  return { cache, queue, lines, pods, nodes };
}

describe('what the scheduler makes of changes', () => {
  it('forgets a Pod that it was about to bind and that went unnoticed', () => {
    const { cache, queue, pods } = setUp();
    cache.setNode(node('w1'));
    pods.added?.(pod('waiting'));
    const waiting = queue.pop();
    if (waiting) queue.putBack(waiting, [crowded]);
    cache.assume(podInfo(pod('a')), 'w1');
    pods.deleted?.(pod('a'));
    expect(cache.node('w1')?.podCount).toBe(0);
    expect(queue.pop()?.key).toBe('default/waiting');
  });

  it('tells another Pod of the same name from the first', () => {
    const { cache, queue, pods } = setUp();
    cache.setNode(node('w1'));
    const placed = pod('a', { nodeName: 'w1' });
    pods.added?.(placed);
    pods.updated?.(pod('a', { metadata: { uid: 'uid-new' } }), placed);
    expect(cache.node('w1')?.podCount).toBe(0);
    expect(queue.pop()?.info.pod.metadata.uid).toBe('uid-new');
  });

  it('says which nodes come and go, and their zones', () => {
    const { lines, nodes } = setUp();
    const labels = { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': 'a' };
    nodes.added?.(node('w1', { labels }));
    nodes.deleted?.(node('w1', { labels }));
    expect(lines).toEqual([
      'eventhandlers.go:63] "Add event for node" node="w1"',
      'node_tree.go:65] "Added node to NodeTree" node="w1" zone="eu:\\x00:a"',
      'eventhandlers.go:122] "Delete event for node" node="w1"',
      'node_tree.go:79] "Removed node from NodeTree" node="w1" zone="eu:\\x00:a"',
    ]);
  });
});
