import { describe, expect, it } from 'vitest';
import { event as eventKind } from '../api/kinds/core/event.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { SchedulerHarness } from './test-harness.ts';

// Messages and log lines are those of a real cluster (kind, Kubernetes v1.36.4).

/** Two nodes of 2 CPUs, with two Pods of 800m on each that take 30 seconds to go. */
function setUp(verbosity = 0): SchedulerHarness {
  const cluster = new SchedulerHarness({ verbosity });
  for (const name of ['w1', 'w2']) cluster.addNode(name, { allocatable: { cpu: '2' } });
  for (const name of ['low1', 'low2', 'low3', 'low4']) cluster.addPod(name, { requests: { cpu: '800m' } });
  cluster.run(1);
  cluster.lines.length = 0;
  return cluster;
}

function victimOf(cluster: SchedulerHarness): string {
  const { items } = cluster.client.list(podKind);
  const leaving = items.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  if (leaving.length !== 1) throw new Error(`${leaving.join(' ')} leave`);
  return leaving[0] ?? '';
}

describe('a Pod for which others must leave', () => {
  it('has the node kept for it, and gets it when they are gone', () => {
    const cluster = setUp();
    cluster.addPod('hi', { requests: { cpu: '1' }, priority: 1000 });
    cluster.run();
    const victim = victimOf(cluster);
    const node = cluster.placements()[victim];
    expect(cluster.pod('hi').status.nominatedNodeName).toBe(node);
    expect(cluster.condition('hi')).toMatchObject({
      reason: 'Unschedulable',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
    });
    expect(cluster.condition(victim, 'DisruptionTarget')).toEqual({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
      lastProbeTime: null,
      lastTransitionTime: '2026-11-23T06:00:01Z',
      observedGeneration: 1,
    });
    const { items } = cluster.client.list(eventKind, { namespace: 'default' });
    const preempted = items.find(({ reason }) => reason === 'Preempted');
    expect(preempted).toMatchObject({
      type: 'Normal',
      action: 'Preempting',
      message: `Preempted by pod ${cluster.pod('hi').metadata.uid} on node ${node}`,
    });
    expect(preempted?.related).toBeUndefined();
    cluster.removePod(victim);
    cluster.run();
    expect(cluster.placements()['hi']).toBe(node);
    expect(cluster.pod('hi').status.nominatedNodeName).toBeUndefined();
    expect(cluster.events('hi')).toEqual([
      'FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.',
      `Scheduled: Successfully assigned default/hi to ${node}`,
    ]);
  });

  it('does not have more of them leave while the first do', () => {
    const cluster = setUp();
    cluster.addPod('hi', { requests: { cpu: '1' }, priority: 1000 });
    cluster.run();
    const victim = victimOf(cluster);
    const elsewhere = Object.entries(cluster.placements()).find(([, node]) => node !== cluster.placements()[victim]);
    cluster.addPod('x', { nodeName: elsewhere?.[1] ?? '' });
    cluster.run();
    cluster.removePod('x');
    cluster.run();
    expect(victimOf(cluster)).toBe(victim);
    expect(cluster.condition('hi')?.message).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.',
    );
    expect(cluster.pod('hi').status.nominatedNodeName).toBe(cluster.placements()[victim]);
  });

  it('has the room kept from others who are less important', () => {
    const cluster = setUp();
    cluster.addPod('hi', { requests: { cpu: '1' }, priority: 1000 });
    cluster.run();
    const victim = victimOf(cluster);
    cluster.addPod('lowly', { requests: { cpu: '900m' } });
    cluster.run();
    cluster.removePod(victim);
    cluster.run();
    expect(cluster.placements()).toMatchObject({ lowly: undefined });
    expect(cluster.placements()['hi']).toBeDefined();
  });

  it('loses the node to one who is more important still', () => {
    const cluster = new SchedulerHarness({ verbosity: 2 });
    cluster.addNode('w1', { allocatable: { cpu: '4' } });
    for (const name of ['a', 'b']) cluster.addPod(name, { requests: { cpu: '2' } });
    cluster.run();
    cluster.addPod('hi', { requests: { cpu: '2' }, priority: 1000 });
    cluster.run();
    expect(cluster.pod('hi').status.nominatedNodeName).toBe('w1');
    const victim = victimOf(cluster);
    cluster.addPod('higher', { requests: { cpu: '4' }, priority: 2000 });
    cluster.run();
    expect(cluster.pod('higher').status.nominatedNodeName).toBe('w1');
    expect(cluster.pod('hi').status.nominatedNodeName).toBeUndefined();
    expect(cluster.lines).toContain(
      `executor.go:213] "Victim Pod is already being deleted, skipping the API call for it" preemptor="default/higher" node="w1" victim="default/${victim}"`,
    );
    expect(cluster.lines).toContain(
      'executor.go:251] "Start the preemption asynchronously" preemptor="default/higher" node="w1" numVictims=2 numVictimsToDelete=1',
    );
    for (const name of ['a', 'b']) cluster.removePod(name);
    cluster.run();
    expect(cluster.placements()).toEqual({ hi: undefined, higher: 'w1' });
  });

  it.each([
    ['goes', (cluster: SchedulerHarness) => cluster.removePod('hi')],
    [
      'loses it',
      (cluster: SchedulerHarness) => {
        const status = { nominatedNodeName: null };
        cluster.client.patch(podKind, cluster.pod('hi'), { status }, 'strategic', 'status');
      },
    ],
  ])('lets others try again when it %s', (_, happen) => {
    const cluster = setUp();
    cluster.addPod('hi', { requests: { cpu: '1' }, priority: 1000 });
    cluster.addPod('lowly', { requests: { cpu: '900m' } });
    cluster.addPod('high', { requests: { cpu: '900m' }, priority: 9000, preemptionPolicy: 'Never' });
    cluster.run();
    const tries = (name: string) => cluster.events(name).length;
    expect([tries('lowly'), tries('high')]).toEqual([1, 1]);
    happen(cluster);
    cluster.run();
    expect([tries('lowly'), tries('high')]).toEqual([2, 1]);
  });

  it('has nobody leave when that does not help', () => {
    const cluster = setUp();
    cluster.addPod('toobig', { requests: { cpu: '3' }, priority: 1000 });
    cluster.run();
    expect(cluster.condition('toobig')?.message).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
    expect(() => victimOf(cluster)).toThrow();
  });
});

