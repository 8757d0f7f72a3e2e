import { describe, expect, it } from 'vitest';
import { TestNode } from '../test-node.ts';

describe('postStart', () => {
  it('that fails ends its container', () => {
    const node = new TestNode();
    node.start('pod', {
      args: ['wait'],
      lifecycle: { postStart: { exec: { command: ['do', 'say out', 'warn err', 'exit 4'] } } },
    });
    node.until(() => node.state('pod') === 'PostStartHookError');
    const uid = node.find('pod')?.metadata.uid;
    expect(node.container('pod')).toMatchObject({
      state: {
        waiting: {
          message: `Exec lifecycle hook ([do say out warn err exit 4]) for Container "c" in Pod "pod_default(${uid})" failed - error: command 'do say out warn err exit 4' exited with 4: err\n, message: "out\\nerr\\n"`,
        },
      },
      lastState: { terminated: { exitCode: 0 } },
    });
    expect(node.events('pod').slice(-4)).toEqual(
      expect.arrayContaining(['FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook']),
    );
  });

  it('by HTTP asks the container itself', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'], lifecycle: { postStart: { httpGet: { port: 81, path: '/up' } } } });
    node.until(() => node.state('pod') === 'PostStartHookError');
    expect(node.container('pod')?.state?.waiting?.message).toContain(
      'HTTP lifecycle hook (/up) for Container "c" in Pod "pod_default(',
    );
    expect(node.container('pod')?.state?.waiting?.message).toContain(
      'failed - error: Get "http://10.244.1.2:81/up": dial tcp 10.244.1.2:81: connect: connection refused',
    );
  });

  it('keeps the container from being ready while it runs', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'], lifecycle: { postStart: { sleep: { seconds: 6 } } } });
    node.run(5);
    expect(node.condition('pod', 'Ready')).toBe('False ContainersNotReady');
    node.until(() => node.condition('pod', 'Ready') === 'True', 5);
  });
});

describe('preStop', () => {
  it('runs before the container is told to end, within the grace period', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'], lifecycle: { preStop: { sleep: { seconds: 5 } } } });
    node.until(() => node.state('pod') === 'Running');
    node.delete('pod');
    node.run(4);
    expect(node.state('pod')).toBe('Running');
    node.until(() => node.find('pod') === undefined, 4);
  });

  it('that takes longer than the grace period is given up', () => {
    const node = new TestNode();
    node.start(
      'pod',
      { args: ['wait'], lifecycle: { preStop: { sleep: { seconds: 60 } } } },
      { terminationGracePeriodSeconds: 5 },
    );
    node.until(() => node.state('pod') === 'Running');
    node.delete('pod');
    node.until(() => node.find('pod') === undefined, 8);
  });

  it('that fails is told, and the container ends all the same', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'], lifecycle: { preStop: { exec: { command: ['do', 'exit 5'] } } } });
    node.until(() => node.state('pod') === 'Running');
    node.delete('pod');
    node.until(() => node.find('pod') === undefined, 3);
    expect(node.events('pod').slice(-2)).toEqual([
      'Killing: Stopping container c',
      'FailedPreStopHook: PreStopHook failed',
    ]);
  });
});
