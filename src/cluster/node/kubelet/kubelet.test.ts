import { describe, expect, it } from 'vitest';
import { Coroutine } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import { TestNode } from './test-node.ts';

describe('a kubelet that is started again', () => {
  it('finds its Pods as they are', () => {
    const node = new TestNode();
    node.start('web', { args: ['say one', 'wait'], readinessProbe: { exec: { command: ['do'] }, periodSeconds: 5 } });
    node.until(() => node.condition('web', 'Ready') === 'True');
    const before = node.find('web');
    node.stopKubelet();
    node.run(30);
    node.startKubelet();
    node.run(10);
    const after = node.find('web');
    expect(after?.status.startTime).toBe(before?.status.startTime);
    expect(after?.status.containerStatuses?.[0]?.containerID).toBe(before?.status.containerStatuses?.[0]?.containerID);
    expect(node.condition('web', 'Ready')).toBe('True');
    expect(node.output('web')).toBe('one\n');
    expect(node.log.join('\n')).toContain('"Node was previously registered" node="w1"');
  });

  it('restarts what ended meanwhile', () => {
    const node = new TestNode();
    node.start('web', { args: ['sleep 10', 'exit 1'] });
    node.until(() => node.state('web') === 'Running');
    node.stopKubelet();
    node.run(30);
    expect(node.state('web')).toBe('Running');
    node.startKubelet();
    node.until(() => node.container('web')?.restartCount === 1);
  });

  it('ends what was deleted meanwhile', () => {
    const node = new TestNode();
    node.start('web', { args: ['wait'] });
    node.until(() => node.state('web') === 'Running');
    node.stopKubelet();
    node.delete('web');
    node.run(60);
    expect(node.find('web')).toBeDefined();
    node.startKubelet();
    node.until(() => node.find('web') === undefined, 10);
  });

  it('ends what nobody knows any more', () => {
    const node = new TestNode();
    node.start('web', { args: ['hang'] });
    node.until(() => node.state('web') === 'Running');
    node.stopKubelet();
    node.delete('web', 0);
    node.startKubelet();
    node.run(10);
    expect(node.containerd.podSandboxes()).toEqual([]);
  });

  it('leaves Pods that are over as they are', () => {
    const node = new TestNode();
    node.start('job', { args: ['say done', 'exit 0'] }, { restartPolicy: 'Never' });
    node.until(() => node.status('job').phase === 'Succeeded');
    node.run(3);
    node.stopKubelet();
    node.startKubelet();
    node.run(10);
    expect(node.status('job').phase).toBe('Succeeded');
    expect(node.output('job')).toBe('done\n');
    node.delete('job');
    node.until(() => node.find('job') === undefined, 5);
    node.run(3);
    expect(node.containerd.containers()).toEqual([]);
  });
});

describe('a kubelet without its API server', () => {
  it('keeps Pods going, and tells what happened when it is back', () => {
    const node = new TestNode();
    node.start('web', { args: ['sleep 20', 'exit 1'] });
    node.until(() => node.state('web') === 'Running');
    node.setServerUp(false);
    node.run(30);
    expect(node.containerd.containers()).toHaveLength(2);
    expect(node.log.join('\n')).toContain('"Failed to get status for pod" err="Get ');
    node.setServerUp(true);
    node.until(() => node.container('web')?.restartCount === 1, 30);
    node.until(() => node.events('web').some((event) => event.startsWith('Pulled: Container image')), 40);
  });
});

describe('a container that is started without its API server', () => {
  it('has what its Pod needs as it was last', () => {
    const node = new TestNode();
    node.client.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { A: 'one' },
    });
    node.start(
      'web',
      {
        args: ['env A', 'show /v/A', 'sleep 10', 'exit 1'],
        envFrom: [{ configMapRef: { name: 'cm' } }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    );
    node.until(() => node.state('web') === 'Running');
    node.setServerUp(false);
    node.run(15);
    expect(node.containerd.containers().map(({ config }) => config.attempt)).toContain(1);
    node.setServerUp(true);
    node.until(() => node.container('web')?.restartCount === 1, 20);
    expect(node.output('web')).toBe('A=one\none\n');
  });
});

describe('a Pod without a network', () => {
  it('waits for it, unless it is on the network of its node', () => {
    const node = new TestNode({ hasNetwork: false });
    node.start('web', { args: ['wait'] });
    node.start('host', { args: ['wait'] }, { hostNetwork: true });
    node.until(() => node.state('host') === 'Running');
    expect(node.status('host').podIP).toBe('172.18.0.3');
    const why =
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
    expect(node.events('web')).toEqual([`NetworkNotReady: ${why}`]);
    expect(node.log.join('\n')).toContain(`"Error syncing pod, skipping" err="${why}" pod="default/web"`);
    node.configureNetwork();
    node.until(() => node.state('web') === 'Running', 10);
  });

  it('is told when the network cannot be made', () => {
    const node = new TestNode();
    const create = node.containerd.runPodSandbox.bind(node.containerd);
    let isBroken = true;
    node.containerd.runPodSandbox = function* (config) {
      if (isBroken) throw new CriError('Unknown', 'failed to setup network for sandbox "x": plugin failed');
      return yield* create(config);
    };
    node.start('web', { args: ['wait'] });
    node.run(5);
    const why = 'rpc error: code = Unknown desc = failed to setup network for sandbox "x": plugin failed';
    expect(node.events('web')).toEqual([`FailedCreatePodSandBox: Failed to create pod sandbox: ${why}`]);
    expect(node.state('web')).toBe('ContainerCreating');
    expect(node.log.join('\n')).toContain(
      `failed to \\"CreatePodSandbox\\" for \\"web_default(${node.find('web')?.metadata.uid})\\" with CreatePodSandboxError`,
    );
    isBroken = false;
    node.until(() => node.state('web') === 'Running', 20);
  });

  it('begins anew in another when its own is gone', () => {
    const node = new TestNode();
    node.start('web', { args: ['wait'] });
    node.until(() => node.state('web') === 'Running');
    const [sandbox] = node.containerd.podSandboxes();
    new Coroutine(
      node.kernel,
      node.containerd.stopPodSandbox(sandbox?.id ?? ''),
      () => undefined,
      () => undefined,
    );
    node.until(() => node.container('web')?.restartCount === 1);
    expect(node.events('web')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
    expect(node.status('web').podIP).not.toBe('10.244.1.2');
  });
});
