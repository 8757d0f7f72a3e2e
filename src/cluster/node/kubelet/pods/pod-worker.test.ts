import { describe, expect, it } from 'vitest';
import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import { TestNode } from '../test-node.ts';

describe('a Pod that runs', () => {
  it('starts its container, and tells so', () => {
    const node = new TestNode();
    node.start('web', { args: ['wait'] });
    node.until(() => node.status('web').phase === 'Running');
    expect(node.events('web')).toEqual([
      'Pulling: Pulling image "test"',
      expect.stringMatching(
        /^Pulled: Successfully pulled image "test" in \d+ms \(\d+ms including waiting\)\. Image size: 1200000 bytes\.$/,
      ),
      'Created: Container created',
      'Started: Container started',
    ]);
    expect(node.status('web')).toMatchObject({
      hostIP: '172.18.0.3',
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      qosClass: 'BestEffort',
      observedGeneration: 1,
      resources: {},
      conditions: [
        { type: 'PodReadyToStartContainers', status: 'True', observedGeneration: 1 },
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: 'True' },
        { type: 'ContainersReady', status: 'True' },
        { type: 'PodScheduled', status: 'True' },
      ],
      containerStatuses: [{ name: 'c', ready: true, started: true, restartCount: 0, lastState: {}, resources: {} }],
    });
  });

  it('is restarted at once, and then later and later', () => {
    const node = new TestNode();
    node.start('crash', { args: ['sleep 1', 'exit 3'] });
    const starts: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      node.until(() => node.container('crash')?.restartCount === count && node.state('crash') === 'Running', 200);
      starts.push(node.kernel.now);
    }
    const gaps = starts.slice(1).map((time, index) => Math.round((time - (starts[index] ?? 0)) / 1000));
    expect(gaps[0]).toBeLessThanOrEqual(4);
    expect(gaps[1]).toBeGreaterThanOrEqual(11);
    expect(gaps[1]).toBeLessThanOrEqual(18);
    expect(gaps[2]).toBeGreaterThanOrEqual(21);
    expect(gaps[2]).toBeLessThanOrEqual(34);
    const uid = node.find('crash')?.metadata.uid;
    expect(node.events('crash')).toContain(
      `BackOff: Back-off restarting failed container c in pod crash_default(${uid})`,
    );
    expect(node.log).toContainEqual(
      expect.stringContaining(
        `"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"c\\" with CrashLoopBackOff: \\"back-off 10s restarting failed container=c pod=crash_default(${uid})\\""`,
      ),
    );
  });

  it('shows Error while it is backed off, and CrashLoopBackOff when that is almost over', () => {
    const node = new TestNode();
    node.start('crash', { args: ['sleep 1', 'exit 3'] });
    node.until(() => node.container('crash')?.restartCount === 1 && node.state('crash') === 'Error');
    expect(node.container('crash')).toMatchObject({
      state: { terminated: { exitCode: 3, reason: 'Error' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      ready: false,
      started: false,
    });
    node.run(5);
    expect(node.state('crash')).toBe('Error');
    node.until(() => node.state('crash') === 'CrashLoopBackOff');
    expect(node.container('crash')?.lastState?.terminated?.exitCode).toBe(3);
    expect(node.status('crash').phase).toBe('Running');
  });

  it('begins its back-off anew when it ran for long', () => {
    const node = new TestNode();
    node.start('crash', { args: ['sleep 700', 'exit 3'] });
    const restarts = () => node.container('crash')?.restartCount ?? 0;
    node.until(() => restarts() === 1, 800);
    const second = node.kernel.now;
    node.until(() => restarts() === 2, 800);
    expect((node.kernel.now - second) / 1000).toBeLessThan(703);
  });

  it('of several containers each has its own', () => {
    const node = new TestNode();
    node.start('two', { args: ['wait'] }, { containers: [{ name: 'd', image: 'test', args: ['exit 1'] }] });
    node.until(() => node.container('two', 'd')?.restartCount === 1 && node.state('two', 'd') === 'Error');
    expect(node.state('two')).toBe('Running');
    expect(node.condition('two', 'Ready')).toBe('False ContainersNotReady');
    expect(node.status('two').conditions?.find(({ type }) => type === 'Ready')?.message).toBe(
      'containers with unready status: [d]',
    );
    expect(node.status('two').phase).toBe('Running');
  });
});

