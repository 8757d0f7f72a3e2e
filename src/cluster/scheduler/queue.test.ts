import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { Log } from '../client/log.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { always, ofItself, type Rejector } from './framework.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { SchedulingQueue } from './queue.ts';
import { node, type PodOptions, pod } from './test-harness.ts';

const START = parseTime('2026-11-23T06:00:00.400Z');
const MINUTE = 60_000;

/** Rejects Pods until another Pod goes. */
const crowded: Rejector = { name: 'Crowded', helpedBy: { Pod: { Delete: always } } };
/** Rejects Pods until a node comes. */
const lost: Rejector = { name: 'Lost', helpedBy: { Node: { Add: always } } };
/** Rejects Pods until they have other labels. */
const odd: Rejector = { name: 'Odd', helpedBy: { Pod: { UpdatePodLabel: ofItself } } };

const GONE: ClusterEvent = { resource: 'Pod', action: 'Delete', now: undefined, before: pod('gone') };
const COME: ClusterEvent = { resource: 'Node', action: 'Add', now: node('w1'), before: undefined };

function setUp(verbosity = 0) {
  const kernel = new Kernel({ start: START, seed: 1 });
  const lines: string[] = [];
  const log = new Log(kernel, (line) => lines.push(line.replace(/^.*\] /, '')), verbosity);
  const nominator = new Nominator();
  const ready = { count: 0 };
  const queue = new SchedulingQueue(kernel, log, nominator, () => {
    ready.count += 1;
  });
  const next = () => queue.pop()?.info.pod.metadata.name;
  /** Takes the Pods out and puts them back as rejected. */
  const reject = (rejectedBy: readonly Rejector[], ...names: readonly string[]) => {
    for (const name of names) {
      const queued = queue.pop();
      if (queued?.info.pod.metadata.name !== name) throw new Error(`${queued?.key} instead of ${name}`);
      queue.putBack(queued, rejectedBy);
    }
  };
  const add = (name: string, options: PodOptions = {}) => queue.add(pod(name, options));
  return { kernel, queue, nominator, lines, ready, next, reject, add };
}

describe('Pods to be tried', () => {
  it('come by priority, and as they came among equals', () => {
    const { add, next, queue, ready } = setUp();
    add('low', { priority: -1 });
    add('first');
    add('second', { priority: 0 });
    add('high', { priority: 1000 });
    expect(ready.count).toBe(4);
    expect([next(), next(), next(), next(), next()]).toEqual(['high', 'first', 'second', 'low', undefined]);
    expect([queue.isEmpty, queue.cycle]).toEqual([true, 4]);
  });

  it('count from when they failed last', () => {
    const { add, next, queue, kernel, reject } = setUp();
    add('old');
    reject([crowded], 'old');
    kernel.runFor(5000);
    add('new');
    queue.tell(GONE);
    expect([next(), next()]).toEqual(['old', 'new']);
  });

  it('are tried as they are now, and not at all when they are gone', () => {
    const { add, queue, nominator, next } = setUp();
    add('a');
    add('b');
    queue.update(pod('a', { priority: 0, status: { nominatedNodeName: 'w1' } }), pod('a'));
    expect(nominator.lesser(pod('x', { priority: 1 }), 'w1')).toHaveLength(1);
    queue.remove(pod('a'));
    expect(nominator.lesser(pod('x', { priority: 1 }), 'w1')).toHaveLength(0);
    queue.update(pod('b', { labels: { v: '2' } }), pod('b'));
    expect(queue.pop()?.info.pod.metadata.labels).toEqual({ v: '2' });
    expect(next()).toBeUndefined();
  });

  it('are added when an update is the first that is heard of them', () => {
    const { queue, next } = setUp();
    queue.update(pod('a'), pod('a'));
    expect(next()).toBe('a');
  });

  it('are known as nominated from their status', () => {
    const { add, nominator } = setUp();
    add('a', { status: { nominatedNodeName: 'w2' } });
    expect(nominator.lesser(pod('x', { priority: 1 }), 'w2').map(({ pod: { metadata } }) => metadata.name)).toEqual([
      'a',
    ]);
  });
});

