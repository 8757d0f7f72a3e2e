import { describe, expect, it } from 'vitest';
import { version } from './test-timelines.ts';
import { timelineOf } from './timeline.ts';

const owner = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, uid: `uid-of-${name}` }] });
const set = (hash: string) =>
  version('replicasets', `web-${hash}`, { spec: { replicas: 1 } }, owner('Deployment', 'web'));
const pod = (hash: string, suffix: string, status: object, more: object = {}) =>
  version(
    'pods',
    `web-${hash}-${suffix}`,
    { spec: { nodeName: 'w1', containers: [{}] }, status },
    { generateName: `web-${hash}-`, ...more },
  );
const running = {
  phase: 'Running',
  containerStatuses: [{ ready: true, restartCount: 2, state: { running: {} } }],
};
const waiting = (reason: string) => ({
  phase: 'Pending',
  containerStatuses: [{ ready: false, restartCount: 0, state: { waiting: { reason } } }],
});
const shown = (versions: Parameters<typeof timelineOf>[0], track = 'status') =>
  timelineOf(versions, 'rolling')
    .filter((change) => change.track === track)
    .map(({ object, value }) => `${object}: ${value}`);

describe('timelineOf', () => {
  it('names ReplicaSets by their order and what is random by a star', () => {
    const versions = [set('5d9f7c8b64'), set('7b8f6d9c55'), pod('7b8f6d9c55', 'x2x4z', waiting('ErrImagePull'))];
    expect(shown([...versions].reverse())).toEqual(['pod web-B-*: ErrImagePull 0/1']);
    expect(shown(versions, 'desired')).toEqual(['replicaset web-A: 1', 'replicaset web-B: 1']);
  });

  it('shows a Pod as kubectl does', () => {
    const deleted = { deletionTimestamp: '2026-11-23T00:00:00Z' };
    const gone = { ...pod('a', 'x2x4z', running, deleted), isGone: true };
    const versions = [
      pod('a', 'x2x4z', { phase: 'Pending' }),
      pod('a', 'x2x4z', waiting('ContainerCreating')),
      pod('a', 'x2x4z', running),
      pod('a', 'x2x4z', running),
      pod('a', 'x2x4z', {
        phase: 'Running',
        containerStatuses: [{ ready: false, restartCount: 2, state: { terminated: { reason: 'Error', exitCode: 1 } } }],
      }),
      pod('a', 'x2x4z', running, deleted),
    ];
    expect(
      shown([
        ...versions,
        { ...gone, object: { ...gone.object, metadata: { ...gone.object.metadata, resourceVersion: '999' } } },
      ]),
    ).toEqual(
      [
        'Pending on a node 0/1',
        'ContainerCreating 0/1',
        'Running 1/1, restarts: 2',
        'Error 0/1, restarts: 2',
        'Terminating 1/1, restarts: 2',
        'gone',
      ].map((value) => `pod web-a-*: ${value}`),
    );
  });

  it('tells of events what is the same in each run', () => {
    const event = version('events', 'web.1', {
      involvedObject: { kind: 'Pod', name: 'web-a-x2x4z' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off of web-a-x2x4z in rolling(11111111-2222-3333-4444-555555555555) at 10.244.1.7',
      source: { component: 'kubelet' },
    });
    expect(shown([pod('a', 'x2x4z', running), event], 'events of kubelet')).toEqual([
      'pod web-a-*: Warning BackOff: Back-off of web-a-* in NAMESPACE(*) at ADDRESS',
    ]);
  });

  it('tells conditions and taints of a node', () => {
    const node = (taints: readonly object[], status: string, reason: string) =>
      version('nodes', 'w2', { spec: { taints }, status: { conditions: [{ type: 'Ready', status, reason }] } });
    const versions = [
      node([], 'True', 'KubeletReady'),
      node([{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }], 'Unknown', 'NodeStatusUnknown'),
    ];
    expect(shown(versions, 'condition Ready')).toEqual([
      'node w2: True KubeletReady',
      'node w2: Unknown NodeStatusUnknown',
    ]);
    expect(shown(versions, 'taints')).toEqual(['node w2: none', 'node w2: node.kubernetes.io/unreachable:NoSchedule']);
  });
});
