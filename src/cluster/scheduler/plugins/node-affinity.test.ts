import { describe, expect, it } from 'vitest';
import type { NodeSelectorTerm, PodSpec } from '../../api/types/pod.ts';
import { podInfo } from '../pod-info.ts';
import { node, nodeInfo, pod, snapshot } from '../test-harness.ts';
import { nodeAffinity, nodeAffinityScore } from './node-affinity.ts';
import { nodeHelps, verdicts } from './test-questions.ts';

const MISMATCH = "node(s) didn't match Pod's node affinity/selector";
const SSD = node('w1', { labels: { disk: 'ssd', size: '3' } });
const HDD = node('w2', { labels: { disk: 'hdd' } });
const NODES = [nodeInfo(SSD), nodeInfo(HDD)];

function required(...nodeSelectorTerms: readonly NodeSelectorTerm[]): Pick<PodSpec, 'affinity'> {
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function named(...values: readonly string[]) {
  return { key: 'metadata.name', operator: 'In' as const, values };
}

describe('NodeAffinity', () => {
  it('asks for all labels of a node selector', () => {
    expect(verdicts(nodeAffinity, pod('web', { nodeSelector: { disk: 'ssd' } }), NODES)).toEqual(['ok', MISMATCH]);
    const both = pod('web', { nodeSelector: { disk: 'hdd', size: '3' } });
    expect(verdicts(nodeAffinity, both, NODES)).toEqual([MISMATCH, MISMATCH]);
    expect(verdicts(nodeAffinity, pod('web'), NODES)).toEqual(['ok', 'ok']);
  });

  it.each([
    ['In', ['ssd', 'nvme'], ['ok', MISMATCH]],
    ['NotIn', ['ssd'], [MISMATCH, 'ok']],
    ['Exists', [], ['ok', 'ok']],
    ['DoesNotExist', [], [MISMATCH, MISMATCH]],
  ] as const)('disk %s %j', (operator, values, expected) => {
    const term = { matchExpressions: [{ key: 'disk', operator, values }] };
    expect(verdicts(nodeAffinity, pod('web', required(term)), NODES)).toEqual(expected);
  });

  it.each([
    ['Gt', '2', ['ok', MISMATCH]],
    ['Gt', '3', [MISMATCH, MISMATCH]],
    ['Lt', '4', ['ok', MISMATCH]],
    ['Lt', 'many', [MISMATCH, MISMATCH]],
  ] as const)('size %s %s', (operator, value, expected) => {
    const term = { matchExpressions: [{ key: 'size', operator, values: [value] }] };
    expect(verdicts(nodeAffinity, pod('web', required(term)), NODES)).toEqual(expected);
  });

  it('needs one of its terms, and all of the selector', () => {
    const one = { matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['hdd'] }] };
    const other = { matchExpressions: [{ key: 'size', operator: 'Exists' as const }] };
    expect(verdicts(nodeAffinity, pod('web', required(one, other)), NODES)).toEqual(['ok', 'ok']);
    const narrow = pod('web', { ...required(one, other), nodeSelector: { disk: 'ssd' } });
    expect(verdicts(nodeAffinity, narrow, NODES)).toEqual(['ok', MISMATCH]);
    expect(verdicts(nodeAffinity, pod('web', required({})), NODES)).toEqual([MISMATCH, MISMATCH]);
  });

  describe('with nodes by name', () => {
    const namesOf = (...terms: readonly NodeSelectorTerm[]) => {
      const answer = nodeAffinity.prepare(podInfo(pod('web', required(...terms))), snapshot(NODES));
      return answer && 'check' in answer ? answer.nodeNames && [...answer.nodeNames] : answer?.refusal;
    };

    it('has no others looked at', () => {
      expect(namesOf({ matchFields: [named('w1', 'w9')] })).toEqual(['w1', 'w9']);
      expect(namesOf({ matchFields: [named('w1')] }, { matchFields: [named('w2')] })).toEqual(['w1', 'w2']);
      expect(namesOf({ matchFields: [named('w1', 'w2'), named('w2')] })).toEqual(['w2']);
    });

    it('has all looked at when a term is open', () => {
      const open = { matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] };
      expect(namesOf({ matchFields: [named('w1')] }, open)).toBeUndefined();
      const except = { key: 'metadata.name', operator: 'NotIn' as const, values: ['w1'] };
      expect(namesOf({ matchFields: [except] })).toBeUndefined();
      expect(verdicts(nodeAffinity, pod('web', required({ matchFields: [except] })), NODES)).toEqual([MISMATCH, 'ok']);
    });

    it('refuses the Pod when no node can have all its names', () => {
      expect(namesOf({ matchFields: [named('w1'), named('w2')] })).toBe('pod affinity terms conflict');
    });
  });

  it('brings Pods back when a node fits that did not, or one that fits comes', () => {
    const wanted = pod('web', { nodeSelector: { disk: 'ssd' } });
    expect(nodeHelps(nodeAffinity, wanted, 'UpdateNodeLabel', SSD, HDD)).toBe(true);
    expect(nodeHelps(nodeAffinity, wanted, 'UpdateNodeLabel', SSD, SSD)).toBe(false);
    expect(nodeHelps(nodeAffinity, wanted, 'UpdateNodeLabel', HDD, SSD)).toBe(false);
    expect(nodeHelps(nodeAffinity, wanted, 'Add', SSD)).toBe(true);
    expect(nodeHelps(nodeAffinity, wanted, 'Add', HDD)).toBe(false);
    expect(nodeHelps(nodeAffinity, wanted, 'UpdateNodeTaint', HDD, HDD)).toBe(true);
  });

  it('scores nodes by the weights of the preferences that they meet', () => {
    const prefer = (key: string, value: string, weight: number) => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'In' as const, values: [value] }] },
    });
    const scores = (...preferredDuringSchedulingIgnoredDuringExecution: ReturnType<typeof prefer>[]) => {
      const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } };
      return nodeAffinityScore.score(podInfo(pod('web', { affinity })), NODES, snapshot(NODES));
    };
    expect(scores(prefer('disk', 'ssd', 10), prefer('size', '3', 5), prefer('disk', 'hdd', 5))).toEqual([100, 33]);
    expect(scores(prefer('disk', 'tape', 10))).toEqual([0, 0]);
    expect(scores()).toBeUndefined();
  });
});
