import { expect, test } from 'vitest';
import { timestamp } from '#kernel/calendar.ts';
import type { Pod } from '../../api/types/pod.ts';
import { podsToDelete } from './deletion-order.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

interface Traits {
  readonly node?: string;
  readonly phase?: 'Pending' | 'Running' | 'Unknown';
  /** Since how many milliseconds it is ready. */
  readonly readyFor?: number;
  readonly age?: number;
  readonly cost?: string;
  readonly restarts?: number;
}

function pod(
  name: string,
  { node = 'n1', phase = 'Running', readyFor, age = MINUTE, cost, restarts = 0 }: Traits = {},
): Pod {
  const time = readyFor === undefined ? undefined : timestamp(NOW - readyFor);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: timestamp(NOW - age),
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node !== '' && { nodeName: node }) },
    status: {
      phase,
      ...(time && { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }] }),
      containerStatuses: [{ name: 'c', ready: true, restartCount: restarts, image: '', imageID: '' }],
    },
  };
}

const READY = { readyFor: MINUTE };

/** The names in the order in which they would be deleted; `others` are Pods of related ReplicaSets. */
function order(pods: readonly Pod[], others: readonly Pod[] = []): string[] {
  const names: string[] = [];
  for (let count = 1; count < pods.length; count += 1) {
    const chosen = podsToDelete(pods, [...pods, ...others], count, NOW).map(({ metadata }) => metadata.name);
    names.push(...chosen.filter((name) => !names.includes(name)));
  }
  return names;
}

test('those that serve least go first', () => {
  const pods = [
    pod('ready', READY),
    pod('not-ready'),
    pod('unknown', { phase: 'Unknown' }),
    pod('pending', { phase: 'Pending' }),
    pod('unscheduled', { node: '', phase: 'Pending' }),
  ];
  expect(order(pods)).toEqual(['unscheduled', 'pending', 'unknown', 'not-ready']);
});

test('a low deletion cost counts before the crowd on a node, what is no number not at all', () => {
  const pods = [
    pod('dear', { ...READY, cost: '10' }),
    pod('free', { ...READY, cost: 'cheap' }),
    pod('cheap', { ...READY, cost: '-5' }),
  ];
  expect(order(pods)).toEqual(['cheap', 'free']);
});

test('of equals the one on the node with more Pods of the same owner goes first', () => {
  const pods = [pod('a', { ...READY, node: 'n1' }), pod('b', { ...READY, node: 'n2' })];
  expect(order(pods, [pod('other', { node: 'n2' })])).toEqual(['b']);
  expect(order(pods, [pod('other', { node: 'n1' })])).toEqual(['a']);
});

test('who is ready for a shorter time goes first, by powers of two; then the uid decides', () => {
  expect(order([pod('a', { readyFor: 64 * MINUTE }), pod('b', { readyFor: MINUTE })])).toEqual(['b']);
  const near = [pod('a', { readyFor: 66 * MINUTE }), pod('b', { readyFor: 64 * MINUTE })];
  expect(order(near)).toEqual(['a']);
});

test('then those that restarted more often, then the younger', () => {
  expect(order([pod('calm', READY), pod('restless', { ...READY, restarts: 3 })])).toEqual(['restless']);
  expect(order([pod('a', { ...READY, age: 64 * MINUTE }), pod('b', READY)])).toEqual(['b']);
});

test('all go when all are too many', () => {
  expect(podsToDelete([pod('a'), pod('b')], [], 5, NOW)).toHaveLength(2);
});
