import { describe, expect, it } from 'vitest';
import { TestNode } from '../test-node.ts';
import { imageNameError } from './image-name.ts';

describe('the image of a container', () => {
  it('is pulled once, and found afterwards', () => {
    const node = new TestNode();
    node.start('one', { args: ['wait'] });
    node.until(() => node.state('one') === 'Running');
    node.start('two', { args: ['wait'] });
    node.until(() => node.state('two') === 'Running');
    expect(node.events('two')[0]).toBe(
      'Pulled: Container image "test" already present on machine and can be accessed by the pod',
    );
  });

  it('is asked for each time when the policy says so', () => {
    const node = new TestNode();
    node.start('one', { args: ['exit 1'], imagePullPolicy: 'Always' });
    node.until(() => node.container('one')?.restartCount === 1);
    expect(node.events('one').filter((event) => event.startsWith('Pulled: Successfully'))).toHaveLength(2);
  });

  it('that no registry has is tried later and later', () => {
    const node = new TestNode();
    node.start('bad', { image: 'test:nope' });
    const why =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/test:nope": failed to resolve reference "docker.io/library/test:nope": docker.io/library/test:nope: not found';
    node.until(() => node.state('bad') === 'ErrImagePull');
    expect(node.container('bad')).toMatchObject({
      image: 'test:nope',
      imageID: '',
      state: { waiting: { message: why } },
    });
    expect(node.container('bad')).not.toHaveProperty('resources');
    node.until(() => node.state('bad') === 'ImagePullBackOff');
    expect(node.container('bad')?.state?.waiting?.message).toBe(
      `Back-off pulling image "test:nope": ErrImagePull: ${why}`,
    );
    expect(node.status('bad')).toMatchObject({ phase: 'Pending', podIP: '10.244.1.2' });
    expect(node.events('bad')).toEqual([
      'Pulling: Pulling image "test:nope"',
      `Failed: Failed to pull image "test:nope": ${why}`,
      'Failed: Error: ErrImagePull',
      'BackOff: Back-off pulling image "test:nope"',
      'Failed: Error: ImagePullBackOff',
    ]);
  });

  it('is not pulled when the policy forbids it', () => {
    const node = new TestNode();
    node.start('never', { imagePullPolicy: 'Never' });
    node.until(() => node.state('never') === 'ErrImageNeverPull');
    expect(node.events('never')).toEqual([
      'ErrImageNeverPull: Container image "test" is not present with pull policy of Never',
      'Failed: Error: ErrImageNeverPull',
    ]);
  });

  it('cannot be looked for when the runtime is away', () => {
    const node = new TestNode();
    node.start('one', { args: ['sleep 20', 'exit 1'] });
    node.until(() => node.state('one') === 'Running');
    node.containerd.setRunning(false);
    node.start('two', { args: ['wait'] });
    node.run(5);
    expect(node.state('two')).toBe('');
    node.containerd.setRunning(true);
    node.until(() => node.state('two') === 'Running');
  });

  it('waits for others that are pulled', () => {
    const node = new TestNode();
    node.start('one', { args: ['wait'], imagePullPolicy: 'Always' });
    node.start('two', { args: ['wait'], imagePullPolicy: 'Always' });
    node.until(() => node.state('two') === 'Running');
    const [pull = '', whole = ''] =
      /in (\d+m?s) \((.*) including waiting/.exec(node.events('two')[1] ?? '')?.slice(1) ?? [];
    expect(pull).not.toBe(whole);
  });

  it.each([
    ['Nginx', 'repository name (library/Nginx) must be lowercase'],
    ['foo/Bar', 'repository name (foo/Bar) must be lowercase'],
    ['a.b/C:x', 'repository name (C) must be lowercase'],
    ['nginx:', ''],
    ['nginx:a b', ''],
    ['nginx@sha256:abc', ''],
    ['foo//bar', ''],
    ['-x', ''],
  ])('%s names none', (image, detail) => {
    const why = `couldn't parse image name "${image}": invalid reference format`;
    expect(imageNameError(image)).toBe(detail === '' ? why : `${why}: ${detail}`);
  });

  it.each(['nginx', 'nginx:1.27', 'UPPER/case', 'localhost:5000/a/b:c', 'registry.k8s.io/etcd:3.6.8-0'])(
    '%s names one',
    (image) => {
      expect(imageNameError(image)).toBeUndefined();
    },
  );

  it('without a name is told at once', () => {
    const node = new TestNode();
    node.start('bad', { image: 'Nginx' });
    node.until(() => node.state('bad') === 'InvalidImageName');
    expect(node.events('bad')).toEqual([
      'InspectFailed: Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase',
      'Failed: Error: InvalidImageName',
    ]);
  });
});
