import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passCompaction, startCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'default';
const NAMES = Array.from({ length: 25 }, (_, index) => `item-${`${index}`.padStart(2, '0')}`);
let cluster: TestCluster;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  core = cluster.config('admin.conf').makeApiClient(CoreV1Api);
  for (const [index, name] of NAMES.entries()) {
    const labels = { app: 'lists', parity: index % 2 === 0 ? 'even' : 'odd' };
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name, labels }, data: { index: `${index}` } },
    });
  }
});

afterAll(() => cluster.served.close());

const named = (items: readonly { readonly metadata?: { readonly name?: string } }[]) =>
  items.map(({ metadata }) => metadata?.name);

describe('lists', () => {
  test('come in pages, all of one revision', async () => {
    const labelSelector = 'app=lists';
    const found: (string | undefined)[] = [];
    const versions = new Set<string | undefined>();
    const sizes: number[] = [];
    let next: string | undefined;
    do {
      const page = await core.listNamespacedConfigMap({
        namespace,
        labelSelector,
        limit: 10,
        ...(next && { _continue: next }),
      });
      found.push(...named(page.items));
      sizes.push(page.items.length);
      versions.add(page.metadata?.resourceVersion);
      next = page.metadata?._continue;
      // What comes meanwhile is not in it.
      const name = `late-${sizes.length}`;
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { app: 'lists' } } } });
    } while (next);
    expect(found).toEqual(NAMES);
    expect(sizes).toEqual([10, 10, 5]);
    expect(versions.size).toBe(1);
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'app=lists,!parity' });
  });

  test('say how many remain, unless a selector leaves some out', async () => {
    const first = await core.listNamespacedConfigMap({ namespace, limit: 10 });
    const all = await core.listNamespacedConfigMap({ namespace });
    expect(first.metadata?.remainingItemCount).toBe(all.items.length - 10);
    const selected = await core.listNamespacedConfigMap({ namespace, limit: 10, labelSelector: 'app=lists' });
    expect(selected.metadata?.remainingItemCount).toBeUndefined();
    expect(selected.metadata?._continue).toBeTruthy();
  });

  test.each([
    ['parity=odd', 12],
    ['app=lists,parity!=odd', 13],
    ['parity in (odd, even)', 25],
    ['app=lists,parity notin (odd)', 13],
    ['parity', 25],
    ['app=lists,!parity', 0],
  ])('are of those that fit %j', async (labelSelector, count) => {
    expect((await core.listNamespacedConfigMap({ namespace, labelSelector })).items).toHaveLength(count);
  });

  test('are of those whose fields fit', async () => {
    const onControlPlane = await core.listPodForAllNamespaces({
      fieldSelector: 'spec.nodeName=cp1,status.phase=Running',
    });
    expect(named(onControlPlane.items)).toContain('etcd-cp1');
    expect(new Set(onControlPlane.items.map(({ spec }) => spec?.nodeName))).toEqual(new Set(['cp1']));
    const one = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=item-07' });
    expect(one.items.map(({ data }) => data)).toEqual([{ index: '7' }]);
  });

  test('of a selector that cannot be read, and of a field that cannot be selected, are refused', async () => {
    await expect(core.listNamespacedConfigMap({ namespace, labelSelector: 'a in' })).rejects.toMatchObject({
      code: 400,
    });
    await expect(core.listNamespacedPod({ namespace, fieldSelector: 'spec.foo=1' })).rejects.toMatchObject({
      code: 400,
      body: expect.stringContaining('field label not supported: spec.foo'),
    });
  });

  test('that go on when the revision is gone, are refused with 410', async () => {
    const page = await core.listNamespacedConfigMap({ namespace, limit: 10 });
    passCompaction(cluster);
    await expect(
      core.listNamespacedConfigMap({ namespace, limit: 10, _continue: page.metadata?._continue ?? '' }),
    ).rejects.toMatchObject({
      code: 410,
    });
  });

  test('are of typed objects', async () => {
    const { items } = await core.listNode();
    expect(named(items)).toEqual(['cp1', 'w1', 'w2']);
    expect(items[0]?.metadata?.creationTimestamp).toBeInstanceOf(Date);
    expect(items[0]?.status?.nodeInfo?.kubeletVersion).toBe('v1.36.4');
  });
});
