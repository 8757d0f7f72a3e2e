import { describe, expect, it } from 'vitest';
import type { Container } from '../../../api/types/pod.ts';
import { TestNode } from '../test-node.ts';

function init(name: string, ...args: string[]): Container {
  return { name, image: 'test', imagePullPolicy: 'IfNotPresent', args };
}

describe('init containers', () => {
  it('run one after the other, before the others', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'] }, { initContainers: [init('i1', 'sleep 3'), init('i2', 'sleep 3')] });
    node.until(() => node.state('pod', 'i1') === 'Running');
    expect(node.state('pod')).toBe('PodInitializing');
    expect(node.state('pod', 'i2')).toBe('PodInitializing');
    expect(node.condition('pod', 'Initialized')).toBe('False ContainersNotInitialized');
    expect(node.status('pod').conditions?.find(({ type }) => type === 'Initialized')?.message).toBe(
      'containers with incomplete status: [i1 i2]',
    );
    node.until(() => node.state('pod', 'i2') === 'Running');
    expect(node.container('pod', 'i1')).toMatchObject({
      ready: true,
      started: false,
      state: { terminated: { exitCode: 0 } },
    });
    expect(node.status('pod').phase).toBe('Pending');
    node.until(() => node.status('pod').phase === 'Running');
    expect(node.condition('pod', 'Initialized')).toBe('True');
  });

  it('that fail are tried again, backed off', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'] }, { initContainers: [init('i1', 'exit 1')] });
    node.until(() => node.container('pod', 'i1')?.restartCount === 2);
    const uid = node.find('pod')?.metadata.uid;
    expect(node.events('pod')).toContain(`BackOff: Back-off restarting failed container i1 in pod pod_default(${uid})`);
    expect(node.status('pod').phase).toBe('Pending');
    expect(node.state('pod')).toBe('PodInitializing');
  });

  it('that fail end a Pod that is never restarted', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'] }, { restartPolicy: 'Never', initContainers: [init('i1', 'exit 1')] });
    node.until(() => node.status('pod').phase === 'Failed');
    node.run(3);
    expect(node.containerd.podSandboxes().map(({ state }) => state)).toEqual(['NOTREADY']);
    expect(node.state('pod')).toBe('PodInitializing');
  });
});

describe('a sidecar', () => {
  const sidecar = (name: string, ...args: string[]): Container => ({ ...init(name, ...args), restartPolicy: 'Always' });

  it('runs beside the others, begun before them', () => {
    const node = new TestNode();
    const side = {
      ...sidecar('side', 'wait'),
      startupProbe: { exec: { command: ['do'] }, initialDelaySeconds: 4, periodSeconds: 1 },
    };
    node.start('pod', { args: ['wait'] }, { initContainers: [side, init('i', 'sleep 1')] });
    node.until(() => node.state('pod', 'side') === 'Running');
    node.run(2);
    expect(node.state('pod', 'i')).toBe('PodInitializing');
    node.until(() => node.state('pod') === 'Running', 15);
    expect(node.container('pod', 'side')).toMatchObject({ started: true, ready: true });
    expect(node.condition('pod', 'Ready')).toBe('True');
  });

  it('is started again when it ends, and does not keep a Pod alive', () => {
    const node = new TestNode();
    node.start(
      'pod',
      { args: ['sleep 20'] },
      { restartPolicy: 'Never', initContainers: [sidecar('side', 'sleep 4', 'exit 1')] },
    );
    node.until(() => node.container('pod', 'side')?.restartCount === 1);
    expect(node.status('pod').phase).toBe('Running');
    node.until(() => node.status('pod').phase === 'Succeeded', 60);
  });

  it('ends after those that it serves, the last one first', () => {
    const node = new TestNode();
    const initContainers = [sidecar('one', 'wait'), sidecar('two', 'wait')];
    node.start('pod', { args: ['hang'] }, { initContainers, terminationGracePeriodSeconds: 6 });
    node.until(() => node.status('pod').phase === 'Running');
    const ended: string[] = [];
    node.containerd.subscribe(({ type, containerId }) => {
      if (type !== 'STOPPED') return;
      const found = node.containerd.containers().find(({ id }) => id === containerId);
      if (found) ended.push(found.config.name);
    });
    node.delete('pod');
    node.until(() => node.find('pod') === undefined);
    expect(ended.indexOf('one')).toBeGreaterThan(ended.indexOf('two'));
  });
});
