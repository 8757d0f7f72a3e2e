import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../../api/types/pod.ts';
import { container, podWith, shown, sidecar } from '../test-state.ts';
import { phaseOf } from './pod-phase.ts';

type Policy = 'Always' | 'OnFailure' | 'Never';

/** The phase of a Pod of the containers a and b. */
function ofTwo(restartPolicy: Policy, a: string, b: string, hasEnded = false): string {
  const pod = podWith({ restartPolicy, containers: [container('a'), container('b')] });
  return phaseOf(pod, [], [shown('a', a), shown('b', b)], hasEnded, true);
}

/** The phase of a Pod of the init container i and the container a. */
function withInit(spec: Partial<PodSpec>, i: string, a: string, hasStarted = false): string {
  const pod = podWith({ initContainers: [container('i')], containers: [container('a')], ...spec });
  return phaseOf(pod, [shown('i', i)], [shown('a', a)], false, hasStarted);
}

describe('the phase of a Pod', () => {
  it('is Pending until all of its containers have begun', () => {
    expect(phaseOf(podWith({ containers: [container('a')] }), [], [], false, false)).toBe('Pending');
    expect(ofTwo('Always', 'waits', 'waits')).toBe('Pending');
    expect(ofTwo('Always', 'runs', 'waits')).toBe('Pending');
  });

  it('is Running while one of them runs, or will again', () => {
    for (const policy of ['Always', 'OnFailure', 'Never'] as const) {
      expect(ofTwo(policy, 'runs', 'runs')).toBe('Running');
      expect(ofTwo(policy, 'runs', 'ended 0')).toBe('Running');
      expect(ofTwo(policy, 'runs', 'ended 1')).toBe('Running');
    }
    expect(ofTwo('Always', 'ended 0', 'ended 0')).toBe('Running');
    expect(ofTwo('OnFailure', 'ended 0', 'ended 1')).toBe('Running');
    expect(ofTwo('Always', 'waits after 1', 'waits after 1')).toBe('Running');
  });

  it('is Succeeded when all of them ended well, Failed when one did not', () => {
    expect(ofTwo('OnFailure', 'ended 0', 'ended 0')).toBe('Succeeded');
    expect(ofTwo('Never', 'ended 0', 'ended 0')).toBe('Succeeded');
    expect(ofTwo('Never', 'ended 0', 'ended 1')).toBe('Failed');
  });

  it('is final for what must not go on, whatever its policy', () => {
    expect(ofTwo('Always', 'ended 0', 'ended 0', true)).toBe('Succeeded');
    expect(ofTwo('Always', 'ended 0', 'ended 137', true)).toBe('Failed');
    expect(ofTwo('Always', 'runs', 'ended 137', true)).toBe('Running');
  });

  it('goes by the policy and the rules of a container', () => {
    const one = (more: object, code: number) =>
      phaseOf(
        podWith({ restartPolicy: 'Never', containers: [container('a', more)] }),
        [],
        [shown('a', `ended ${code}`)],
        false,
        true,
      );
    const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
    expect(one({ restartPolicy: 'Always' }, 0)).toBe('Running');
    expect(one({ restartPolicy: 'Never', restartPolicyRules: rules }, 42)).toBe('Running');
    expect(one({ restartPolicy: 'Never', restartPolicyRules: rules }, 1)).toBe('Failed');
  });

  it('waits for init containers, and fails with one that is not run again', () => {
    expect(withInit({}, 'runs', 'waits')).toBe('Pending');
    expect(withInit({}, 'ended 0', 'waits')).toBe('Pending');
    expect(withInit({}, 'ended 0', 'runs')).toBe('Running');
    expect(withInit({}, 'ended 1', 'waits')).toBe('Pending');
    expect(withInit({ restartPolicy: 'OnFailure' }, 'ended 1', 'waits')).toBe('Pending');
    expect(withInit({ restartPolicy: 'Never' }, 'ended 1', 'waits')).toBe('Failed');
  });

  it('waits for sidecars to start, and for them alone does not stay', () => {
    const spec: Partial<PodSpec> = { initContainers: [sidecar('i')] };
    expect(withInit(spec, 'runs unstarted', 'waits')).toBe('Pending');
    expect(withInit(spec, 'runs', 'waits')).toBe('Pending');
    expect(withInit(spec, 'runs', 'runs', true)).toBe('Running');
    expect(withInit(spec, 'runs unstarted', 'runs', true)).toBe('Running');
    expect(withInit({ ...spec, restartPolicy: 'Never' }, 'ended 0', 'ended 1', true)).toBe('Failed');
    expect(withInit({ ...spec, restartPolicy: 'Never' }, 'ended 137', 'ended 0', true)).toBe('Succeeded');
  });
});
