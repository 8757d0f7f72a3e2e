import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { fromKey, prefixOf } from './key-value.ts';
import { Store } from './store.ts';
import type { WatchResponse } from './watch.ts';

const make = () => {
  const kernel = new Kernel({ start: 0, seed: 1 });
  return { kernel, store: new Store(kernel) };
};
const keys = (response: { kvs: readonly { key: string }[] }) => response.kvs.map((kv) => kv.key);
const put = (store: Store, ...pairs: string[]) => {
  for (const pair of pairs) {
    const [key = '', value = ''] = pair.split('=');
    store.put({ key, value });
  }
};

describe('revisions', () => {
  it('begin at 1 and grow with each change, and with nothing else', () => {
    const { store } = make();
    expect(store.revision).toBe(1);
    expect(store.put({ key: 'a', value: '1' }).revision).toBe(2);
    expect(store.delete({ key: 'nothing' }).revision).toBe(2);
    expect(store.range({ key: 'a' }).revision).toBe(2);
    expect(store.txn({ compare: [], success: [{ op: 'range', key: 'a' }], failure: [] }).revision).toBe(2);
  });
  it('are kept for each key: created, changed, and how often', () => {
    const { store } = make();
    put(store, 'a=1', 'b=1', 'a=2');
    expect(store.range({ key: 'a' }).kvs).toEqual([
      { key: 'a', value: '2', createRevision: 2, modRevision: 4, version: 2, lease: 0 },
    ]);
    store.delete({ key: 'a' });
    put(store, 'a=3');
    expect(store.range({ key: 'a' }).kvs[0]).toMatchObject({ createRevision: 6, modRevision: 6, version: 1 });
  });
  it('let the past be read, and not the future', () => {
    const { store } = make();
    put(store, 'a=1', 'a=2');
    store.delete({ key: 'a' });
    expect(store.range({ key: 'a', revision: 2 }).kvs[0]?.value).toBe('1');
    expect(store.range({ key: 'a', revision: 3 }).kvs[0]?.value).toBe('2');
    expect(store.range({ key: 'a', revision: 4 }).kvs).toEqual([]);
    expect(store.range({ key: 'a', revision: 1 }).kvs).toEqual([]);
    expect(() => store.range({ key: 'a', revision: 5 })).toThrow(
      'etcdserver: mvcc: required revision is a future revision',
    );
  });
});

describe('ranges', () => {
  const filled = () => {
    const { store } = make();
    put(store, '/pods/a=3', '/pods/b=2', '/pods/c=1', '/podsx=0', '/nodes/w1=9');
    return store;
  };
  it('are one key, a half-open interval, a prefix, or all from a key on', () => {
    const store = filled();
    expect(keys(store.range({ key: '/pods/b' }))).toEqual(['/pods/b']);
    expect(keys(store.range({ key: '/pods/a', end: '/pods/c' }))).toEqual(['/pods/a', '/pods/b']);
    expect(keys(store.range(prefixOf('/pods/')))).toEqual(['/pods/a', '/pods/b', '/pods/c']);
    expect(keys(store.range(fromKey('/pods/c')))).toEqual(['/pods/c', '/podsx']);
    expect(store.range(prefixOf('')).count).toBe(5);
    expect(keys(store.range(prefixOf('\uffff')))).toEqual([]);
    expect(() => store.range({ key: '' })).toThrow('etcdserver: key is not provided');
  });
  it('limit what is sent and still count it all', () => {
    const store = filled();
    const first = store.range({ ...prefixOf('/pods/'), limit: 2 });
    expect([keys(first), first.count, first.more]).toEqual([['/pods/a', '/pods/b'], 3, true]);
    const all = store.range({ ...prefixOf('/pods/'), limit: 3 });
    expect([all.count, all.more]).toEqual([3, false]);
    expect(store.range({ ...prefixOf('/pods/'), countOnly: true })).toMatchObject({ kvs: [], count: 3 });
  });
  it('sort by anything, before they limit, and leave values out', () => {
    const store = filled();
    const sorted = store.range({ ...prefixOf('/pods/'), sort: { by: 'value' }, limit: 1 });
    expect([keys(sorted), sorted.more]).toEqual([['/pods/c'], true]);
    const newest = store.range({ ...prefixOf('/pods/'), sort: { by: 'modRevision', descend: true } });
    expect(keys(newest)).toEqual(['/pods/c', '/pods/b', '/pods/a']);
    expect(store.range({ key: '/pods/a', keysOnly: true }).kvs[0]).toMatchObject({ key: '/pods/a', value: '' });
  });
});

