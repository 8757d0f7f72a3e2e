import { describe, expect, it } from 'vitest';
import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import { TestNode } from '../test-node.ts';

function manifest(name: string, args = '[wait]', more = ''): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  terminationGracePeriodSeconds: 2\n  containers:\n  - name: c\n    image: test\n    imagePullPolicy: IfNotPresent\n    args: ${args}\n${more}`;
}

describe('a static Pod', () => {
  it('runs, and has a mirror at the API server', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web'));
    node.until(() => node.status('web-w1').phase === 'Running');
    const mirror = node.find('web-w1');
    const hash = mirror?.metadata.annotations?.['kubernetes.io/config.hash'];
    expect(mirror?.metadata).toMatchObject({
      annotations: {
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.seen': expect.stringMatching(/^2026-11-23T06:00:0\d\.\d{9}Z$/),
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'w1', controller: true }],
    });
    expect(mirror?.status).not.toHaveProperty('observedGeneration');
    expect(node.condition('web-w1', 'Ready')).toBe('True');
    expect(node.output('web-w1')).toBe('');
  });

  it('is not ended by the deletion of its mirror, which comes back', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web'));
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    const before = node.find('web-w1')?.metadata.uid;
    const [container] = node.containerd.containers();
    node.delete('web-w1', 0);
    node.until(() => node.condition('web-w1', 'Ready') === 'True', 5);
    expect(node.find('web-w1')?.metadata.uid).not.toBe(before);
    expect(node.containerd.containers().map(({ id }) => id)).toEqual([container?.id]);
  });

  it('is another Pod when its file is changed: the first ends before', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web'));
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    const before = node.find('web-w1')?.metadata.annotations?.['kubernetes.io/config.hash'];
    node.writeManifest('web.yaml', manifest('web', '[say two, wait]'));
    node.run(4);
    expect(node.containerd.containers().filter(({ state }) => state === 'RUNNING')).toEqual([]);
    node.until(() => node.output('web-w1') === 'two\n', 20);
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    expect(node.find('web-w1')?.metadata.annotations?.['kubernetes.io/config.hash']).not.toBe(before);
    expect(node.log.join('\n')).toContain('"Trying to delete pod" pod="default/web-w1"');
  });

  it('begins again when its file is back before it has ended', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web', '[hang]'));
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    node.removeManifest('web.yaml');
    node.run(1);
    expect(node.containerd.containers().map(({ state }) => state)).toEqual(['RUNNING']);
    node.writeManifest('web.yaml', manifest('web', '[hang]'));
    node.until(() => node.containerd.containers().some(({ state }) => state === 'EXITED'), 5);
    node.until(() => node.containerd.containers().some(({ state }) => state === 'RUNNING'), 20);
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
  });

  it('ends with its file', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web'));
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    node.removeManifest('web.yaml');
    node.until(() => node.find('web-w1') === undefined, 10);
    // What is left of it is garbage, which is collected once a minute: until then its log can be read.
    expect(node.containerd.containers().map(({ state }) => state)).toEqual(['EXITED']);
    node.run(60);
    expect(node.containerd.podSandboxes()).toEqual([]);
  });

  it('stays when its file becomes unreadable, until all files are read again', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web'));
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    node.run(14);
    node.writeManifest('web.yaml', 'a: b: c\n');
    node.run(1);
    expect(node.log.at(-1)).toBe(
      'E file.go:107] "Unable to process watch event" err="can\'t process config file \\"/etc/kubernetes/manifests/web.yaml\\": /etc/kubernetes/manifests/web.yaml: couldn\'t parse as pod(yaml: mapping values are not allowed in this context), please check config file"',
    );
    expect(node.condition('web-w1', 'Ready')).toBe('True');
    node.until(() => node.containerd.containers().every(({ state }) => state === 'EXITED'), 25);
    expect(node.log.join('\n')).toContain(
      '"Could not process manifest file" err="/etc/kubernetes/manifests/web.yaml: ',
    );
  });

  it('needs no API server; its mirror comes when there is one', () => {
    const node = new TestNode({ isStarted: false });
    node.setServerUp(false);
    node.writeManifest('web.yaml', manifest('web'));
    node.startKubelet();
    node.run(5);
    expect(node.containerd.containers().map(({ state }) => state)).toEqual(['RUNNING']);
    node.setServerUp(true);
    node.until(() => node.condition('web-w1', 'Ready') === 'True', 60);
  });

  it('of a hidden file, or of none, is none', () => {
    const node = new TestNode();
    node.writeManifest('.web.yaml.swp', manifest('web'));
    node.run(25);
    expect(node.client.list(podKind).items).toEqual([]);
  });

  it('is one even if two files name it: the last counts', () => {
    const node = new TestNode({ isStarted: false });
    node.writeManifest('1.yaml', manifest('web', '[say one, wait]'));
    node.writeManifest('2.yaml', manifest('web', '[say two, wait]'));
    node.startKubelet();
    node.until(() => node.condition('web-w1', 'Ready') === 'True');
    expect(node.output('web-w1')).toBe('two\n');
    expect(node.containerd.containers()).toHaveLength(1);
  });

  it('crash-loops as others do', () => {
    const node = new TestNode();
    node.writeManifest('web.yaml', manifest('web', '[say bad flag, exit 1]'));
    node.until(() => node.container('web-w1')?.restartCount === 1);
    expect(node.status('web-w1').phase).toBe('Running');
    expect(node.output('web-w1')).toBe('bad flag\n');
  });
});
