import { describe, expect, it } from 'vitest';
import { nodeChanges, podChanges } from './cluster-event.ts';
import { type NodeOptions, node, type PodOptions, pod } from './test-harness.ts';

function changed(now: PodOptions, before: PodOptions = {}): readonly string[] {
  return podChanges(pod('web', now), pod('web', before)).map(({ action }) => action);
}

function changedNode(now: NodeOptions, before: NodeOptions = {}): readonly string[] {
  return nodeChanges(node('w1', now), node('w1', before)).map(({ action }) => action);
}

describe('what an update of a Pod comes to', () => {
  it.each([
    ['nothing', {}, {}, []],
    ['a status', { status: { message: 'x' } }, {}, []],
    ['labels', { labels: { a: 'b' } }, {}, ['UpdatePodLabel']],
    ['labels that go', {}, { labels: { a: 'b' } }, ['UpdatePodLabel']],
    ['a toleration', { tolerations: [{ operator: 'Exists' }] }, {}, ['UpdatePodToleration']],
    ['one of two gates', { schedulingGates: [{ name: 'a' }] }, { schedulingGates: [{ name: 'a' }, { name: 'b' }] }, []],
    ['the last gate', {}, { schedulingGates: [{ name: 'a' }] }, ['UpdatePodSchedulingGatesEliminated']],
    ['smaller requests', { requests: { cpu: '1' } }, { requests: { cpu: '2' } }, ['UpdatePodScaleDown']],
    ['no requests', {}, { requests: { memory: '2' } }, ['UpdatePodScaleDown']],
    ['greater requests', { requests: { cpu: '2' } }, { requests: { cpu: '1' } }, []],
  ] as const)('%s', (_, now, before, actions) => {
    expect(changed(now, before)).toEqual(actions);
  });
});

describe('what an update of a node comes to', () => {
  it.each([
    ['nothing', {}, {}, []],
    ['images', { images: [{ names: ['a'], sizeBytes: 1 }] }, {}, []],
    ['cordoned', { unschedulable: true }, {}, []],
    ['uncordoned', {}, { unschedulable: true }, ['UpdateNodeTaint']],
    ['a taint', { taints: [{ key: 'a', effect: 'NoSchedule' }] }, {}, ['UpdateNodeTaint']],
    ['labels', { labels: { a: 'b' } }, {}, ['UpdateNodeLabel']],
    ['room', { allocatable: { cpu: '9' } }, {}, ['UpdateNodeAllocatable']],
  ] as const)('%s', (_, now, before, actions) => {
    expect(changedNode(now, before)).toEqual(actions);
  });
});