describe('deletions', () => {
  it('say what was there, and share a revision', () => {
    const { store } = make();
    put(store, 'a=1', 'b=2', 'c=3');
    expect(store.delete({ key: 'a', end: 'c' })).toMatchObject({
      deleted: 2,
      prevKvs: [{ key: 'a' }, { key: 'b' }],
      revision: 5,
    });
    expect(keys(store.range(prefixOf('')))).toEqual(['c']);
  });
});

describe('transactions', () => {
  it('do one side or the other, in one revision', () => {
    const { store } = make();
    const claim = (value: string) =>
      store.txn({
        compare: [{ key: 'lock', target: 'createRevision', is: '=', to: 0 }],
        success: [
          { op: 'put', key: 'lock', value },
          { op: 'put', key: 'owner', value },
        ],
        failure: [{ op: 'range', key: 'lock' }],
      });
    expect(claim('one')).toMatchObject({ succeeded: true, revision: 2 });
    expect(claim('two')).toMatchObject({
      succeeded: false,
      revision: 2,
      responses: [{ op: 'range', kvs: [{ value: 'one', modRevision: 2 }] }],
    });
    expect(store.range({ key: 'owner' }).kvs[0]?.modRevision).toBe(2);
  });
  it('see what they wrote themselves', () => {
    const { store } = make();
    const { responses } = store.txn({
      compare: [],
      success: [
        { op: 'put', key: 'a', value: '1' },
        { op: 'range', key: 'a' },
        { op: 'delete', key: 'b' },
      ],
      failure: [],
    });
    expect(responses[1]).toMatchObject({ op: 'range', kvs: [{ value: '1' }] });
    expect(responses[2]).toMatchObject({ op: 'delete', deleted: 0 });
  });
  it('compare every target, over ranges too, and a missing key as zeros', () => {
    const { store } = make();
    put(store, 'a=1', 'a=2', 'b=5');
    const is = (compare: object) => store.txn({ compare: [compare as never], success: [], failure: [] }).succeeded;
    expect(is({ key: 'a', target: 'version', is: '=', to: 2 })).toBe(true);
    expect(is({ key: 'a', target: 'modRevision', is: '<', to: 4 })).toBe(true);
    expect(is({ key: 'a', target: 'value', is: '>', to: '1' })).toBe(true);
    expect(is({ key: 'a', target: 'value', is: '!=', to: '2' })).toBe(false);
    expect(is({ key: 'a', target: 'lease', is: '=', to: 0 })).toBe(true);
    expect(is({ key: 'none', target: 'version', is: '=', to: 0 })).toBe(true);
    expect(is({ key: 'none', target: 'value', is: '=', to: '' })).toBe(false);
    expect(is({ ...prefixOf(''), target: 'version', is: '>', to: 0 })).toBe(true);
    expect(is({ ...prefixOf(''), target: 'version', is: '>', to: 1 })).toBe(false);
  });
  it('are refused as a whole', () => {
    const { store } = make();
    const ops =
      (...success: object[]) =>
      () =>
        store.txn({ compare: [], success: success as never[], failure: [] });
    expect(ops({ op: 'put', key: 'a', value: '' }, { op: 'put', key: 'a', value: '' })).toThrow(
      'etcdserver: duplicate key given in txn request',
    );
    expect(ops({ op: 'put', key: 'a', value: '' }, { op: 'delete', ...prefixOf('') })).toThrow('duplicate key');
    expect(ops({ op: 'put', key: '', value: '' })).toThrow('key is not provided');
    expect(ops({ op: 'put', key: 'a', value: '' }, { op: 'put', key: 'b', value: '', lease: 9 })).toThrow(
      'etcdserver: requested lease not found',
    );
    expect(ops({ op: 'put', key: 'a', value: '' }, { op: 'range', key: 'a', revision: 99 })).toThrow('future revision');
    expect(ops(...Array.from({ length: 129 }, (_, i) => ({ op: 'put', key: `k${i}`, value: '' })))).toThrow(
      'etcdserver: too many operations in txn request',
    );
    expect(() => store.put({ key: 'a', value: 'é'.repeat(800_000) })).toThrow('etcdserver: request is too large');
    expect(store.revision).toBe(1);
    expect(store.put({ key: 'a', value: 'x'.repeat(1_500_000) }).revision).toBe(2);
  });
});