describe('a Pod that ends by itself', () => {
  it('has succeeded when all did, and keeps its logs', () => {
    const node = new TestNode();
    node.start('job', { args: ['say done', 'exit 0'] }, { restartPolicy: 'OnFailure' });
    node.until(() => node.status('job').phase === 'Succeeded');
    node.run(5);
    expect(node.container('job')?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(node.condition('job', 'Initialized')).toBe('True PodCompleted');
    expect(node.condition('job', 'Ready')).toBe('False PodCompleted');
    expect(node.condition('job', 'PodReadyToStartContainers')).toBe('False');
    expect(node.status('job').podIP).toBe('10.244.1.2');
    expect(node.output('job')).toBe('done\n');
  });

  it('has failed when one did and it must not be restarted', () => {
    const node = new TestNode();
    node.start(
      'job',
      { args: ['exit 2'] },
      { restartPolicy: 'Never', containers: [{ name: 'd', image: 'test', args: ['sleep 5'] }] },
    );
    node.until(() => node.container('job')?.state?.terminated !== undefined);
    expect(node.status('job').phase).toBe('Running');
    node.until(() => node.status('job').phase === 'Failed');
    expect(node.condition('job', 'ContainersReady')).toBe('False PodFailed');
  });

  it('is restarted on failure until it succeeds', () => {
    const node = new TestNode();
    node.start(
      'job',
      { args: ['need /data/done', 'exit 0'], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      { restartPolicy: 'OnFailure', volumes: [{ name: 'data', emptyDir: {} }] },
    );
    node.until(() => node.container('job')?.restartCount === 1);
    const uid = node.find('job')?.metadata.uid;
    node.files.writeText(`/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/data/done`, '');
    node.until(() => node.status('job').phase === 'Succeeded', 100);
  });

  it('fails when its time is over', () => {
    const node = new TestNode();
    node.start('late', { args: ['hang'] }, { activeDeadlineSeconds: 8, terminationGracePeriodSeconds: 2 });
    node.until(() => node.status('late').phase === 'Failed');
    expect(node.status('late')).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    node.run(5);
    expect(node.container('late')?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(node.events('late')).toContain(
      'DeadlineExceeded: Pod was active on the node longer than the specified deadline',
    );
  });
});

describe('a Pod that is deleted', () => {
  it('ends by TERM, is shown as completed, and is gone', () => {
    const node = new TestNode();
    node.start('web', { args: ['wait'] });
    node.until(() => node.status('web').phase === 'Running');
    node.delete('web');
    expect(node.find('web')?.metadata.deletionGracePeriodSeconds).toBe(30);
    node.until(() => node.find('web') === undefined);
    expect(node.events('web').at(-1)).toBe('Killing: Stopping container c');
    node.run(2);
    expect(node.containerd.podSandboxes()).toEqual([]);
    expect(node.files.exists('/var/lib/kubelet/pods')).toBe(true);
    expect(node.files.readdir('/var/lib/kubelet/pods')).toEqual([]);
  });

  it('is killed when it does not end within its grace period', () => {
    const node = new TestNode();
    node.start('deaf', { args: ['hang'] }, { terminationGracePeriodSeconds: 7 });
    node.until(() => node.status('deaf').phase === 'Running');
    node.delete('deaf');
    node.run(6);
    expect(node.state('deaf')).toBe('Running');
    node.until(() => node.find('deaf') === undefined, 5);
  });

  it('is given two seconds even when it is to end at once', () => {
    const node = new TestNode();
    node.start('deaf', { args: ['hang'] });
    node.until(() => node.status('deaf').phase === 'Running');
    node.delete('deaf', 1);
    node.run(1.5);
    expect(node.find('deaf')).toBeDefined();
    node.until(() => node.find('deaf') === undefined, 3);
  });

  it('goes on for its grace period when it was taken away by force', () => {
    const node = new TestNode();
    node.start('deaf', { args: ['hang'] }, { terminationGracePeriodSeconds: 10 });
    node.until(() => node.status('deaf').phase === 'Running');
    node.delete('deaf', 0);
    expect(node.find('deaf')).toBeUndefined();
    node.run(5);
    expect(node.containerd.containers()).toHaveLength(1);
    node.run(10);
    expect(node.containerd.containers()).toEqual([]);
  });

  it('that never ran is told to have failed', () => {
    const node = new TestNode();
    node.start('none', { image: 'nothing' });
    node.until(() => node.state('none') === 'ImagePullBackOff');
    const phases: unknown[] = [];
    const pods = node.client.watch(podKind, node.find('none')?.metadata.resourceVersion ?? '');
    pods.read({
      next: ({ object }) => phases.push((object as { status?: { phase?: string } }).status?.phase),
      end: () => undefined,
    });
    node.delete('none');
    node.until(() => node.find('none') === undefined, 5);
    node.run(1);
    expect(phases).toContain('Failed');
  });
});
