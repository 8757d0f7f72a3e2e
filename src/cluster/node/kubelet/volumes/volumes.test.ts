import { describe, expect, it } from 'vitest';
import { configMap as configMapKind } from '../../../api/kinds/core/config-map.ts';
import { secret as secretKind } from '../../../api/kinds/core/secret.ts';
import type { Volume } from '../../../api/types/pod.ts';
import { TestNode } from '../test-node.ts';

function withObjects(): TestNode {
  const node = new TestNode();
  node.client.create(configMapKind, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cm', namespace: 'default' },
    data: { a: 'one', b: 'two' },
  });
  node.client.create(secretKind, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sec', namespace: 'default' },
    type: 'Opaque',
    data: { user: 'Ym9i' },
  });
  return node;
}

function mounted(node: TestNode, volume: Omit<Volume, 'name'>, ...args: string[]): string {
  node.start(
    'pod',
    { args: [...args, 'wait'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    { volumes: [{ name: 'v', ...volume }] },
  );
  node.until(() => node.state('pod') === 'Running');
  return node.output('pod');
}

describe('a volume', () => {
  it('of a ConfigMap holds its keys as files', () => {
    expect(mounted(withObjects(), { configMap: { name: 'cm' } }, 'show /v/a', 'show /v/b')).toBe('one\ntwo\n');
  });

  it('of a ConfigMap holds chosen keys under chosen names', () => {
    const configMap = { name: 'cm', items: [{ key: 'b', path: 'deep/file' }] };
    expect(mounted(withObjects(), { configMap }, 'show /v/deep/file', 'show /v/a')).toBe('two\nno /v/a\n');
  });

  it('of a Secret holds what its keys stand for', () => {
    expect(mounted(withObjects(), { secret: { secretName: 'sec' } }, 'show /v/user')).toBe('bob\n');
  });

  it('may hold what the Pod is', () => {
    const items = [
      { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
      { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu' } },
    ];
    expect(mounted(withObjects(), { downwardAPI: { items } }, 'show /v/name', 'show /v/cpu')).toBe('pod\n2\n');
  });

  it('may hold several of these', () => {
    const sources = [{ configMap: { name: 'cm' } }, { secret: { name: 'sec' } }];
    expect(mounted(withObjects(), { projected: { sources } }, 'show /v/a', 'show /v/user')).toBe('one\nbob\n');
  });

  it('changes all its files at once', () => {
    const node = withObjects();
    mounted(node, { configMap: { name: 'cm' } });
    const path = `/var/lib/kubelet/pods/${node.find('pod')?.metadata.uid}/volumes/kubernetes.io~configmap/v`;
    const [first = ''] = node.files.readdir(path);
    expect(first).toMatch(/^\.\.2026_11_23_06_00_\d\d\.\d+$/);
    expect(node.files.readdir(path)).toEqual([first, '..data', 'a', 'b']);
    expect(node.files.readlink(`${path}/..data`)).toBe(first);
    expect(node.files.readlink(`${path}/a`)).toBe('..data/a');
    node.client.patch(
      configMapKind,
      { metadata: { name: 'cm', namespace: 'default' } },
      { data: { b: null, c: 'three' } },
      'merge',
    );
    node.run(100);
    const [second = ''] = node.files.readdir(path);
    expect(second).not.toBe(first);
    expect(node.files.readdir(path)).toEqual([second, '..data', 'a', 'c']);
  });

  it('is brought up to date, but for what is mounted of it alone', () => {
    const node = withObjects();
    const volumeMounts = [
      { name: 'v', mountPath: '/v' },
      { name: 'v', mountPath: '/alone', subPath: 'a' },
    ];
    node.start(
      'pod',
      { args: ['sleep 200', 'show /v/a', 'show /v/b', 'show /alone', 'wait'], volumeMounts },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    );
    node.until(() => node.state('pod') === 'Running');
    node.client.patch(
      configMapKind,
      { metadata: { name: 'cm', namespace: 'default' } },
      { data: { a: 'new', b: null } },
      'merge',
    );
    node.run(210);
    expect(node.output('pod')).toBe('new\nno /v/b\none\n');
  });

  it.each<[string, Omit<Volume, 'name'>, string]>([
    ['a ConfigMap', { configMap: { name: 'none' } }, 'configmap "none" not found'],
    ['a Secret', { secret: { secretName: 'none' } }, 'secret "none" not found'],
    [
      'a key',
      { configMap: { name: 'cm', items: [{ key: 'z', path: 'z' }] } },
      'configmap references non-existent config key: z',
    ],
    [
      'a key',
      { secret: { secretName: 'sec', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent secret key: z',
    ],
    ['a source', { projected: { sources: [{ configMap: { name: 'none' } }] } }, 'configmap "none" not found'],
    [
      'a directory',
      { hostPath: { path: '/none', type: 'Directory' } },
      'hostPath type check failed: /none is not a directory',
    ],
    ['a file', { hostPath: { path: '/etc', type: 'File' } }, 'hostPath type check failed: /etc is not a file'],
  ])('that lacks %s keeps its Pod waiting', (_, volume, why) => {
    const node = withObjects();
    node.start('pod', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes: [{ name: 'v', ...volume }] });
    node.run(20);
    expect(node.state('pod')).toBe('ContainerCreating');
    expect(node.status('pod').podIP).toBeUndefined();
    expect(node.condition('pod', 'PodReadyToStartContainers')).toBe('False');
    expect(node.events('pod')).toEqual([`FailedMount: MountVolume.SetUp failed for volume "v" : ${why}`]);
  });

  it('is tried again later and later, until it comes', () => {
    const node = new TestNode();
    node.start(
      'pod',
      { args: ['wait'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    );
    node.run(10);
    expect(
      node.log
        .filter((line) => line.includes('No retries permitted'))
        .map((line) => /durationBeforeRetry (\S+)\)/.exec(line)?.[1]),
    ).toEqual(['500ms', '1s', '2s', '4s', '8s']);
    node.client.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: {},
    });
    node.until(() => node.state('pod') === 'Running', 10);
  });

  it('that does not come makes the sync fail in the end', () => {
    const node = new TestNode();
    node.start(
      'pod',
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    );
    node.run(130);
    expect(node.log.join('\n')).toContain(
      'err="unmounted volumes=[v], unattached volumes=[], failed to process volumes=[]: context deadline exceeded" pod="default/pod"',
    );
  });

  it('is not waited for by a Pod that is deleted', () => {
    const node = new TestNode();
    node.start(
      'pod',
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    );
    node.run(20);
    node.delete('pod');
    node.until(() => node.find('pod') === undefined, 5);
  });

  it('of the host is made when its type says so', () => {
    const node = new TestNode();
    expect(mounted(node, { hostPath: { path: '/srv/data', type: 'DirectoryOrCreate' } }, 'write /v/file text')).toBe(
      '',
    );
    expect(node.files.readText('/srv/data/file')).toBe('text');
  });
});