describe('compaction', () => {
  it('forgets the past and keeps the present', () => {
    const { store } = make();
    put(store, 'a=1', 'a=2', 'gone=1');
    store.delete({ key: 'gone' });
    put(store, 'a=3');
    store.compact(5);
    expect(store.range({ key: 'a', revision: 5 }).kvs[0]?.value).toBe('2');
    expect(store.range({ key: 'a' }).kvs[0]).toMatchObject({ value: '3', version: 3, createRevision: 2 });
    expect(() => store.range({ key: 'a', revision: 4 })).toThrow(
      'etcdserver: mvcc: required revision has been compacted',
    );
    expect(() => store.compact(5)).toThrow('has been compacted');
    expect(() => store.compact(7)).toThrow('future revision');
    expect(store.snapshot().changes.map(({ key, revision }) => `${key} ${revision}`)).toEqual(['a 3', 'a 6']);
  });
});

describe('watches', () => {
  const watching = (store: Store, request: object) => {
    const responses: WatchResponse[] = [];
    const watch = store.watch(request as never, (response) => responses.push(response));
    const seen = () =>
      responses.flatMap(({ events }) =>
        events.map(({ type, kv }) => `${type} ${kv.key}=${kv.value}@${kv.modRevision}`),
      );
    return { watch, responses, seen };
  };
  it('send what happens to their keys from now on, with what was there before', () => {
    const { kernel, store } = make();
    put(store, '/a=0');
    const { responses, seen } = watching(store, prefixOf('/'));
    put(store, '/a=1', 'b=1');
    expect(responses).toEqual([]);
    kernel.runFor(0);
    store.delete({ key: '/a' });
    kernel.runFor(0);
    expect(seen()).toEqual(['PUT /a=1@3', 'DELETE /a=@5']);
    expect(responses[0]?.events[0]?.prevKv?.value).toBe('0');
  });
  it('begin in the past without losing anything, or in the future', () => {
    const { kernel, store } = make();
    put(store, 'a=1', 'a=2', 'a=3');
    const past = watching(store, { key: 'a', startRevision: 3 });
    const future = watching(store, { key: 'a', startRevision: 6 });
    kernel.runFor(0);
    put(store, 'a=4', 'a=5');
    kernel.runFor(0);
    expect(past.seen()).toEqual(['PUT a=2@3', 'PUT a=3@4', 'PUT a=4@5', 'PUT a=5@6']);
    expect(future.seen()).toEqual(['PUT a=5@6']);
  });
  it('keep the events of one revision together', () => {
    const { kernel, store } = make();
    const { responses } = watching(store, prefixOf(''));
    store.txn({
      compare: [],
      success: [
        { op: 'put', key: 'b', value: '' },
        { op: 'put', key: 'a', value: '' },
      ],
      failure: [],
    });
    kernel.runFor(0);
    expect(responses.map(({ events }) => events.map((event) => event.kv.key))).toEqual([['b', 'a']]);
  });
  it('leave out what is not wanted', () => {
    const { kernel, store } = make();
    const { seen } = watching(store, { ...prefixOf(''), without: 'DELETE' });
    put(store, 'a=1');
    store.delete({ key: 'a' });
    kernel.runFor(0);
    expect(seen()).toEqual(['PUT a=1@2']);
  });
  it('lose nothing while they pause, unless it is compacted, and then say so and end', () => {
    const { kernel, store } = make();
    const slow = watching(store, prefixOf(''));
    const lost = watching(store, prefixOf(''));
    slow.watch.pause();
    lost.watch.pause();
    put(store, 'a=1', 'a=2', 'a=3');
    kernel.runFor(0);
    expect(slow.seen()).toEqual([]);
    slow.watch.resume();
    kernel.runFor(0);
    expect(slow.seen()).toEqual(['PUT a=1@2', 'PUT a=2@3', 'PUT a=3@4']);
    store.compact(4);
    lost.watch.resume();
    kernel.runFor(0);
    expect(lost.responses).toEqual([{ revision: 4, events: [], compactRevision: 4 }]);
    expect(lost.watch.isOpen).toBe(false);
    expect(store.watchers).toBe(1);
  });
  it('tell their progress, after what came before it', () => {
    const { kernel, store } = make();
    const { watch, responses } = watching(store, { key: 'a' });
    put(store, 'a=1', 'b=1');
    watch.requestProgress();
    kernel.runFor(0);
    expect(responses.map(({ revision, events }) => [revision, events.length])).toEqual([
      [3, 1],
      [3, 0],
    ]);
  });
  it('end when they are cancelled, from inside too', () => {
    const { kernel, store } = make();
    let count = 0;
    const watch = store.watch(prefixOf(''), () => {
      count += 1;
      watch.cancel();
    });
    watch.requestProgress();
    put(store, 'a=1');
    kernel.runFor(0);
    put(store, 'a=2');
    kernel.runFor(0);
    expect(count).toBe(1);
    expect(store.watchers).toBe(0);
  });
});

