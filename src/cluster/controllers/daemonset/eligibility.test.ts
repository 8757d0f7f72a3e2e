import { describe, expect, test } from 'vitest';
import type { Labels } from '../../api/object.ts';
import type { Node, Taint } from '../../api/types/core.ts';
import type { NodeSelectorTerm, PodSpec } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { eligibility } from './eligibility.ts';

const META = { resourceVersion: '1', creationTimestamp: '2026-11-23T00:00:00Z' };

function node(labels: Labels = {}, taints: readonly Taint[] = []): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...META, name: 'w1', uid: 'w1', labels },
    spec: { taints },
    status: {},
  };
}

function daemon(spec: Partial<PodSpec> = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...META, name: 'agent', uid: 'agent', namespace: 'default' },
    spec: {
      selector: {},
      template: { spec: { containers: [], ...spec } },
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 10,
    },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  };
}

const BOTH = { shouldRun: true, shouldContinue: true };
const STAY = { shouldRun: false, shouldContinue: true };
const NEITHER = { shouldRun: false, shouldContinue: false };

describe('taints', () => {
  const of = (taint: Taint, spec: Partial<PodSpec> = {}) => eligibility(node({}, [taint]), daemon(spec));

  test('keep away, or evict', () => {
    expect(of({ key: 'a', effect: 'PreferNoSchedule' })).toEqual(BOTH);
    expect(of({ key: 'a', effect: 'NoSchedule' })).toEqual(STAY);
    expect(of({ key: 'a', effect: 'NoExecute' })).toEqual(NEITHER);
  });

  test('that tell of a node in trouble are tolerated, the missing network only by who shares it', () => {
    expect(of({ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' })).toEqual(BOTH);
    expect(of({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })).toEqual(BOTH);
    const network = { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' };
    expect(of(network)).toEqual(STAY);
    expect(of(network, { hostNetwork: true })).toEqual(BOTH);
  });

  test('are tolerated by key, value and effect, each of which may be left open', () => {
    const taint = { key: 'a', value: 'x', effect: 'NoExecute' };
    expect(of(taint, { tolerations: [{ key: 'a', value: 'x' }] })).toEqual(BOTH);
    expect(of(taint, { tolerations: [{ key: 'a', operator: 'Equal', value: 'y' }] })).toEqual(NEITHER);
    expect(of(taint, { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] })).toEqual(NEITHER);
    expect(of(taint, { tolerations: [{ operator: 'Exists' }] })).toEqual(BOTH);
  });
});

describe('node affinity', () => {
  const with_ = (...nodeSelectorTerms: NodeSelectorTerm[]) =>
    daemon({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
  const expression = (key: string, operator: string, ...values: string[]): NodeSelectorTerm => ({
    matchExpressions: [{ key, operator, values }],
  });

  test.each([
    ['In', 'zone', ['a', 'b'], true],
    ['In', 'zone', ['b'], false],
    ['NotIn', 'zone', ['b'], true],
    ['NotIn', 'missing', ['b'], true],
    ['Exists', 'zone', [], true],
    ['DoesNotExist', 'zone', [], false],
    ['Gt', 'cores', ['4'], true],
    ['Gt', 'cores', ['8'], false],
    ['Lt', 'cores', ['16'], true],
    ['Lt', 'zone', ['16'], false],
  ])('%s of %s', (operator, key, values, fits) => {
    const w1 = node({ zone: 'a', cores: '8' });
    expect(eligibility(w1, with_(expression(key, operator, ...values)))).toEqual(fits ? BOTH : NEITHER);
  });

  test('needs one of its terms, and of that all', () => {
    const w1 = node({ zone: 'a' });
    expect(eligibility(w1, with_(expression('zone', 'In', 'b'), expression('zone', 'Exists')))).toEqual(BOTH);
    expect(eligibility(w1, with_({}))).toEqual(NEITHER);
    const name = (value: string) => with_({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [value] }] });
    expect(eligibility(w1, name('w1'))).toEqual(BOTH);
    expect(eligibility(w1, name('w2'))).toEqual(NEITHER);
  });
});

test('a node selector and a node name narrow the nodes too', () => {
  expect(eligibility(node({ disk: 'ssd' }), daemon({ nodeSelector: { disk: 'ssd' } }))).toEqual(BOTH);
  expect(eligibility(node(), daemon({ nodeSelector: { disk: 'ssd' } }))).toEqual(NEITHER);
  expect(eligibility(node(), daemon({ nodeName: 'w2' }))).toEqual(NEITHER);
});
