import { describe, expect, it } from 'vitest';
import { TestNode } from '../test-node.ts';

describe('a readiness probe', () => {
  it('makes its Pod ready when it passes, and not ready when it fails', () => {
    const node = new TestNode();
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    node.start(
      'web',
      {
        args: ['wait'],
        volumeMounts,
        readinessProbe: { exec: { command: ['do', 'need /data/ok'] }, periodSeconds: 2 },
      },
      { volumes: [{ name: 'data', emptyDir: {} }] },
    );
    node.until(() => node.state('web') === 'Running');
    node.run(5);
    expect(node.container('web')).toMatchObject({ started: true, ready: false });
    expect(node.condition('web', 'Ready')).toBe('False ContainersNotReady');
    expect(node.events('web')).toContain('Unhealthy: Readiness probe failed: no /data/ok\n');
    const path = `/var/lib/kubelet/pods/${node.find('web')?.metadata.uid}/volumes/kubernetes.io~empty-dir/data/ok`;
    node.files.writeText(path, '');
    node.until(() => node.condition('web', 'Ready') === 'True', 3);
    node.files.remove(path);
    node.run(3);
    expect(node.condition('web', 'Ready')).toBe('True');
    node.until(() => node.condition('web', 'Ready') === 'False ContainersNotReady', 5);
    expect(node.container('web')?.restartCount).toBe(0);
  });

  it('is not lost with the kubelet: who was ready is, until it is asked again', () => {
    const node = new TestNode();
    const probe = { exec: { command: ['do', 'need /ok'] }, periodSeconds: 10 };
    node.start('web', { args: ['write /ok yes', 'wait'], readinessProbe: probe, startupProbe: probe });
    node.until(() => node.condition('web', 'Ready') === 'True');
    node.run(20);
    const { lastTransitionTime } = node.status('web').conditions?.find(({ type }) => type === 'Ready') ?? {};
    node.stopKubelet();
    node.run(5);
    node.startKubelet();
    node.run(30);
    expect(node.condition('web', 'Ready')).toBe('True');
    expect(node.status('web').conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ lastTransitionTime });
  });

  it('asks as soon as the container has started, and waits for its initial delay', () => {
    const node = new TestNode();
    node.start('quick', {
      args: ['serve 80 200', 'wait'],
      readinessProbe: { httpGet: { port: 80 }, periodSeconds: 60 },
    });
    node.until(() => node.condition('quick', 'Ready') === 'True', 5);
    node.start('slow', {
      args: ['serve 80 200', 'wait'],
      readinessProbe: { httpGet: { port: 80 }, periodSeconds: 2, initialDelaySeconds: 20 },
    });
    node.run(15);
    expect(node.condition('slow', 'Ready')).toBe('False ContainersNotReady');
    node.until(() => node.condition('slow', 'Ready') === 'True', 10);
  });

  it.each([
    [{ httpGet: { port: 80, path: '/x' } }, 'HTTP probe failed with statuscode: 503'],
    [
      { httpGet: { port: 81, path: '/x' } },
      'Get "http://10.244.1.2:81/x": dial tcp 10.244.1.2:81: connect: connection refused',
    ],
    [{ tcpSocket: { port: 81 } }, 'dial tcp 10.244.1.2:81: connect: connection refused'],
    [{ tcpSocket: { port: 'other' } }, 'dial tcp 10.244.1.2:8081: connect: connection refused'],
    [{ exec: { command: ['do', 'sleep 9'] } }, 'command timed out: "do sleep 9" timed out after 1s'],
  ])('tells why it fails', (handler, why) => {
    const node = new TestNode();
    const ports = [{ name: 'other', containerPort: 8081 }];
    node.start('web', { args: ['serve 80 503', 'wait'], ports, readinessProbe: { ...handler, periodSeconds: 3 } });
    node.run(8);
    expect(node.events('web')).toContain(`Unhealthy: Readiness probe failed: ${why}`);
  });

  it('that cannot be carried out is told, and counts for nothing', () => {
    const node = new TestNode();
    node.start('web', {
      args: ['wait'],
      livenessProbe: { exec: { command: ['nosuch'] }, periodSeconds: 1, failureThreshold: 1 },
    });
    node.run(20);
    expect(node.events('web').join('\n')).toContain(
      'Unhealthy: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec ',
    );
    expect(node.container('web')?.restartCount).toBe(0);
  });
});

describe('a liveness probe', () => {
  it('has its container restarted', () => {
    const node = new TestNode();
    node.start(
      'web',
      {
        args: ['serve 80 500', 'wait'],
        livenessProbe: { httpGet: { port: 80 }, periodSeconds: 2, failureThreshold: 2 },
      },
      { terminationGracePeriodSeconds: 3 },
    );
    node.until(() => node.container('web')?.restartCount === 1);
    expect(node.events('web')).toEqual(
      expect.arrayContaining([
        'Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500',
        'Killing: Container c failed liveness probe, will be restarted',
      ]),
    );
    node.until(() => node.state('web') === 'CrashLoopBackOff', 100);
  });

  it('may set a grace period of its own', () => {
    const node = new TestNode();
    const livenessProbe = { exec: { command: ['do', 'exit 1'] }, periodSeconds: 1, failureThreshold: 1 };
    node.start('web', { args: ['hang'], livenessProbe: { ...livenessProbe, terminationGracePeriodSeconds: 4 } });
    node.until(() => node.events('web').some((event) => event.startsWith('Killing')));
    const begun = node.kernel.now;
    node.until(() => node.container('web')?.restartCount === 1);
    expect((node.kernel.now - begun) / 1000).toBeLessThan(8);
  });

  it('ends a container for good when its Pod is never restarted', () => {
    const node = new TestNode();
    const livenessProbe = { exec: { command: ['do', 'exit 1'] }, periodSeconds: 1, failureThreshold: 1 };
    node.start('web', { args: ['hang'], livenessProbe }, { restartPolicy: 'Never', terminationGracePeriodSeconds: 2 });
    node.until(() => node.status('web').phase === 'Failed');
    expect(node.events('web')).toContain('Killing: Stopping container c');
  });
});

describe('a startup probe', () => {
  it('lets the others wait until it has passed', () => {
    const node = new TestNode();
    const failing = { exec: { command: ['do', 'exit 1'] }, periodSeconds: 1, failureThreshold: 1 };
    node.start(
      'web',
      {
        args: ['sleep 12', 'write /started yes', 'wait'],
        startupProbe: { exec: { command: ['do', 'need /started'] }, periodSeconds: 5, failureThreshold: 10 },
        livenessProbe: failing,
      },
      { terminationGracePeriodSeconds: 2 },
    );
    node.run(10);
    expect(node.container('web')).toMatchObject({ started: false, ready: false, restartCount: 0 });
    expect(node.events('web')).not.toContain('Unhealthy: Liveness probe failed: ');
    node.until(() => node.container('web')?.started === true, 15);
    node.until(() => node.container('web')?.restartCount === 1, 10);
  });

  it('that fails for too long has its container restarted', () => {
    const node = new TestNode();
    node.start(
      'web',
      { args: ['hang'], startupProbe: { exec: { command: ['do', 'exit 1'] }, periodSeconds: 2, failureThreshold: 2 } },
      { terminationGracePeriodSeconds: 2 },
    );
    node.until(() => node.container('web')?.restartCount === 1);
    expect(node.events('web')).toContain('Killing: Container c failed startup probe, will be restarted');
  });
});
