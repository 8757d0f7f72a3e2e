import { describe, expect, it } from 'vitest';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import type { PodAffinityTerm, PodSpec } from '../api/types/pod.ts';
import { type PodOptions, SchedulerHarness } from './test-harness.ts';

// Messages and log lines are those of a real cluster (kind, Kubernetes v1.36.4) of one control plane and two workers.

const CONTROL_PLANE = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };
const AFTERWARDS = 'no new claims to deallocate, preemption: 0/3 nodes are available:';
const HOPELESS = `${AFTERWARDS} 3 Preemption is not helpful for scheduling.`;
const NO_VICTIMS = `${AFTERWARDS} 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`;
const TAINTED = '0/3 nodes are available: 1 node(s) had untolerated taint(s)';

/** Nodes cp1, w1 and w2 with 2 CPUs each. */
function setUp(options: ConstructorParameters<typeof SchedulerHarness>[0] = {}): SchedulerHarness {
  const cluster = new SchedulerHarness(options);
  const allocatable = { cpu: '2', memory: '4Gi' };
  cluster.addNode('cp1', { ...CONTROL_PLANE, allocatable });
  cluster.addNode('w1', { allocatable });
  cluster.addNode('w2', { allocatable });
  cluster.run();
  return cluster;
}

function changeNode(cluster: SchedulerHarness, name: string, patch: object): void {
  cluster.client.patch(nodeKind, { metadata: { name } }, patch, 'merge');
  cluster.run();
}

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

  it('is told why no node takes it, and again with the same words', () => {
    const cluster = setUp();
    cluster.addPod('big', { requests: { cpu: '100' } });
    cluster.run();
    const message = `${TAINTED}, 2 Insufficient cpu. ${HOPELESS}`;
    expect(cluster.condition('big')).toEqual({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: '2026-11-23T06:00:00Z',
      observedGeneration: 1,
    });
    expect(cluster.events('big')).toEqual([`FailedScheduling: ${message}`]);
    const patches: string[] = [];
    cluster.fails = (method, path) => method === 'PATCH' && path.includes('/pods/') && patches.push(path) === 0;
    cluster.run(600);
    expect(cluster.events('big')).toEqual([`FailedScheduling: ${message}`, `FailedScheduling: ${message}`]);
    expect(patches).toEqual([]);
    changeNode(cluster, 'w1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
    expect(patches).toHaveLength(1);
    expect(cluster.condition('big')).toMatchObject({
      message: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). ${HOPELESS}`,
      lastTransitionTime: '2026-11-23T06:00:00Z',
    });
  });

  it('has the best of the nodes', () => {
    const cluster = setUp({ verbosity: 2 });
    cluster.addPod('fixed', { nodeName: 'w1', requests: { cpu: '1' } });
    cluster.run();
    cluster.lines.length = 0;
    for (let index = 0; index < 5; index += 1) cluster.addPod(`web-${index}`, { requests: { cpu: '100m' } });
    cluster.run();
    expect(Object.values(cluster.placements())).toEqual(['w1', 'w2', 'w2', 'w2', 'w2', 'w2']);
    expect(cluster.lines[0]).toBe(
      'schedule_one.go:481] "Successfully bound pod to node" pod="default/web-0" node="w2" evaluatedNodes=3 feasibleNodes=2',
    );
  });

  it('is looked for among all nodes in turn where they are many', () => {
    const cluster = new SchedulerHarness();
    for (let index = 0; index < 150; index += 1) cluster.addNode(`n${index}`);
    for (let index = 0; index < 12; index += 1) cluster.addPod(`web-${index}`);
    cluster.run();
    const numbers = Object.values(cluster.placements()).map((name) => Number(name?.slice(1)));
    expect(Math.max(...numbers)).toBeGreaterThanOrEqual(100);
    expect(Math.min(...numbers)).toBeLessThan(50);
  });

  it('shares a node with Pods that run, not with those that ended before the scheduler came', () => {
    const cluster = setUp();
    cluster.stop();
    for (const name of ['w1', 'w2']) cluster.addPod(`on-${name}`, { nodeName: name, requests: { cpu: '2' } });
    cluster.client.updateStatus(podKind, { ...cluster.pod('on-w1'), status: { phase: 'Failed' } });
    cluster.addPod('web', { requests: { cpu: '2' } });
    cluster.start();
    cluster.run();
    expect(cluster.placements()['web']).toBe('w1');
  });

  it('is bound once, whatever happens to it at that moment', () => {
    const cluster = setUp({ verbosity: 3 });
    cluster.addPod('web');
    cluster.client.patch(podKind, cluster.pod('web'), { metadata: { labels: { x: '1' } } }, 'merge');
    cluster.fails = (method, path) => {
      if (path.endsWith('/binding'))
        cluster.client.patch(podKind, cluster.pod('web'), { metadata: { labels: { x: '2' } } }, 'merge');
      return method === 'DELETE';
    };
    cluster.run(60);
    expect(cluster.lines.filter((line) => line.includes('"Attempting to schedule pod"'))).toHaveLength(1);
  });

  it('waits for the first node', () => {
    const cluster = new SchedulerHarness({ verbosity: 2 });
    cluster.addPod('web');
    cluster.run();
    expect(cluster.events('web')).toEqual(['FailedScheduling: no nodes available to schedule pods']);
    cluster.addNode('w1');
    cluster.run(2);
    expect(cluster.placements()).toEqual({ web: 'w1' });
    expect(cluster.lines).toEqual([
      'schedule_one.go:1235] "Unable to schedule pod; no nodes are registered to the cluster; waiting" pod="default/web"',
      'node_tree.go:65] "Added node to NodeTree" node="w1" zone=""',
      'schedule_one.go:481] "Successfully bound pod to node" pod="default/web" node="w1" evaluatedNodes=1 feasibleNodes=1',
    ]);
  });

  it('is left alone when it has a node, or another scheduler', () => {
    const cluster = setUp();
    cluster.addPod('placed', { nodeName: 'nowhere' });
    cluster.addPod('theirs', { schedulerName: 'nobody' });
    cluster.run(400);
    expect(cluster.placements()).toEqual({ placed: 'nowhere', theirs: undefined });
    expect([cluster.events('placed'), cluster.events('theirs')]).toEqual([[], []]);
    expect(cluster.condition('theirs')).toBeUndefined();
  });

  it('is bound by the next scheduler if one stops', () => {
    const cluster = setUp();
    cluster.stop();
    cluster.addPod('web');
    cluster.run(400);
    expect(cluster.placements()).toEqual({ web: undefined });
    cluster.start();
    cluster.run();
    expect(cluster.placements()['web']).toMatch(/^w[12]$/);
  });
});

function required(term: Partial<PodAffinityTerm>, kind: 'podAffinity' | 'podAntiAffinity'): Pick<PodSpec, 'affinity'> {
  const topologyKey = 'kubernetes.io/hostname';
  return { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, ...term }] } } };
}

function byFields(...terms: readonly (readonly (readonly string[])[])[]): Pick<PodSpec, 'affinity'> {
  const nodeSelectorTerms = terms.map((lists) => ({
    matchFields: lists.map((values) => ({ key: 'metadata.name', operator: 'In' as const, values })),
  }));
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function spread(topologyKey: string, minDomains?: number): Pick<PodSpec, 'topologySpreadConstraints'> {
  const labelSelector = { matchLabels: { team: 't1' } };
  const more = minDomains === undefined ? {} : { minDomains };
  return {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector, ...more },
    ],
  };
}

describe('what a Pod is told that no node takes', () => {
  const REASONS: readonly (readonly [what: string, options: PodOptions, message: string])[] = [
    [
      'that asks for too much of everything',
      { requests: { cpu: '100', memory: '900Gi', 'ephemeral-storage': '9000Gi', 'example.com/gpu': '1' } },
      `${TAINTED}, 2 Insufficient cpu, 2 Insufficient ephemeral-storage, 2 Insufficient example.com/gpu, 2 Insufficient memory. ${HOPELESS}`,
    ],
    [
      'with a selector that no node meets',
      { nodeSelector: { disk: 'ssd' } },
      `${TAINTED}, 2 node(s) didn't match Pod's node affinity/selector. ${HOPELESS}`,
    ],
    [
      'for a node that is not there',
      byFields([['nowhere']]),
      `0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${HOPELESS}`,
    ],
    [
      'for a node that it may not go to',
      byFields([['cp1']]),
      `${TAINTED}, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${HOPELESS}`,
    ],
    [
      'for two nodes at once',
      byFields([['w1'], ['w2']]),
      '0/3 nodes are available: pod affinity terms conflict. not found',
    ],
    [
      'whose claim is missing',
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'missing' } }] },
      '0/3 nodes are available: persistentvolumeclaim "missing" not found. not found',
    ],
    [
      'that wants to be near nobody',
      required({ labelSelector: { matchLabels: { app: 'nobody' } } }, 'podAffinity'),
      `${TAINTED}, 2 node(s) didn't match pod affinity rules. ${HOPELESS}`,
    ],
    [
      'that is to be spread over domains that there are not',
      spread('zone'),
      `${TAINTED}, 2 node(s) didn't match pod topology spread constraints (missing required label). ${HOPELESS}`,
    ],
    [
      'that never preempts',
      { requests: { cpu: '2' }, preemptionPolicy: 'Never', priority: 5 },
      `${TAINTED}, 2 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.`,
    ],
    ['that asks for what others have', { requests: { cpu: '2' } }, `${TAINTED}, 2 Insufficient cpu. ${NO_VICTIMS}`],
    [
      'whose port is taken',
      { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort: 8080 }] }] },
      `${TAINTED}, 2 node(s) didn't have free ports for the requested pod ports. ${NO_VICTIMS}`,
    ],
    [
      'that others do not want near',
      { labels: { team: 'shy' } },
      `${TAINTED}, 2 node(s) didn't satisfy existing pods anti-affinity rules. ${NO_VICTIMS}`,
    ],
    [
      'that does not want to be near others',
      required({ labelSelector: { matchLabels: { team: 't1' } } }, 'podAntiAffinity'),
      `${TAINTED}, 2 node(s) didn't match pod anti-affinity rules. ${NO_VICTIMS}`,
    ],
    [
      'that there is one too many of',
      { labels: { team: 't1' }, ...spread('kubernetes.io/hostname', 9) },
      `${TAINTED}, 2 node(s) didn't match pod topology spread constraints. ${NO_VICTIMS}`,
    ],
  ];

  it.each(REASONS)('one %s', (_, options, message) => {
    const cluster = setUp();
    for (const name of ['one', 'other']) {
      const ports = [{ containerPort: 80, hostPort: 8080 }];
      const shy = required({ labelSelector: { matchLabels: { team: 'shy' } } }, 'podAntiAffinity');
      const containers = [{ name: 'c', image: 'nginx', ports, resources: { requests: { cpu: '100m' } } }];
      cluster.addPod(name, { containers, labels: { team: 't1' }, ...shy });
    }
    cluster.run();
    cluster.addPod('web', options);
    cluster.run();
    expect(cluster.events('web')).toEqual([`FailedScheduling: ${message}`]);
    expect(cluster.condition('web')?.message).toBe(message);
  });

  it('one that is too much for its event is cut there', () => {
    const cluster = setUp();
    const names = Array.from({ length: 30 }, (_, index) => `example.com/resource-${index}`);
    cluster.addPod('web', { requests: Object.fromEntries(names.map((name) => [name, '1'])) });
    cluster.run();
    const [event = ''] = cluster.events('web');
    expect(event).toHaveLength('FailedScheduling: '.length + 1024);
    expect(event).toMatch(/ \.\.\.$/);
    expect(cluster.condition('web')?.message?.length).toBeGreaterThan(1024);
  });
});