describe('Pods that no node took', () => {
  it('wait for a change that helps who rejected them', () => {
    const { add, queue, next, reject } = setUp();
    add('crowded');
    add('both');
    add('lost');
    reject([crowded], 'crowded');
    reject([crowded, lost], 'both');
    reject([lost], 'lost');
    queue.tell({ ...COME, action: 'UpdateNodeLabel' });
    expect(next()).toBeUndefined();
    queue.tell(GONE);
    expect([next(), next(), next()]).toEqual(['crowded', 'both', undefined]);
    queue.tell(COME);
    expect([next(), next()]).toEqual(['lost', undefined]);
  });

  it('wait for what a plugin makes of a change', () => {
    const choosy: Rejector = {
      name: 'Choosy',
      helpedBy: {
        Pod: { Delete: ({ before }, { pod: each }) => before?.metadata.name === each.metadata.labels?.['wants'] },
      },
    };
    const { add, queue, next, reject } = setUp();
    add('a', { labels: { wants: 'gone' } });
    add('b', { labels: { wants: 'other' } });
    reject([choosy], 'a', 'b');
    queue.tell(GONE);
    expect([next(), next()]).toEqual(['a', undefined]);
  });

  it('may be left out of a change', () => {
    const { add, queue, next, reject } = setUp();
    add('high', { priority: 5 });
    add('low', { priority: 1 });
    reject([crowded], 'high', 'low');
    queue.tell(GONE, ({ spec }) => (spec.priority ?? 0) < 5);
    expect([next(), next()]).toEqual(['low', undefined]);
  });

  it('come back when they change themselves in a way that helps', () => {
    const { add, queue, next, reject } = setUp();
    add('a');
    reject([odd], 'a');
    queue.update(pod('a', { status: { message: 'told' } }), pod('a'));
    expect(next()).toBeUndefined();
    queue.update(pod('a', { labels: { x: 'y' } }), pod('a'));
    expect(next()).toBe('a');
  });

  it('stay away when they are gone', () => {
    const { add, queue, next, reject } = setUp();
    add('a');
    reject([crowded], 'a');
    queue.remove(pod('a'));
    queue.tell(GONE);
    expect(next()).toBeUndefined();
  });

  it('come back after five minutes, looked at every thirty seconds', () => {
    const { add, next, kernel, reject, ready } = setUp();
    kernel.runFor(10_000);
    add('a');
    reject([crowded], 'a');
    kernel.runFor(5 * MINUTE + 19_000);
    expect(next()).toBeUndefined();
    kernel.runFor(1000);
    expect([ready.count, next()]).toEqual([2, 'a']);
  });

  it('come after those whose back-off is over, the one that must wait least first', () => {
    const { add, queue, next, kernel, reject } = setUp();
    add('twice');
    reject([crowded], 'twice');
    queue.tell(GONE);
    reject([crowded], 'twice');
    add('once');
    reject([crowded], 'once');
    add('done');
    reject([crowded], 'done');
    queue.tell(GONE);
    expect([next(), next(), next()]).toEqual(['once', 'done', 'twice']);
    add('over');
    reject([crowded], 'over');
    kernel.runFor(2000);
    add('fresh');
    reject([crowded], 'fresh');
    queue.tell(GONE);
    expect([next(), next()]).toEqual(['over', 'fresh']);
  });
});

describe('Pods that an error befell', () => {
  it('wait for 1, 2, 4, 8, 10 and 10 seconds, up to the next whole second', () => {
    const { add, queue, kernel } = setUp();
    add('a');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const queued = queue.pop();
      if (!queued) throw new Error('nobody is there');
      const since = kernel.now;
      queue.putBack(queued, []);
      kernel.runUntilTrue(() => !queue.isEmpty, MINUTE);
      waits.push((kernel.now - since) / 1000);
    }
    expect(waits).toEqual([1.6, 3, 5, 9, 11, 11]);
  });

  it('do not come back for a change, nor when they are gone', () => {
    const { add, queue, next, kernel, reject } = setUp();
    add('a');
    reject([], 'a');
    queue.tell(GONE);
    queue.update(pod('a', { labels: { x: 'y' } }), pod('a'));
    expect(next()).toBeUndefined();
    queue.remove(pod('a'));
    kernel.runFor(MINUTE);
    expect(next()).toBeUndefined();
  });

  it('begin anew with short waits once no node took them', () => {
    const { add, queue, next, kernel, reject } = setUp();
    add('a');
    reject([], 'a');
    kernel.runFor(3000);
    reject([crowded], 'a');
    queue.tell(GONE);
    reject([], 'a');
    kernel.runFor(2000);
    expect(next()).toBe('a');
  });
});

