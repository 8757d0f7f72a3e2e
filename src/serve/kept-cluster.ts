import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ClusterState } from '../cluster/cluster.ts';

/** Grows when what is saved gets another shape: an older file is refused, not misread. */
const FORMAT = 'clusterbook cluster 1';

/** A file that holds no cluster, or none that this version reads; the message is one sentence. */
export class NotKept extends Error {}

/**
 * The cluster that a file keeps.
 *
 * @returns undefined when there is no such file
 * @throws NotKept; an error of node:fs for a file that cannot be read
 */
export async function readKept(file: string): Promise<ClusterState | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const kept = await parsed(bytes);
  if (kept?.format === FORMAT && kept.cluster) return kept.cluster;
  const why = kept?.format?.startsWith('clusterbook') ? `is of another version (${kept.format})` : 'holds no cluster';
  throw new NotKept(`${file} ${why}: it stays as it is; --keep FILE takes another.`);
}

async function parsed(bytes: Buffer): Promise<{ format?: string; cluster?: ClusterState } | undefined> {
  try {
    return JSON.parse((await promisify(gunzip)(bytes)).toString()) as { format?: string; cluster?: ClusterState };
  } catch {
    return undefined;
  }
}

/** Writes it beside, and then in place of what is there: whatever happens, the file is whole. */
export async function writeKept(file: string, cluster: ClusterState): Promise<void> {
  const bytes = await promisify(gzip)(JSON.stringify({ format: FORMAT, cluster }));
  const beside = `${file}.${process.pid}.tmp`;
  // Keys of the cluster are in it.
  await writeFile(beside, bytes, { mode: 0o600 });
  await rename(beside, file);
}