describe('what brings a Pod a node after all', () => {
  it('is that a node is uncordoned', () => {
    const cluster = setUp();
    changeNode(cluster, 'w1', { spec: { unschedulable: true } });
    changeNode(cluster, 'w2', { spec: { unschedulable: true } });
    cluster.addPod('web');
    cluster.run();
    expect(cluster.condition('web')?.message).toBe(`${TAINTED}, 2 node(s) were unschedulable. ${HOPELESS}`);
    changeNode(cluster, 'w2', { spec: { unschedulable: null } });
    expect(cluster.placements()).toEqual({ web: 'w2' });
  });

  it('is that a taint goes', () => {
    const cluster = setUp();
    const taints = [{ key: 'a', effect: 'NoExecute' }];
    changeNode(cluster, 'w1', { spec: { taints } });
    changeNode(cluster, 'w2', { spec: { taints } });
    cluster.addPod('web');
    cluster.run();
    expect(cluster.condition('web')?.message).toBe(
      `0/3 nodes are available: 3 node(s) had untolerated taint(s). ${HOPELESS}`,
    );
    changeNode(cluster, 'w1', { spec: { taints: null } });
    expect(cluster.placements()).toEqual({ web: 'w1' });
  });

  it('is a label of a node', () => {
    const cluster = setUp();
    cluster.addPod('web', { nodeSelector: { disk: 'ssd' } });
    cluster.run();
    changeNode(cluster, 'w1', { metadata: { labels: { disk: 'hdd' } } });
    expect(cluster.events('web')).toHaveLength(1);
    changeNode(cluster, 'w1', { metadata: { labels: { disk: 'ssd' } } });
    expect(cluster.placements()).toEqual({ web: 'w1' });
  });

  it('is that another Pod goes', () => {
    const cluster = setUp();
    for (const name of ['a', 'b', 'c']) cluster.addPod(name, { requests: { cpu: '1500m' } });
    cluster.run();
    expect(cluster.placements()['c']).toBeUndefined();
    const { a } = cluster.placements();
    cluster.removePod('a');
    cluster.run();
    expect(cluster.placements()['c']).toBe(a);
  });

  it('is that it ends, as far as room is concerned', () => {
    const cluster = setUp();
    for (const name of ['a', 'b', 'c']) cluster.addPod(name, { requests: { cpu: '1500m' } });
    cluster.run();
    cluster.client.updateStatus(podKind, { ...cluster.pod('b'), status: { phase: 'Succeeded' } });
    cluster.run();
    expect(cluster.placements()['c']).toBe(cluster.placements()['b']);
  });

  it('is a Pod that it wants to be near', () => {
    const cluster = setUp();
    cluster.addPod('web', required({ labelSelector: { matchLabels: { app: 'db' } } }, 'podAffinity'));
    cluster.run();
    cluster.addPod('api', { labels: { app: 'api' } });
    cluster.run();
    expect(cluster.events('web')).toHaveLength(1);
    cluster.addPod('db', { labels: { app: 'db' } });
    cluster.run();
    expect(cluster.placements()['web']).toBe(cluster.placements()['db']);
  });

  it('is another label of a Pod that it wants to be near', () => {
    const cluster = setUp();
    cluster.addPod('api', { labels: { app: 'api' } });
    cluster.addPod('web', required({ labelSelector: { matchLabels: { app: 'db' } } }, 'podAffinity'));
    cluster.run();
    cluster.client.patch(podKind, cluster.pod('api'), { metadata: { labels: { app: 'db' } } }, 'merge');
    cluster.run();
    expect(cluster.placements()['web']).toBe(cluster.placements()['api']);
  });

  it('is the node that it names', () => {
    const cluster = setUp({ verbosity: 3 });
    cluster.addPod('web', byFields([['w9']]));
    cluster.run();
    expect(cluster.lines.join()).toContain('hint=0 unschedulable plugins={"NodeAffinity":{}}');
    cluster.addNode('w9');
    cluster.run();
    expect(cluster.placements()).toEqual({ web: 'w9' });
  });

  it('is that a node goes over which it was to be spread', () => {
    const cluster = setUp();
    changeNode(cluster, 'w2', { spec: { unschedulable: true } });
    cluster.client.delete(nodeKind, { metadata: { name: 'cp1' } });
    for (const name of ['a', 'b'])
      cluster.addPod(name, { labels: { team: 't1' }, ...spread('kubernetes.io/hostname') });
    cluster.run();
    expect(cluster.placements()).toEqual({ a: 'w1', b: undefined });
    cluster.client.delete(nodeKind, { metadata: { name: 'w2' } });
    cluster.run();
    expect(cluster.placements()).toEqual({ a: 'w1', b: 'w1' });
  });

  it('is nothing for a Pod that is being deleted', () => {
    const cluster = setUp({ verbosity: 3 });
    cluster.addPod('web', { nodeSelector: { disk: 'ssd' } });
    cluster.run();
    cluster.client.patch(podKind, cluster.pod('web'), { metadata: { finalizers: ['example.com/x'] } }, 'merge');
    cluster.client.delete(podKind, cluster.pod('web'));
    cluster.run();
    changeNode(cluster, 'w1', { metadata: { labels: { disk: 'ssd' } } });
    expect(cluster.events('web').at(-1)).toBe('FailedScheduling: skip schedule deleting pod: default/web');
    expect(cluster.lines.at(-1)).toBe('schedule_one.go:552] "Skip schedule deleting pod" pod="default/web"');
    expect(cluster.placements()).toEqual({ web: undefined });
  });
});

