import { describe, expect, it } from 'vitest';
import { podInfo } from '../pod-info.ts';
import { node, nodeInfo, pod, snapshot } from '../test-harness.ts';
import { nodeName } from './node-name.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';
import { taintScore, taintToleration } from './taint-toleration.ts';
import { nodeHelps, podHelps, verdicts } from './test-questions.ts';
import { volumeRestrictions } from './volume-restrictions.ts';

const CORDONED = node('w1', { unschedulable: true });
const UNTOLERATED = 'node(s) had untolerated taint(s)';

function tainted(effect: string, key = 'team', value = 'a') {
  return node('w1', { taints: [{ key, value, effect }] });
}

const TOLERANT = pod('web', { tolerations: [{ key: 'team', operator: 'Equal', value: 'a', effect: 'NoSchedule' }] });

describe('TaintToleration', () => {
  it.each([
    ['NoSchedule', UNTOLERATED],
    ['NoExecute', UNTOLERATED],
    ['PreferNoSchedule', 'ok'],
  ])('a taint of effect %s', (effect, verdict) => {
    expect(verdicts(taintToleration, pod('web'), [nodeInfo(tainted(effect))])).toEqual([verdict]);
  });

  it('lets Pods on nodes whose taints they all tolerate', () => {
    const both = node('w2', {
      taints: [
        { key: 'team', value: 'a', effect: 'NoSchedule' },
        { key: 'gpu', effect: 'NoSchedule' },
      ],
    });
    const nodes = [tainted('NoSchedule'), tainted('NoExecute'), both].map((each) => nodeInfo(each));
    expect(verdicts(taintToleration, TOLERANT, nodes)).toEqual(['ok', UNTOLERATED, UNTOLERATED]);
  });

  it('says in the log which taint it is', () => {
    const answer = taintToleration.prepare(podInfo(pod('web')), snapshot([]));
    const rejection = answer && 'check' in answer ? answer.check(nodeInfo(tainted('NoSchedule'))) : undefined;
    expect(rejection?.note).toEqual({
      where: 'taint_toleration.go:130',
      message: 'node had untolerated taints',
      values: { node: 'w1', untoleratedTaint: { key: 'team', value: 'a', effect: 'NoSchedule' } },
    });
  });

  it('brings Pods back when a taint that they do not tolerate goes, or a node without one comes', () => {
    const [bare, dirty] = [node('w1'), tainted('NoSchedule')];
    expect(nodeHelps(taintToleration, pod('web'), 'UpdateNodeTaint', bare, dirty)).toBe(true);
    expect(nodeHelps(taintToleration, pod('web'), 'UpdateNodeTaint', dirty, bare)).toBe(false);
    expect(nodeHelps(taintToleration, pod('web'), 'UpdateNodeTaint', bare, tainted('PreferNoSchedule'))).toBe(false);
    expect(nodeHelps(taintToleration, pod('web'), 'Add', bare)).toBe(true);
    expect(nodeHelps(taintToleration, pod('web'), 'Add', dirty)).toBe(false);
    expect(nodeHelps(taintToleration, pod('web'), 'UpdateNodeLabel', bare, dirty)).toBeUndefined();
  });

  it('brings back a Pod that got a toleration, not others', () => {
    expect(podHelps(taintToleration, pod('web'), 'UpdatePodToleration', pod('web'))).toBe(true);
    expect(podHelps(taintToleration, pod('web'), 'UpdatePodToleration', pod('other'))).toBe(false);
  });

  it('prefers nodes with fewer taints that are to be avoided', () => {
    const taint = (key: string) => ({ key, effect: 'PreferNoSchedule' });
    const nodes = [[], [taint('a')], [taint('a'), taint('b')], [{ key: 'c', effect: 'NoSchedule' }]].map((taints) =>
      nodeInfo(node('w', { taints })),
    );
    expect(taintScore.score(podInfo(pod('web')), nodes, snapshot(nodes))).toEqual([100, 50, 0, 100]);
    const tolerant = pod('web', { tolerations: [{ key: 'b', operator: 'Exists' }] });
    expect(taintScore.score(podInfo(tolerant), nodes, snapshot(nodes))).toEqual([100, 0, 0, 100]);
    const elsewhere = pod('web', { tolerations: [{ key: 'b', operator: 'Exists', effect: 'NoSchedule' }] });
    expect(taintScore.score(podInfo(elsewhere), nodes, snapshot(nodes))).toEqual([100, 50, 0, 100]);
  });
});

describe('NodeUnschedulable', () => {
  const tolerant = pod('web', {
    tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
  });

  it('keeps Pods away from cordoned nodes', () => {
    const nodes = [nodeInfo(CORDONED), nodeInfo(node('w2'))];
    expect(verdicts(nodeUnschedulable, pod('web'), nodes)).toEqual(['node(s) were unschedulable', 'ok']);
    expect(verdicts(nodeUnschedulable, tolerant, nodes)).toEqual(['ok', 'ok']);
  });

  it('brings Pods back when a node is uncordoned or comes', () => {
    expect(nodeHelps(nodeUnschedulable, pod('web'), 'UpdateNodeTaint', node('w1'), CORDONED)).toBe(true);
    expect(nodeHelps(nodeUnschedulable, pod('web'), 'UpdateNodeTaint', CORDONED, node('w1'))).toBe(false);
    expect(nodeHelps(nodeUnschedulable, pod('web'), 'UpdateNodeTaint', node('w1'), node('w1'))).toBe(false);
    expect(nodeHelps(nodeUnschedulable, pod('web'), 'Add', node('w1'))).toBe(true);
    expect(nodeHelps(nodeUnschedulable, pod('web'), 'Add', CORDONED)).toBe(false);
  });

  it('brings a Pod back that tolerates cordoned nodes now', () => {
    expect(podHelps(nodeUnschedulable, pod('web'), 'UpdatePodToleration', tolerant)).toBe(true);
    expect(podHelps(nodeUnschedulable, pod('web'), 'UpdatePodToleration', TOLERANT)).toBe(false);
    expect(podHelps(nodeUnschedulable, pod('other'), 'UpdatePodToleration', tolerant)).toBe(false);
  });
});

describe('NodeName', () => {
  it('lets a Pod on its node alone', () => {
    const nodes = [nodeInfo(node('w1')), nodeInfo(node('w2'))];
    const wanted = pod('web', { nodeName: 'w2' });
    expect(verdicts(nodeName, wanted, nodes)).toEqual(["node(s) didn't match the requested node name", 'ok']);
    expect(verdicts(nodeName, pod('web'), nodes)).toEqual(['ok', 'ok']);
  });

  it('brings Pods back when nodes come or taints change', () => {
    expect(nodeHelps(nodeName, pod('web'), 'Add', node('w1'))).toBe(true);
    expect(nodeHelps(nodeName, pod('web'), 'UpdateNodeTaint', node('w1'), node('w1'))).toBe(true);
    expect(nodeHelps(nodeName, pod('web'), 'UpdateNodeLabel', node('w1'), node('w1'))).toBeUndefined();
  });
});

describe('VolumeRestrictions', () => {
  it('refuses Pods whose claim is not there', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', persistentVolumeClaim: { claimName: 'data' } },
    ];
    const nodes = [nodeInfo(node('w1'))];
    expect(verdicts(volumeRestrictions, pod('web', { volumes }), nodes)).toEqual([
      'refused: persistentvolumeclaim "data" not found',
    ]);
    expect(verdicts(volumeRestrictions, pod('web', { volumes: [{ name: 'a', emptyDir: {} }] }), nodes)).toEqual(['ok']);
  });
});
