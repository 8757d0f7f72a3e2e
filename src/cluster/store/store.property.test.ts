import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { type KeyValue, prefixOf, type StoreEvent } from './key-value.ts';
import { Store } from './store.ts';

// Random operations on a store and on a model that keeps a whole copy for each revision: whatever is asked, both say the same.

const KEYS = ['/a', '/a/1', '/a/2', '/b', '/b/1', '/c'];

class Model {
  readonly past: Map<string, KeyValue>[] = [new Map(), new Map()];

  get now(): Map<string, KeyValue> {
    return this.past.at(-1) as Map<string, KeyValue>;
  }
  apply(change: (next: Map<string, KeyValue>, revision: number) => boolean): void {
    const next = new Map(this.now);
    if (change(next, this.past.length)) this.past.push(next);
  }
}

function run(seed: number) {
  const kernel = new Kernel({ start: 0, seed });
  const { random } = kernel;
  const store = new Store(kernel);
  const model = new Model();
  const copies: Map<string, KeyValue>[] = [];
  const watchers: { from: number; copy: Map<string, KeyValue>; revisions: number[] }[] = [];
  const follow = (startRevision: number) => {
    const copy = new Map(model.past[startRevision - 1]);
    const watcher = { from: startRevision, copy, revisions: [] as number[] };
    watchers.push(watcher);
    store.watch({ ...prefixOf(''), startRevision }, ({ events, compactRevision }) => {
      expect(compactRevision).toBeUndefined();
      for (const event of events) replay(copy, event);
      watcher.revisions.push(...events.map((event) => event.kv.modRevision));
    });
  };
  follow(2);
  for (let step = 0; step < 150; step += 1) {
    const key = random.pick(KEYS);
    const action = random.int(10);
    if (action < 5) {
      const value = String(random.int(100));
      store.put({ key, value });
      model.apply((next, revision) => {
        const old = next.get(key);
        next.set(key, {
          key,
          value,
          createRevision: old?.createRevision ?? revision,
          modRevision: revision,
          version: (old?.version ?? 0) + 1,
          lease: 0,
        });
        return true;
      });
    } else if (action < 7) {
      const range = random.int(2) === 0 ? { key } : prefixOf(key);
      const { deleted } = store.delete(range);
      model.apply((next) => {
        const gone = [...next.keys()].filter((each) => (range.end === undefined ? each === key : each.startsWith(key)));
        for (const each of gone) next.delete(each);
        expect(deleted).toBe(gone.length);
        return gone.length > 0;
      });
    } else if (action < 8) {
      const revision = store.compactRevision + random.int(store.revision - store.compactRevision + 1);
      if (revision > store.compactRevision && random.int(5) === 0) {
        kernel.runFor(0);
        store.compact(revision);
      }
    } else if (action < 9) {
      follow(Math.max(2, store.compactRevision) + random.int(store.revision - Math.max(1, store.compactRevision) + 1));
    } else kernel.runFor(random.int(10));
    expect(store.revision).toBe(model.past.length - 1);
    const revision =
      Math.max(1, store.compactRevision) + random.int(store.revision - Math.max(1, store.compactRevision) + 1);
    const expected = [...(model.past[revision] as Map<string, KeyValue>).values()].sort((a, b) =>
      a.key < b.key ? -1 : 1,
    );
    expect(store.range({ ...prefixOf(''), revision }).kvs).toEqual(expected);
  }
  kernel.runFor(0);
  for (const { copy, revisions } of watchers) {
    copies.push(copy);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  }
  return { kernel, store, model, copies };
}

function replay(copy: Map<string, KeyValue>, { type, kv }: StoreEvent): void {
  if (type === 'PUT') copy.set(kv.key, kv);
  else copy.delete(kv.key);
}

describe('a store under random operations', () => {
  it.each(Array.from({ length: 40 }, (_, index) => index + 1))('seed %i', (seed) => {
    const { store, model, copies } = run(seed);
    // A list, and the watch from there on, make the list of now.
    for (const copy of copies) expect(copy).toEqual(model.now);
    // A snapshot restored equals its original, and goes on as it would.
    const kernel = new Kernel({ start: 0, seed });
    const restored = new Store(kernel, JSON.parse(JSON.stringify(store.snapshot())));
    expect(JSON.stringify(restored.snapshot())).toEqual(JSON.stringify(store.snapshot()));
    for (let revision = Math.max(1, store.compactRevision); revision <= store.revision; revision += 1) {
      expect(restored.range({ ...prefixOf(''), revision })).toEqual(store.range({ ...prefixOf(''), revision }));
    }
    const events = (each: Store, clock: Kernel) => {
      const seen: string[] = [];
      each.watch({ ...prefixOf(''), startRevision: Math.max(2, each.compactRevision) }, (response) => {
        seen.push(...response.events.map((event) => `${event.type} ${event.kv.key} ${event.kv.modRevision}`));
      });
      clock.runFor(0);
      return seen;
    };
    const { kernel: original } = { kernel: new Kernel({ start: 0, seed }) };
    const again = new Store(original, store.snapshot());
    expect(events(restored, kernel)).toEqual(events(again, original));
    expect(restored.put({ key: 'z', value: '' }).revision).toBe(store.revision + 1);
  });
  it('does the same for the same seed', () => {
    expect(JSON.stringify(run(99).store.snapshot())).toBe(JSON.stringify(run(99).store.snapshot()));
  });
});