describe('a Pod with gates', () => {
  it('is not tried before the last one is gone', () => {
    const cluster = setUp();
    cluster.addPod('web', { schedulingGates: [{ name: 'example.com/a' }, { name: 'example.com/b' }] });
    cluster.run(400);
    expect(cluster.condition('web')).toEqual({
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
      lastProbeTime: null,
      lastTransitionTime: '2026-11-23T06:00:00Z',
    });
    const first = [{ op: 'remove', path: '/spec/schedulingGates/0' }];
    cluster.client.patch(podKind, cluster.pod('web'), first, 'json');
    cluster.run();
    expect(cluster.placements()).toEqual({ web: undefined });
    expect(cluster.events('web')).toEqual([]);
    cluster.client.patch(podKind, cluster.pod('web'), first, 'json');
    cluster.run();
    expect(cluster.placements()['web']).toMatch(/^w[12]$/);
  });

  it('gets no new ones, but a narrower selector', () => {
    const cluster = setUp();
    cluster.addPod('web', { schedulingGates: [{ name: 'a' }] });
    const change = (patch: object) => () => cluster.client.patch(podKind, cluster.pod('web'), patch, 'merge');
    expect(change({ spec: { schedulingGates: [{ name: 'b' }] } })).toThrow(
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
    );
    change({ spec: { nodeSelector: { 'kubernetes.io/hostname': 'w2' } } })();
    expect(change({ spec: { nodeSelector: { 'kubernetes.io/hostname': 'w1' } } })).toThrow(
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    );
    change({ spec: { schedulingGates: null } })();
    cluster.run();
    expect(cluster.placements()).toEqual({ web: 'w2' });
    expect(change({ spec: { nodeSelector: null } })).toThrow('pod updates may not change fields other than');
  });
});

