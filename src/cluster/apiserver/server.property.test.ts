import { describe, expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { configMap } from '../api/kinds/core/config-map.ts';
import { type KubeObject, keyOf } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { ConfigMap } from '../api/types/core.ts';
import type { WatchEvent } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import { TestServer } from './test-server.ts';

const SEEDS = [11, 12, 13, 14, 15];
const LABELS = { colour: 'blue' };

/** Random writes of a few objects: what is in conflict or not there fails, as it may. */
function write(test: TestServer, random: Random): void {
  const name = `c${random.int(6)}`;
  const object = test.client.find(configMap, 'default', name);
  const labels = random.int(2) === 0 ? LABELS : {};
  try {
    if (!object) {
      test.client.create(configMap, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default', labels },
        data: {},
      });
    } else if (random.int(3) === 0) test.client.delete(configMap, object);
    else if (random.int(2) === 0) {
      test.client.update(configMap, {
        ...object,
        metadata: { ...object.metadata, labels },
        data: { n: `${random.int(3)}` },
      });
    } else test.client.patch(configMap, object, { data: { [`k${random.int(3)}`]: `${random.int(9)}` } }, 'merge');
  } catch (error) {
    if (!isReason(error, 'Conflict', 'NotFound')) throw error;
  }
}

const state = (objects: Iterable<KubeObject>) =>
  Object.fromEntries(
    [...objects].map((object) => [keyOf(object), object]).sort(([a], [b]) => (`${a}` < `${b}` ? -1 : 1)),
  );

describe.each(SEEDS)('random writes, seed %i', (seed) => {
  it('list and watch equals list, from any moment and through a selector; resourceVersions grow', () => {
    const test = new TestServer(seed);
    const random = new Random(seed);
    const watchers: { known: Map<string, ConfigMap>; last: number; selector: string }[] = [];
    for (let step = 0; step < 300; step += 1) {
      write(test, random);
      if (random.int(20) === 0) {
        const selector = random.int(2) === 0 ? '' : 'colour=blue';
        const list = test.client.list(configMap, { namespace: 'default', labelSelector: selector });
        const watcher = {
          known: new Map(list.items.map((item) => [keyOf(item), item])),
          last: Number(list.metadata.resourceVersion),
          selector,
        };
        watchers.push(watcher);
        test.client
          .watch(configMap, list.metadata.resourceVersion, { namespace: 'default', labelSelector: selector })
          .read({
            next: ({ type, object }: WatchEvent<ConfigMap>) => {
              const seen = object as ConfigMap;
              const version = Number(seen.metadata.resourceVersion);
              expect(version).toBeGreaterThan(watcher.last);
              watcher.last = version;
              expect(watcher.known.has(keyOf(seen))).toBe(type !== 'ADDED');
              if (type === 'DELETED') watcher.known.delete(keyOf(seen));
              else watcher.known.set(keyOf(seen), seen);
            },
            end: () => undefined,
          });
      }
      if (random.int(4) === 0) test.kernel.runFor(random.int(50));
    }
    test.kernel.runFor(1000);
    expect(watchers.length).toBeGreaterThan(3);
    for (const { known, selector } of watchers) {
      const now = test.client.list(configMap, { namespace: 'default', labelSelector: selector });
      expect(state(known.values())).toEqual(state(now.items));
    }
  });

  it('an informer whose watch is broken off, and that compaction overtakes, knows what is there', () => {
    const test = new TestServer(seed);
    const random = new Random(seed);
    const informer = new Informer(test.kernel, test.client, configMap);
    const told = new Map<string, ConfigMap>();
    informer.handle({
      added: (object) => told.set(keyOf(object), object),
      updated: (object) => told.set(keyOf(object), object),
      deleted: (object) => told.delete(keyOf(object)),
    });
    informer.start();
    for (let step = 0; step < 200; step += 1) {
      write(test, random);
      if (random.int(3) === 0) test.kernel.runFor(random.int(3000));
      if (random.int(25) === 0 && test.store.revision > test.store.compactRevision)
        test.store.compact(test.store.revision);
    }
    test.kernel.runFor(120_000);
    const now = state(test.client.list(configMap).items);
    expect(state(informer.all())).toEqual(now);
    expect(state(told.values())).toEqual(now);
  });

  it('a server on a restored snapshot answers as its original, and goes on from there', () => {
    const test = new TestServer(seed);
    const random = new Random(seed);
    for (let step = 0; step < 200; step += 1) write(test, random);
    const snapshot = JSON.parse(JSON.stringify(test.store.snapshot()));
    const restored = new TestServer(seed, snapshot);
    const everything = (each: TestServer) =>
      ['/api/v1/configmaps', '/api/v1/namespaces', '/apis/rbac.authorization.k8s.io/v1/clusterroles'].map(
        (path) => each.asAdmin('GET', path).body,
      );
    expect(everything(restored)).toEqual(everything(test));
    const before = restored.store.revision;
    for (let step = 0; step < 50; step += 1) write(restored, random);
    expect(restored.store.revision).toBeGreaterThan(before);
  });

  it('the same seed writes the same bytes', () => {
    const dump = () => {
      const test = new TestServer(seed);
      const random = new Random(seed);
      for (let step = 0; step < 100; step += 1) write(test, random);
      return JSON.stringify(test.store.snapshot());
    };
    expect(dump()).toBe(dump());
  });
});
