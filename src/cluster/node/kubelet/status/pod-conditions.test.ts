import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod, PodPhase } from '../../../api/types/pod.ts';
import { container, podWith, shown, sidecar } from '../test-state.ts';
import { conditionsOf } from './pod-conditions.ts';

interface Facts {
  readonly init?: readonly ContainerStatus[];
  readonly main?: readonly ContainerStatus[];
  readonly phase?: PodPhase;
  readonly hasSandbox?: boolean;
}

/** `Ready=False ContainersNotReady: containers with unready status: [a]`, in order. */
function conditions(
  pod: Pod,
  { init = [], main = [], phase = 'Running', hasSandbox = true }: Facts,
): readonly string[] {
  return conditionsOf({ pod, init, main, phase, hasSandbox }, {}, 0).map(({ type, status, reason, message }) => {
    const why = [reason, message].filter((each) => each !== undefined).join(': ');
    return `${type}=${status}${why && ` ${why}`}`;
  });
}

const TWO = podWith({ containers: [container('a'), container('b')] });

describe("the kubelet's conditions of a Pod", () => {
  it('hold when all containers are ready', () => {
    expect(conditions(TWO, { main: [shown('a', 'runs'), shown('b', 'runs')] })).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
  });

  it('name the containers that are not', () => {
    const why = 'ContainersNotReady: containers with unready status: [a b]';
    expect(conditions(TWO, { phase: 'Pending', hasSandbox: false })).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True',
      `Ready=False ${why}`,
      `ContainersReady=False ${why}`,
      'PodScheduled=True',
    ]);
  });

  it('tell which init containers are awaited, and which sidecars', () => {
    const pod = podWith({ initContainers: [container('i'), sidecar('s')], containers: [container('a')] });
    expect(conditions(pod, { init: [shown('i', 'runs unstarted'), shown('s', 'waits')], phase: 'Pending' })).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=False ContainersNotInitialized: containers with incomplete status: [i s]',
      'Ready=False ContainersNotReady: containers with unready status: [s a]',
      'ContainersReady=False ContainersNotReady: containers with unready status: [s a]',
      'PodScheduled=True',
    ]);
    expect(conditions(pod, { init: [shown('s', 'waits')], main: [shown('a', 'runs')] })).toContain('Initialized=True');
  });

  it('end with the Pod', () => {
    expect(conditions(TWO, { phase: 'Succeeded', hasSandbox: false })).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
      'PodScheduled=True',
    ]);
    expect(conditions(TWO, { phase: 'Failed' })).toContain('Ready=False PodFailed');
  });

  it('heed readiness gates', () => {
    const gated = podWith({ containers: [container('a')], readinessGates: [{ conditionType: 'x/y' }] });
    const main = [shown('a', 'runs')];
    expect(conditions(gated, { main })).toContain(
      'Ready=False ReadinessGatesNotReady: corresponding condition of pod readiness gate "x/y" does not exist.',
    );
    const set = (status: 'True' | 'False') => ({ ...gated, status: { conditions: [{ type: 'x/y', status }] } });
    expect(conditions(set('False'), { main })).toContain(
      'Ready=False ReadinessGatesNotReady: the status of pod readiness gate "x/y" is not "True", but False',
    );
    expect(conditions(set('True'), { main })).toEqual([
      'x/y=True',
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
  });

  it('keep the time of their last change, and tell for which generation they are', () => {
    const facts = { pod: TWO, init: [], phase: 'Running' as const, hasSandbox: true };
    const first = conditionsOf({ ...facts, main: [] }, {}, 1000);
    const second = conditionsOf(
      { ...facts, main: [shown('a', 'runs'), shown('b', 'runs')] },
      { conditions: first },
      5000,
    );
    expect(second.map(({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`)).toEqual([
      'PodReadyToStartContainers 1970-01-01T00:00:01Z',
      'Initialized 1970-01-01T00:00:01Z',
      'Ready 1970-01-01T00:00:05Z',
      'ContainersReady 1970-01-01T00:00:05Z',
      'PodScheduled 1970-01-01T00:00:01Z',
    ]);
    expect(new Set(second.map(({ observedGeneration }) => observedGeneration))).toEqual(new Set([3]));
  });
});