describe('an API server that fails', () => {
  it('to bind lets the scheduler try again after a while', () => {
    const cluster = setUp({ verbosity: 3 });
    cluster.fails = (_, path) => path.endsWith('/binding');
    cluster.addPod('web');
    cluster.lines.length = 0;
    cluster.run();
    const err = 'dial tcp: connect: connection refused';
    const message = `running Bind plugin "DefaultBinder": ${err}`;
    const { node = '' } = /"DefaultBinder" node="(?<node>w[12])"/.exec(cluster.lines.join('\n'))?.groups ?? {};
    expect(cluster.lines).toEqual([
      'eventhandlers.go:214] "Add event for unscheduled pod" pod="default/web"',
      'schedule_one.go:123] "Attempting to schedule pod" pod="default/web"',
      `default_binder.go:69] "Attempting to bind pod to node" pod="default/web" node="${node}"`,
      `framework.go:1805] "Plugin Failed" err="${err}" pod="default/web" plugin="DefaultBinder" node="${node}"`,
      'schedule_one.go:1182] "Failed to bind pod" pod="default/web"',
      `schedule_one.go:1243] "Error scheduling pod; retrying" err=${JSON.stringify(message)} logger="UnhandledError" pod="default/web"`,
      'scheduling_queue.go:965] "Pod moved to an internal scheduling queue" pod="default/web" event="ScheduleAttemptFailure" queue="Backoff" schedulingCycle=1 hint=1 unschedulable plugins={}',
      'schedule_one.go:1325] "Updating pod condition and nominated node name" pod="default/web" conditionType="PodScheduled" conditionStatus="False" conditionReason="SchedulerError" nominatedNodeName="" nominatingMode=1',
    ]);
    expect(cluster.condition('web')).toMatchObject({ reason: 'SchedulerError', message });
    cluster.fails = () => false;
    cluster.run(3);
    expect(cluster.placements()['web']).toMatch(/^w[12]$/);
  });

  it('to take a condition does not stop the scheduler', () => {
    const cluster = setUp();
    cluster.fails = (method) => method === 'PATCH';
    cluster.addPod('big', { requests: { cpu: '100' } });
    cluster.addPod('web');
    cluster.run();
    expect(cluster.placements()['web']).toMatch(/^w[12]$/);
    expect(cluster.lines).toEqual([
      'schedule_one.go:1297] "Error updating pod" err="dial tcp: connect: connection refused" logger="UnhandledError" pod="default/big"',
    ]);
  });

  it('to answer when the scheduler starts has it tell by the older Events', () => {
    const cluster = new SchedulerHarness({ startsBlind: true });
    cluster.run(5);
    cluster.addNode('w1');
    cluster.addPod('big', { requests: { cpu: '100' } });
    cluster.run(700);
    expect(cluster.events('big')).toEqual([
      'FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling. (3 times)',
    ]);
  });
});
