import { describe, expect, it } from 'vitest';
import { readJson, readText, type Shelf, writeJson, writeText } from './storage.ts';

function shelf(): Shelf & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
const forbidden: Shelf = {
  getItem: () => {
    throw new DOMException('no', 'SecurityError');
  },
  setItem: () => {
    throw new DOMException('full', 'QuotaExceededError');
  },
  removeItem: () => {
    throw new DOMException('no', 'SecurityError');
  },
};
const numbers = (value: unknown) =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'number') : undefined;

describe('storage', () => {
  it('keeps values under the site’s own prefix', () => {
    const own = shelf();
    writeJson('done', [1, 2], own);
    expect([...own.kept.keys()]).toEqual(['clusterbook:done']);
    expect(readJson('done', numbers, own)).toEqual([1, 2]);
    writeJson('done', undefined, own);
    expect(own.kept.size).toBe(0);
  });
  it('takes broken and foreign values for none', () => {
    const own = shelf();
    writeText('done', '{', own);
    expect(readJson('done', numbers, own)).toBeUndefined();
    writeText('done', '"text"', own);
    expect(readJson('done', numbers, own)).toBeUndefined();
  });
  it('survives a browser that forbids it', () => {
    expect(readText('theme', forbidden)).toBeUndefined();
    expect(() => writeText('theme', 'dark', forbidden)).not.toThrow();
    expect(() => writeText('theme', undefined, forbidden)).not.toThrow();
  });
});
