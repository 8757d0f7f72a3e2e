import { describe, expect, it } from 'vitest';
import type { Node } from '../types/core.ts';
import type { NodeSelectorRequirement, PodSpec, Toleration } from '../types/pod.ts';
import { fitsNodeAffinity, fitsTerm } from './node-affinity.ts';
import { isTolerated, tolerates } from './tolerations.ts';

const TAINT = { key: 'team', value: 'a', effect: 'NoSchedule' };

describe('what a toleration tolerates', () => {
  it.each([
    ['the taint itself', { key: 'team', operator: 'Equal', value: 'a', effect: 'NoSchedule' }, true],
    ['without an operator', { key: 'team', value: 'a', effect: 'NoSchedule' }, true],
    ['another value', { key: 'team', operator: 'Equal', value: 'b', effect: 'NoSchedule' }, false],
    ['no value', { key: 'team', effect: 'NoSchedule' }, false],
    ['any value', { key: 'team', operator: 'Exists', effect: 'NoSchedule' }, true],
    ['another key', { key: 'other', operator: 'Exists', effect: 'NoSchedule' }, false],
    ['another effect', { key: 'team', operator: 'Exists', effect: 'NoExecute' }, false],
    ['any effect', { key: 'team', operator: 'Equal', value: 'a' }, true],
    ['any key', { operator: 'Exists', effect: 'NoSchedule' }, true],
    ['everything', { operator: 'Exists' }, true],
    ['a number that is compared', { key: 'team', operator: 'Lt' as 'Exists', value: 'b' }, false],
  ] satisfies readonly (readonly [string, Toleration, boolean])[])('%s', (_, toleration, expected) => {
    expect(tolerates(toleration, TAINT)).toBe(expected);
  });

  it('is a taint without a value, too', () => {
    expect(tolerates({ key: 'gpu' }, { key: 'gpu', effect: 'NoExecute' })).toBe(true);
  });

  it('is enough in one of many', () => {
    expect(isTolerated(TAINT, [{ key: 'x' }, { key: 'team', operator: 'Exists' }])).toBe(true);
    expect(isTolerated(TAINT, [{ key: 'x' }])).toBe(false);
    expect(isTolerated(TAINT, undefined)).toBe(false);
  });
});

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'w1',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-11-23T06:00:00Z',
    labels: { disk: 'ssd', size: '-3' },
  },
  spec: {},
  status: {},
};

describe('a term of node affinity', () => {
  it.each([
    [{ key: 'disk', operator: 'In', values: ['hdd', 'ssd'] }, true],
    [{ key: 'disk', operator: 'In', values: ['hdd'] }, false],
    [{ key: 'none', operator: 'In', values: ['hdd'] }, false],
    [{ key: 'disk', operator: 'NotIn', values: ['hdd'] }, true],
    [{ key: 'none', operator: 'NotIn', values: ['hdd'] }, true],
    [{ key: 'disk', operator: 'Exists' }, true],
    [{ key: 'none', operator: 'Exists' }, false],
    [{ key: 'none', operator: 'DoesNotExist' }, true],
    [{ key: 'disk', operator: 'DoesNotExist' }, false],
    [{ key: 'size', operator: 'Gt', values: ['-4'] }, true],
    [{ key: 'size', operator: 'Gt', values: ['-3'] }, false],
    [{ key: 'size', operator: 'Lt', values: ['+1'] }, true],
    [{ key: 'disk', operator: 'Lt', values: ['1'] }, false],
    [{ key: 'none', operator: 'Gt', values: ['1'] }, false],
  ] satisfies readonly (readonly [NodeSelectorRequirement, boolean])[])('%j', (requirement, expected) => {
    expect(fitsTerm({ matchExpressions: [requirement] }, NODE)).toBe(expected);
  });

  it('holds as a whole, and fits nobody when it says nothing', () => {
    const ssd: NodeSelectorRequirement = { key: 'disk', operator: 'In', values: ['ssd'] };
    const name = (operator: 'In' | 'NotIn') => ({ key: 'metadata.name', operator, values: ['w1'] });
    expect(fitsTerm({ matchExpressions: [ssd], matchFields: [name('In')] }, NODE)).toBe(true);
    expect(fitsTerm({ matchExpressions: [ssd], matchFields: [name('NotIn')] }, NODE)).toBe(false);
    expect(fitsTerm({ matchFields: [{ ...name('In'), key: 'metadata.namespace' }] }, NODE)).toBe(false);
    expect(fitsTerm({}, NODE)).toBe(false);
  });
});

describe('where a Pod may go', () => {
  const fits = (spec: Pick<PodSpec, 'affinity' | 'nodeSelector'>) =>
    fitsNodeAffinity({ containers: [], ...spec }, NODE);

  it('is anywhere when it does not say', () => {
    expect(fits({})).toBe(true);
    expect(fits({ affinity: { nodeAffinity: {} } })).toBe(true);
  });

  it('is where its selector and one of its terms fit', () => {
    const term = (value: string) => ({ matchExpressions: [{ key: 'disk', operator: 'In' as const, values: [value] }] });
    const affinity = (...values: readonly string[]) => ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: values.map(term) } },
    });
    expect(fits({ affinity: affinity('hdd', 'ssd') })).toBe(true);
    expect(fits({ affinity: affinity('hdd') })).toBe(false);
    expect(fits({ affinity: affinity() })).toBe(false);
    expect(fits({ nodeSelector: { disk: 'ssd' }, affinity: affinity('ssd') })).toBe(true);
    expect(fits({ nodeSelector: { disk: 'hdd' }, affinity: affinity('ssd') })).toBe(false);
  });
});