describe('Pods with gates', () => {
  const gates = (...names: readonly string[]) => ({ schedulingGates: names.map((name) => ({ name })) });

  it('are not tried until the last one is gone', () => {
    const { add, queue, next, kernel, lines } = setUp(4);
    add('a', gates('x', 'y'));
    expect(lines).toEqual([
      '"Status after running PreEnqueue plugin" pod="default/a" plugin="SchedulingGates" status="waiting for scheduling gates: [x y]"',
    ]);
    queue.tell(GONE);
    queue.update(pod('a', gates('y')), pod('a', gates('x', 'y')));
    kernel.runFor(11 * MINUTE);
    expect(next()).toBeUndefined();
    queue.update(pod('a'), pod('a', gates('y')));
    expect(next()).toBe('a');
  });
});

describe('the log of the queue', () => {
  it('says where a Pod waits and who rejected it', () => {
    const { add, reject, lines } = setUp(3);
    add('a');
    reject([lost, crowded], 'a');
    add('b');
    reject([], 'b');
    const line = '"Pod moved to an internal scheduling queue"';
    expect(lines).toEqual([
      `${line} pod="default/a" event="ScheduleAttemptFailure" queue="Unschedulable" schedulingCycle=1 hint=0 unschedulable plugins={"Crowded":{},"Lost":{}}`,
      `${line} pod="default/b" event="ScheduleAttemptFailure" queue="Backoff" schedulingCycle=2 hint=1 unschedulable plugins={}`,
    ]);
  });

  it('remembers who waited for too long', () => {
    const { add, queue, kernel, reject } = setUp();
    add('a');
    reject([crowded], 'a');
    kernel.runFor(6 * MINUTE);
    expect(queue.pop()).toMatchObject({ wasFlushed: true, rejectedBy: [crowded] });
  });
});

describe('a queue that is stopped', () => {
  it('has nobody, and waits for nothing', () => {
    const { add, queue, kernel, next, reject } = setUp();
    add('a');
    add('b');
    add('c');
    reject([], 'a');
    reject([crowded], 'b');
    queue.stop();
    queue.tell(GONE);
    expect([next(), kernel.nextTimer]).toEqual([undefined, undefined]);
  });
});

describe('nominations', () => {
  it('are for those no less important than who asks, but himself', () => {
    const nominator = new Nominator();
    const info = (name: string, priority: number) => podInfo(pod(name, { priority }));
    const w1 = { name: 'w1' } as Parameters<Nominator['rivals']>[1];
    nominator.add(info('high', 10), 'w1');
    nominator.add(info('even', 5), 'w1');
    nominator.add(info('low', 1), 'w1');
    nominator.add(info('away', 10), 'w2');
    const names = (infos: readonly ReturnType<typeof info>[]) => infos.map(({ pod: { metadata } }) => metadata.name);
    expect(names(nominator.rivals(info('me', 5), w1))).toEqual(['high', 'even']);
    expect(names(nominator.rivals(info('even', 5), w1))).toEqual(['high']);
    expect(names(nominator.lesser(pod('me', { priority: 5 }), 'w1'))).toEqual(['low']);
    nominator.remove('uid-high');
    nominator.add(info('even', 5), '');
    expect(names(nominator.rivals(info('me', 0), w1))).toEqual(['low']);
  });

  it('hold until the status says so too, and end when the status does', () => {
    const nominator = new Nominator();
    const nodesOf = () => ['w1', 'w2'].filter((name) => nominator.lesser(pod('x', { priority: 1 }), name).length > 0);
    const told = (nominatedNodeName: string) => pod('a', { status: { nominatedNodeName } });
    nominator.add(podInfo(pod('a')), 'w1');
    nominator.update(pod('a'), podInfo(pod('a', { labels: { x: 'y' } })));
    expect(nodesOf()).toEqual(['w1']);
    nominator.update(pod('a'), podInfo(told('w2')));
    expect(nodesOf()).toEqual(['w2']);
    nominator.update(told('w2'), podInfo(pod('a')));
    expect(nodesOf()).toEqual([]);
  });
});
