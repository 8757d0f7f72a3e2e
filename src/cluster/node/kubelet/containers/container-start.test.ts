import { describe, expect, it } from 'vitest';
import { configMap as configMapKind } from '../../../api/kinds/core/config-map.ts';
import { secret as secretKind } from '../../../api/kinds/core/secret.ts';
import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import type { Container } from '../../../api/types/pod.ts';
import { TestNode } from '../test-node.ts';

describe('a container', () => {
  it.each<[string, Partial<Container>, string]>([
    [
      'configMapKeyRef',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'a' } } }] },
      'configmap "none" not found',
    ],
    [
      'a key of it',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'z' } } }] },
      "couldn't find key z in ConfigMap default/cm",
    ],
    [
      'secretKeyRef',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'a' } } }] },
      'secret "none" not found',
    ],
    [
      'a key of it',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'sec', key: 'z' } } }] },
      "couldn't find key z in Secret default/sec",
    ],
    ['envFrom', { envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found'],
  ])('whose %s is missing waits for it', (_, container, why) => {
    const node = new TestNode();
    node.client.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { a: '1' },
    });
    node.client.create(secretKind, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'sec', namespace: 'default' },
      type: 'Opaque',
      data: { a: 'MQ==' },
    });
    node.start('pod', container);
    node.until(() => node.state('pod') === 'CreateContainerConfigError');
    expect(node.container('pod')?.state?.waiting?.message).toBe(why);
    expect(node.events('pod')).toContain(`Failed: Error: ${why}`);
  });

  it('begins when what it needs is there', () => {
    const node = new TestNode();
    node.start('pod', { args: ['env A', 'wait'], envFrom: [{ configMapRef: { name: 'later' } }] });
    node.until(() => node.state('pod') === 'CreateContainerConfigError');
    node.client.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'later', namespace: 'default' },
      data: { A: 'yes' },
    });
    node.until(() => node.state('pod') === 'Running');
    expect(node.output('pod')).toBe('A=yes\n');
  });

  it('whose command is no program of its image cannot be started', () => {
    const node = new TestNode();
    node.start('bad', { command: ['nosuch'] });
    node.until(() => node.state('bad') === 'RunContainerError');
    const why = expect.stringContaining('exec: "nosuch": executable file not found in $PATH');
    expect(node.container('bad')).toMatchObject({
      state: { waiting: { message: why } },
      lastState: {
        terminated: { exitCode: 128, reason: 'StartError', message: why, startedAt: '1970-01-01T00:00:00Z' },
      },
    });
    const events = node.events('bad').map((event) => event.slice(0, 55));
    expect(events.slice(2, 4)).toEqual([
      'Created: Container created',
      'Failed: Error: failed to create containerd task: failed',
    ]);
  });

  it('keeps the newest of those that ended, and in its status how the one before did', () => {
    const node = new TestNode();
    node.start('pod', { args: ['sleep 1', 'exit 1'] });
    node.until(() => node.container('pod')?.restartCount === 2 && node.state('pod') === 'Error');
    const before = node.container('pod')?.lastState?.terminated?.containerID;
    node.run(2);
    const kept = node.containerd.containers().map(({ id }) => `containerd://${id}`);
    expect(kept).toEqual([node.container('pod')?.containerID]);
    expect(node.container('pod')?.lastState?.terminated?.containerID).toBe(before);
    expect(kept).not.toContain(before);
    expect(node.output('pod', { previous: 'true' })).toBe(`unable to retrieve container logs for ${before}`);
  });

  it('is restarted when its image is changed, whatever the policy', () => {
    const node = new TestNode();
    node.start('pod', { args: ['wait'] }, { restartPolicy: 'Never' });
    node.until(() => node.state('pod') === 'Running');
    const pod = node.find('pod');
    if (!pod) throw new Error('the Pod is gone');
    const [container] = pod.spec.containers;
    if (!container) throw new Error('the Pod has no container');
    node.client.update(podKind, { ...pod, spec: { ...pod.spec, containers: [{ ...container, image: 'test:2' }] } });
    node.until(() => node.container('pod')?.restartCount === 1);
    expect(node.events('pod')).toContain('Killing: Container c definition changed, will be restarted');
  });
});
