import { describe, expect, test } from 'vitest';
import type { Deployment, IntOrString, ReplicaSet } from '../../api/types/workloads.ts';
import { maxSurge, maxUnavailable } from './fenceposts.ts';
import { proportionalSizes, scaledSizes } from './proportion.ts';
import { byRevision, newReplicaCount } from './replica-sets.ts';
import { newReplicaSetAnnotations } from './revision.ts';
import { scaleDownOld } from './rolling.ts';

const META = { resourceVersion: '1', creationTimestamp: '2026-11-23T00:00:00Z' };
const SELECTOR = { matchLabels: { app: 'web' } };
const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } };

function deployment(replicas: number, surge: IntOrString = '25%', unavailable: IntOrString = '25%'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...META, name: 'web', uid: 'web' },
    spec: {
      replicas,
      selector: SELECTOR,
      template: TEMPLATE,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {},
  };
}

function set(name: string, replicas: number, available = replicas, annotations = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...META, name, uid: name, annotations },
    spec: { replicas, selector: SELECTOR, template: TEMPLATE },
    status: { replicas, availableReplicas: available },
  };
}

const sizes = (sizings: readonly { readonly set: ReplicaSet; readonly replicas: number }[]) =>
  sizings.map(({ set: { metadata }, replicas }) => `${metadata.name}=${replicas}`);

describe('how many may be too many, and too few', () => {
  test.each([
    [3, '25%', '25%', 1, 0],
    [4, '25%', '25%', 1, 1],
    [10, '25%', '25%', 3, 2],
    [10, '30%', 5, 3, 5],
    [5, 0, 0, 0, 1],
    [1, '0%', '50%', 0, 1],
    [2, 1, 10, 1, 2],
    [0, 1, 1, 1, 0],
  ])('%i replicas with %s and %s', (replicas, surge, unavailable, most, fewest) => {
    const web = deployment(replicas, surge, unavailable);
    expect([maxSurge(web), maxUnavailable(web)]).toEqual([most, fewest]);
  });
});

test('the new ReplicaSet grows as far as the surge leaves room', () => {
  const web = deployment(10, 3, 0);
  expect(newReplicaCount(web, [set('old', 10)], 0)).toBe(3);
  expect(newReplicaCount(web, [set('old', 7), set('new', 3)], 3)).toBe(6);
  expect(newReplicaCount(web, [set('old', 10), set('new', 3)], 3)).toBe(3);
  expect(newReplicaCount(web, [set('new', 9)], 9)).toBe(10);
  expect(newReplicaCount(web, [], 0)).toBe(10);
});

describe('scaling down old ReplicaSets', () => {
  test('never leaves fewer available than allowed', () => {
    expect(sizes(scaleDownOld(deployment(10, 3, 2), set('new', 3, 0), [set('old', 10)]))).toEqual(['old=8']);
    expect(sizes(scaleDownOld(deployment(10, 3, 2), set('new', 5, 3), [set('old', 8)]))).toEqual(['old=5']);
    expect(scaleDownOld(deployment(10, 3, 0), set('new', 3, 0), [set('old', 10)])).toEqual([]);
  });

  test('takes Pods that serve nobody first, the oldest ReplicaSet before others', () => {
    const old = [set('a', 4, 1), set('b', 6, 6)];
    expect(sizes(scaleDownOld(deployment(10, 3, 2), set('new', 3, 3), old))).toEqual(['a=1', 'a=0', 'b=5']);
  });

  test('waits while a ReplicaSet still counts Pods that it is deleting', () => {
    expect(scaleDownOld(deployment(10, 3, 2), set('new', 6, 6), [set('old', 5, 8)])).toEqual([]);
  });
});

describe('a scaling in the middle of a rollout', () => {
  const max = (count: number) => ({ 'deployment.kubernetes.io/max-replicas': `${count}` });

  test('keeps the proportions, and gives what rounding leaves to the largest', () => {
    const sets = [set('new', 5, 0, max(13)), set('old', 8, 8, max(13))];
    expect(sizes(proportionalSizes(deployment(15, 3, 2), sets))).toEqual(['old=11', 'new=7']);
    expect(sizes(proportionalSizes(deployment(5, 3, 2), sets))).toEqual(['old=5', 'new=3']);
    const three = ['a', 'b', 'c'].map((name) => set(name, 3, 3, max(9)));
    expect(sizes(proportionalSizes(deployment(10, 0, 1), three)).sort()).toEqual(['a=3', 'b=3', 'c=4']);
  });

  test('takes all from old ones once the new one has what is wanted', () => {
    const complete = set('new', 10, 10, { 'deployment.kubernetes.io/desired-replicas': '10' });
    const old = [set('a', 2), set('b', 0), set('c', 1)];
    expect(sizes(scaledSizes(deployment(10, 3, 2), complete, old))).toEqual(['a=0', 'c=0']);
  });

  test('to nothing takes all', () => {
    const sets = [set('new', 5, 0, max(13)), set('old', 8, 8, max(13))];
    expect(sizes(proportionalSizes(deployment(0, 3, 2), sets))).toEqual(['old=0', 'new=0']);
  });
});

describe('annotations of a ReplicaSet', () => {
  const annotated = (annotations: Record<string, string>): Deployment => {
    const web = deployment(3);
    return { ...web, metadata: { ...web.metadata, annotations } };
  };

  test('are those of the Deployment but for its own', () => {
    const own = {
      team: 'a',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'deployment.kubernetes.io/revision': '7',
    };
    expect(newReplicaSetAnnotations(annotated(own), undefined, 2, true)).toEqual({
      team: 'a',
      'deployment.kubernetes.io/revision': '2',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
  });

  test('remember former revisions, as many as fit', () => {
    const before = { 'deployment.kubernetes.io/revision': '4', 'deployment.kubernetes.io/revision-history': '1,2' };
    expect(newReplicaSetAnnotations(deployment(3), before, 6, false)).toEqual({
      'deployment.kubernetes.io/revision': '6',
      'deployment.kubernetes.io/revision-history': '1,2,4',
    });
    const long = { ...before, 'deployment.kubernetes.io/revision-history': Array(1000).fill('1').join(',') };
    const history = newReplicaSetAnnotations(deployment(3), long, 6, false)[
      'deployment.kubernetes.io/revision-history'
    ];
    expect(history?.length).toBeLessThanOrEqual(2000);
    expect(history?.endsWith(',1,4')).toBe(true);
  });

  test('stay when the revision is the highest already', () => {
    const before = { 'deployment.kubernetes.io/revision': '6' };
    expect(newReplicaSetAnnotations(deployment(3), before, 6, false)).toEqual(before);
  });
});

test('revisions are ordered as numbers', () => {
  const revision = (number: string) => set(number, 0, 0, { 'deployment.kubernetes.io/revision': number });
  const names = ['10', '9', '2']
    .map(revision)
    .sort(byRevision)
    .map(({ metadata }) => metadata.name);
  expect(names).toEqual(['2', '9', '10']);
});