describe('leases', () => {
  it('take their keys with them when their time is over, in one revision', () => {
    const { kernel, store } = make();
    const { id, ttl } = store.leases.grant(10);
    expect(ttl).toBe(10);
    store.put({ key: 'b', value: '', lease: id });
    store.put({ key: 'a', value: '', lease: id });
    put(store, 'c=1');
    kernel.runFor(9_000);
    expect(store.leases.state(id)).toEqual({ id, ttl: 10, remaining: 1, keys: ['a', 'b'] });
    kernel.runFor(1_000);
    expect(keys(store.range(prefixOf('')))).toEqual(['c']);
    expect(store.revision).toBe(5);
    expect(store.leases.list()).toEqual([]);
  });
  it('live on when they are kept alive, and end when they are revoked', () => {
    const { kernel, store } = make();
    const { id } = store.leases.grant(5);
    store.put({ key: 'a', value: '', lease: id });
    for (let index = 0; index < 5; index += 1) {
      kernel.runFor(4_000);
      expect(store.leases.keepAlive(id)).toBe(5);
    }
    expect(store.range({ key: 'a' }).count).toBe(1);
    store.leases.revoke(id);
    expect(store.range({ key: 'a' }).count).toBe(0);
    expect(() => store.leases.keepAlive(id)).toThrow('etcdserver: requested lease not found');
  });
  it('let a key go that is written without them', () => {
    const { store } = make();
    const { id } = store.leases.grant(5);
    store.put({ key: 'a', value: '', lease: id });
    put(store, 'a=1');
    store.leases.revoke(id);
    expect(store.range({ key: 'a' }).count).toBe(1);
  });
  it('are at least 2 s, at most nine billion, and unique', () => {
    const { store } = make();
    expect(store.leases.grant(1, 7)).toEqual({ id: 7, ttl: 2 });
    expect(() => store.leases.grant(5, 7)).toThrow('etcdserver: lease already exists');
    expect(() => store.leases.grant(9_000_000_001)).toThrow('etcdserver: too large lease TTL');
  });
  it('do not expire while their store is closed, and go on when it opens', () => {
    const { kernel, store } = make();
    const { id } = store.leases.grant(5);
    store.put({ key: 'a', value: '', lease: id });
    kernel.runFor(3000);
    store.close();
    kernel.runFor(60_000);
    store.open();
    kernel.runFor(1000);
    expect(store.range({ key: 'a' }).count).toBe(1);
    kernel.runFor(2000);
    expect(store.range({ key: 'a' }).count).toBe(0);
  });
});

it('a snapshot without history is that of a store that was compacted', () => {
  const { kernel, store } = make();
  for (const change of ['a=1', 'b=1', 'a=2', 'c=1']) put(store, change);
  store.delete({ key: 'b' });
  const short = store.snapshot({ history: false });
  store.compact(store.revision);
  expect(short).toEqual(store.snapshot());
  const restored = new Store(kernel, short);
  expect(restored.range({ key: 'a', end: 'd' }).kvs).toEqual(store.range({ key: 'a', end: 'd' }).kvs);
  expect(restored.revision).toBe(store.revision);
});

describe('a closed store', () => {
  it('can be read by whoever still holds on to it, not more, and has lost nothing when it opens again', () => {
    const { kernel, store } = make();
    put(store, 'a=1');
    const seen: string[] = [];
    store.watch({ key: 'a' }, ({ events }) => seen.push(...events.map(({ kv }) => `${kv.key}@${kv.modRevision}`)));
    store.close();
    for (const request of [
      () => store.put({ key: 'a', value: '2' }),
      () => store.delete({ key: 'a' }),
      () => store.txn({ compare: [], success: [], failure: [] }),
      () => store.watch({ key: 'a' }, () => undefined),
      () => store.compact(1),
    ])
      expect(request).toThrow('etcdserver: server stopped');
    expect(store.range({ key: 'a' }).count).toBe(1);
    store.open();
    put(store, 'a=2');
    kernel.runFor(0);
    expect(store.range({ key: 'a' }).kvs.map(({ modRevision }) => modRevision)).toEqual([3]);
    expect(seen).toEqual(['a@3']);
  });
});
