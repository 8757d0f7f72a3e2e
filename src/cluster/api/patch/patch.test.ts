import { describe, expect, test } from 'vitest';
import { applyJsonPatch, PatchError } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

describe('JSON patches', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y': 1 };
  test.each([
    [
      { op: 'add', path: '/a/c', value: 5 },
      { a: { b: [1, 2, 3], c: 5 }, 'x/y': 1 },
    ],
    [
      { op: 'add', path: '/a/b/-', value: 4 },
      { a: { b: [1, 2, 3, 4] }, 'x/y': 1 },
    ],
    [
      { op: 'add', path: '/a/b/1', value: 9 },
      { a: { b: [1, 9, 2, 3] }, 'x/y': 1 },
    ],
    [
      { op: 'remove', path: '/a/b/0' },
      { a: { b: [2, 3] }, 'x/y': 1 },
    ],
    [
      { op: 'replace', path: '/x~1y', value: 2 },
      { a: { b: [1, 2, 3] }, 'x/y': 2 },
    ],
    [
      { op: 'move', from: '/x~1y', path: '/z' },
      { a: { b: [1, 2, 3] }, z: 1 },
    ],
    [
      { op: 'copy', from: '/a/b/2', path: '/z' },
      { ...document, z: 3 },
    ],
    [{ op: 'test', path: '/a/b/1', value: 2 }, document],
  ])('%j', (operation, result) => {
    expect(applyJsonPatch(document, [operation])).toEqual(result);
  });
  test.each([
    { op: 'remove', path: '/none' },
    { op: 'replace', path: '/a/none', value: 1 },
    { op: 'add', path: '/none/deep', value: 1 },
    { op: 'add', path: '/a/b/9', value: 1 },
    { op: 'add', path: '/a/b/x', value: 1 },
    { op: 'test', path: '/a/b/1', value: 7 },
    { op: 'move', from: '/none', path: '/z' },
    { op: 'bogus', path: '/a' },
    { op: 'add', value: 1 },
  ])('%j cannot be applied, and changes nothing', (operation) => {
    const before = JSON.stringify(document);
    expect(() => applyJsonPatch(document, [operation])).toThrow(PatchError);
    expect(JSON.stringify(document)).toBe(before);
  });
});

test('merge patches: null removes, objects are merged, lists replaced, what is left alone is shared', () => {
  const before = { a: { b: 1, c: 2 }, list: [1, 2], kept: { x: 1 } };
  const after = applyMergePatch(before, { a: { b: null, d: 3 }, list: [3] }) as typeof before;
  expect(after).toEqual({ a: { c: 2, d: 3 }, list: [3], kept: { x: 1 } });
  expect(after.kept).toBe(before.kept);
});

describe('strategic merge patches', () => {
  const deployment = {
    spec: {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
            { name: 'b', image: 'b:1' },
          ],
        },
      },
    },
  };
  const patched = (patch: object) =>
    applyStrategicMergePatch('apps.v1.Deployment', deployment, patch as never) as unknown as typeof deployment;
  const containers = (list: object[]) => ({ spec: { template: { spec: { containers: list } } } });
  test('lists are joined by their merge keys', () => {
    const { spec } = patched(containers([{ name: 'a', image: 'a:2', env: [{ name: 'Y', value: '2' }] }]));
    expect(spec.template.spec.containers).toEqual([
      {
        name: 'a',
        image: 'a:2',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      },
      { name: 'b', image: 'b:1' },
    ]);
  });
  test('an item is deleted, a list replaced, an order kept', () => {
    expect(
      patched(containers([{ name: 'a', $patch: 'delete' }])).spec.template.spec.containers.map(({ name }) => name),
    ).toEqual(['b']);
    expect(patched(containers([{ $patch: 'replace' }, { name: 'c' }])).spec.template.spec.containers).toEqual([
      { name: 'c' },
    ]);
    const ordered = {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
            containers: [{ name: 'b', image: 'b:2' }],
          },
        },
      },
    };
    expect(patched(ordered).spec.template.spec.containers.map(({ name }) => name)).toEqual(['b', 'a']);
  });
  test('retainKeys drops what it does not name', () => {
    expect(patched({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }).spec.strategy).toEqual({
      type: 'Recreate',
    });
  });
  test('sets of scalars are joined; deleteFromPrimitiveList takes away', () => {
    const object = { metadata: { finalizers: ['a', 'b'] } };
    const apply = (patch: object) => applyStrategicMergePatch('core.v1.Pod', object, patch as never);
    expect(apply({ metadata: { finalizers: ['b', 'c'] } })).toEqual({ metadata: { finalizers: ['a', 'b', 'c'] } });
    expect(apply({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });
  test('an item without its merge key is refused', () => {
    expect(() => patched(containers([{ image: 'x' }]))).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
  });
});