describe('the log', () => {
  it('of a preemption', () => {
    const cluster = setUp(4);
    cluster.addPod('hi', { requests: { cpu: '1' }, priority: 1000 });
    cluster.run();
    const victim = victimOf(cluster);
    const node = cluster.placements()[victim];
    expect(cluster.lines).toEqual([
      'eventhandlers.go:214] "Add event for unscheduled pod" pod="default/hi"',
      'schedule_one.go:107] "About to try and schedule pod" pod="default/hi"',
      'schedule_one.go:123] "Attempting to schedule pod" pod="default/hi"',
      'batch.go:81] "OpportunisticBatch no node hint available for pod" pod="default/hi" profile="default-scheduler" cycleCount=5',
      `preemption.go:162] "the target node for the preemption is determined" logger="PostFilter.DefaultPreemption" pod="default/hi" node="${node}"`,
      `executor.go:251] "Start the preemption asynchronously" preemptor="default/hi" node="${node}" numVictims=1 numVictimsToDelete=1`,
      'schedule_one.go:1239] "Unable to schedule pod; no fit; waiting" pod="default/hi" err="0/2 nodes are available: 2 Insufficient cpu."',
      'scheduling_queue.go:965] "Pod moved to an internal scheduling queue" pod="default/hi" event="ScheduleAttemptFailure" queue="Unschedulable" schedulingCycle=5 hint=0 unschedulable plugins={"NodeResourcesFit":{}}',
      `schedule_one.go:1325] "Updating pod condition and nominated node name" pod="default/hi" conditionType="PodScheduled" conditionStatus="False" conditionReason="Unschedulable" nominatedNodeName="${node}" nominatingMode=1`,
      `executor.go:152] "Preemptor Pod preempted victim Pod" preemptor="default/hi" victim="default/${victim}" node="${node}"`,
      `executor.go:303] "Async Preemption finished completely" preemptor="default/hi" node="${node}" result="success"`,
      'eventhandlers.go:316] "Update event for unscheduled pod" pod="default/hi"',
      `eventhandlers.go:407] "Update event for scheduled pod" pod="default/${victim}"`,
      `eventhandlers.go:407] "Update event for scheduled pod" pod="default/${victim}"`,
    ]);
    cluster.lines.length = 0;
    cluster.removePod(victim);
    cluster.run();
    expect(cluster.lines).toEqual([
      `eventhandlers.go:407] "Update event for scheduled pod" pod="default/${victim}"`,
      `eventhandlers.go:443] "Delete event for scheduled pod" pod="default/${victim}"`,
      'schedule_one.go:107] "About to try and schedule pod" pod="default/hi"',
      'schedule_one.go:123] "Attempting to schedule pod" pod="default/hi"',
      'batch.go:81] "OpportunisticBatch no node hint available for pod" pod="default/hi" profile="default-scheduler" cycleCount=6',
      `batch.go:107] "OpportunisticBatch set cycle state" pod="default/hi" profile="default-scheduler" cycleCount=6 hintedNode="" chosenNode="${node}"`,
      'batch.go:157] "OpportunisticBatch found unusable state" pod="default/hi" profile="default-scheduler" cycleCount=6 reason="empty_list"',
      `default_binder.go:69] "Attempting to bind pod to node" logger="Bind.DefaultBinder" pod="default/hi" node="${node}"`,
      `schedule_one.go:481] "Successfully bound pod to node" pod="default/hi" node="${node}" evaluatedNodes=1 feasibleNodes=1`,
      'eventhandlers.go:374] "Add event for scheduled pod" pod="default/hi"',
      'eventhandlers.go:335] "Delete event for unscheduled pod" pod="default/hi"',
    ]);
  });

  it('of a Pod that no node takes, with the plugins that were asked', () => {
    const cluster = setUp(4);
    cluster.addNode('cp1', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] });
    cluster.run();
    cluster.lines.length = 0;
    cluster.addPod('web', { nodeSelector: { x: 'y' } });
    cluster.run();
    const message =
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    expect(cluster.lines.slice(3)).toEqual([
      'batch.go:81] "OpportunisticBatch no node hint available for pod" pod="default/web" profile="default-scheduler" cycleCount=5',
      'taint_toleration.go:130] "node had untolerated taints" logger="FilterWithNominatedPods.Filter.TaintToleration" pod="default/web" node="cp1" untoleratedTaint={"key":"node-role.kubernetes.io/control-plane","effect":"NoSchedule"}',
      'preemption.go:185] "Preemption will not help schedule pod on any node" logger="PostFilter.DefaultPreemption" pod="default/web"',
      'preemption.go:136] "No preemption candidate is found; preemption is not helpful for scheduling" logger="PostFilter.DefaultPreemption" pod="default/web"',
      `schedule_one.go:1239] "Unable to schedule pod; no fit; waiting" pod="default/web" err=${JSON.stringify(message)}`,
      'scheduling_queue.go:965] "Pod moved to an internal scheduling queue" pod="default/web" event="ScheduleAttemptFailure" queue="Unschedulable" schedulingCycle=5 hint=0 unschedulable plugins={"NodeAffinity":{},"TaintToleration":{}}',
      'schedule_one.go:1325] "Updating pod condition and nominated node name" pod="default/web" conditionType="PodScheduled" conditionStatus="False" conditionReason="Unschedulable" nominatedNodeName="" nominatingMode=1',
      'eventhandlers.go:316] "Update event for unscheduled pod" pod="default/web"',
    ]);
  });

  it('is terse at verbosity 2, and silent at 0', () => {
    const cluster = setUp(2);
    cluster.addPod('web', { nodeSelector: { x: 'y' } });
    cluster.run();
    expect(cluster.lines).toEqual([
      'preemption.go:136] "No preemption candidate is found; preemption is not helpful for scheduling" pod="default/web"',
      expect.stringMatching(
        /^schedule_one.go:1239] "Unable to schedule pod; no fit; waiting" pod="default\/web" err="0\/2/,
      ),
    ]);
    const silent = setUp();
    silent.addPod('web', { nodeSelector: { x: 'y' } });
    silent.run();
    expect(silent.lines).toEqual([]);
  });
});
