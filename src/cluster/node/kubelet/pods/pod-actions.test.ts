import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../api/types/pod.ts';
import type { ProbeResults } from '../probes/probe-results.ts';
import type { RuntimePod } from '../runtime/runtime-pod.ts';
import { container, had, podWith, sandbox, sidecar, withSandbox } from '../test-state.ts';
import { computePodActions } from './pod-actions.ts';

const SILENT: ProbeResults = { result: () => undefined };

/** Probes of a kind that fail for a container. */
function failing(wanted: string, name: string): ProbeResults {
  return { result: (kind, id) => (kind === wanted && id === `${name}-id` ? false : undefined) };
}

/** The actions in words: `sandbox 1`, `kill pod`, `init i`, `start a`, `kill a: why`. */
function actions(pod: Pod, state: RuntimePod, probes: ProbeResults = SILENT): readonly string[] {
  const todo = computePodActions(pod, state, probes);
  return [
    ...(todo.killPod ? ['kill pod'] : []),
    ...(todo.createSandbox ? [`sandbox ${todo.attempt}`] : []),
    ...todo.containersToKill.map(({ container: { name }, message }) => `kill ${name}: ${message}`),
    ...todo.initContainersToStart.map(({ name }) => `init ${name}`),
    ...todo.containersToStart.map(({ name }) => `start ${name}`),
  ];
}

const containers = [container('a'), container('b')];
const ALWAYS = podWith({ containers });
const ON_FAILURE = podWith({ restartPolicy: 'OnFailure', containers });
const NEVER = podWith({ restartPolicy: 'Never', containers });

describe('what a sync is to do', () => {
  it('is everything, at first', () => {
    expect(actions(ALWAYS, { sandboxes: [], containers: [] })).toEqual(['kill pod', 'sandbox 0', 'start a', 'start b']);
    const pod = podWith({ initContainers: [container('i'), container('j')], containers });
    expect(actions(pod, { sandboxes: [], containers: [] })).toEqual(['kill pod', 'sandbox 0', 'init i']);
  });

  it('is nothing when all runs', () => {
    expect(actions(ALWAYS, withSandbox(had('a', 'RUNNING'), had('b', 'RUNNING')))).toEqual([]);
  });

  it('is to start what ended, by the policy', () => {
    const failed = withSandbox(had('a', 1), had('b', 'RUNNING'));
    const done = withSandbox(had('a', 0), had('b', 'RUNNING'));
    expect([actions(ALWAYS, failed), actions(ON_FAILURE, failed), actions(NEVER, failed)]).toEqual([
      ['start a'],
      ['start a'],
      [],
    ]);
    expect([actions(ALWAYS, done), actions(ON_FAILURE, done), actions(NEVER, done)]).toEqual([['start a'], [], []]);
    expect(actions(NEVER, withSandbox(had('a', 'CREATED'), had('b', 'RUNNING')))).toEqual(['start a']);
  });

  it('is to end the Pod when nothing runs or will', () => {
    expect(actions(NEVER, withSandbox(had('a', 1), had('b', 0)))).toEqual(['kill pod']);
    expect(actions(ON_FAILURE, withSandbox(had('a', 0), had('b', 0)))).toEqual(['kill pod']);
    const pod = podWith({ restartPolicy: 'Never', initContainers: [sidecar('s')], containers: [container('a')] });
    expect(actions(pod, withSandbox(had('s', 'RUNNING'), had('a', 0)))).toEqual(['kill pod']);
  });

  it('is to begin anew when the sandbox is gone', () => {
    const gone = (...containersThen: RuntimePod['containers']) => ({
      sandboxes: [sandbox('NOTREADY', 4)],
      containers: containersThen,
    });
    expect(actions(ALWAYS, gone(had('a', 0), had('b', 1)))).toEqual(['kill pod', 'sandbox 5', 'start a', 'start b']);
    expect(actions(ON_FAILURE, gone(had('a', 0), had('b', 1)))).toEqual(['kill pod', 'sandbox 5', 'start b']);
    expect(actions(ON_FAILURE, gone(had('a', 0), had('b', 0)))).toEqual(['kill pod']);
    expect(actions(NEVER, gone(had('a', 1), had('b', 1)))).toEqual(['kill pod']);
    // A sandbox that failed before any container was made.
    expect(actions(NEVER, gone())).toEqual(['kill pod', 'sandbox 5', 'start a', 'start b']);
  });

  it('is to begin anew when there are two sandboxes', () => {
    const state = { sandboxes: [sandbox('READY', 1), sandbox('READY', 0)], containers: [] };
    expect(actions(ALWAYS, state)).toContain('sandbox 2');
  });

  it('is to end what fails its probes, and to start it again by the policy', () => {
    const state = withSandbox(had('a', 'RUNNING'), had('b', 'RUNNING'));
    expect(actions(ALWAYS, state, failing('Liveness', 'a'))).toEqual([
      'kill a: Container a failed liveness probe, will be restarted',
      'start a',
    ]);
    expect(actions(ALWAYS, state, failing('Startup', 'a'))).toEqual([
      'kill a: Container a failed startup probe, will be restarted',
      'start a',
    ]);
    expect(actions(NEVER, state, failing('Liveness', 'a'))).toEqual(['kill a: Container a failed liveness probe']);
    expect(actions(ALWAYS, state, failing('Readiness', 'a'))).toEqual([]);
  });

  it('is to replace what has another image', () => {
    expect(actions(NEVER, withSandbox(had('a', 'RUNNING', 'old'), had('b', 'RUNNING')))).toEqual([
      'kill a: Container a definition changed, will be restarted',
      'start a',
    ]);
  });

  it('is one init container after the other, then the containers', () => {
    const pod = podWith({ initContainers: [container('i'), container('j')], containers: [container('a')] });
    expect(actions(pod, withSandbox(had('i', 'RUNNING')))).toEqual([]);
    expect(actions(pod, withSandbox(had('i', 0)))).toEqual(['init j']);
    expect(actions(pod, withSandbox(had('i', 1)))).toEqual(['init i']);
    expect(actions(pod, withSandbox(had('i', 0), had('j', 0)))).toEqual(['start a']);
    const never = { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' as const } };
    expect(actions(never, withSandbox(had('i', 1)))).toEqual(['kill pod']);
  });
});
