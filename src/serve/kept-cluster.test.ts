import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { ClusterState } from '../cluster/cluster.ts';
import { NotKept, readKept, writeKept } from './kept-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'clusterbook-kept-'));
const state = { now: 1, nodes: [] } as unknown as ClusterState;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a cluster comes back as it was written, and nothing else is left beside it', async () => {
  const file = join(folder, 'a');
  expect(await readKept(file)).toBe(undefined);
  await writeKept(file, state);
  await writeKept(file, { ...state, now: 2 });
  expect(await readKept(file)).toEqual({ now: 2, nodes: [] });
  expect(readdirSync(folder)).toEqual(['a']);
});

it.each([
  ['text', 'no cluster at all', 'holds no cluster'],
  ['nothing', '', 'holds no cluster'],
  ['other JSON', gzipSync('{"kind":"Pod"}'), 'holds no cluster'],
  ['null', gzipSync('null'), 'holds no cluster'],
  ['half of one', gzipSync('{"format":"clusterbook cluster 1","cluster":{}}').subarray(0, 40), 'holds no cluster'],
  [
    'another version',
    gzipSync('{"format":"clusterbook cluster 9","cluster":{}}'),
    'is of another version (clusterbook cluster 9)',
  ],
])('%s is refused', async (_, bytes, why) => {
  const file = join(folder, 'b');
  writeFileSync(file, bytes);
  const refused = await readKept(file).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(NotKept);
  expect((refused as Error).message).toBe(`${file} ${why}: it stays as it is; --keep FILE takes another.`);
});

it('a file that cannot be read is an error of its own', async () => {
  await expect(readKept(folder)).rejects.toThrow('EISDIR');
});

it('names its format first, for those who look', async () => {
  const file = join(folder, 'c');
  await writeKept(file, state);
  expect(gunzipSync(readFileSync(file)).toString()).toMatch(/^\{"format":"clusterbook cluster 1",/);
});
