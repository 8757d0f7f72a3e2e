import type { Kernel } from '#kernel/kernel.ts';
import { ETCD_DATA_FILE, type EtcdDataFile, readEtcdData, writeEtcdData } from '#machine/etcd.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { Store, type StoreSnapshot } from '../store/store.ts';

/**
 * What etcd keeps on disk, by the number that the file in its data directory names: so the data go where the directory goes. A copy of
 * the directory is the same data; a snapshot is its own.
 */
export type EtcdDisk = Map<string, Store>;

/** The term of a member that is alone and begins: its first election is the second. */
const FIRST_TERM = 2;
const PRIVATE = 0o700;

/** The data of a process, and how it goes on with them. */
export interface EtcdData {
  readonly store: Store;
  readonly term: number;
  /** The data directory was there before. */
  readonly isOld: boolean;
  readonly restored?: EtcdDataFile['restored'];
}

/** A file that is none of etcd's. */
export class InvalidDatabase extends Error {
  override readonly name = 'InvalidDatabase';
}

/** Opens a data directory, or makes one. @throws InvalidDatabase, FsError */
export function openEtcdData(
  { kernel, files, hostname, startedAt, isResumed }: ProcessContext,
  disk: EtcdDisk,
  directory: string,
): EtcdData {
  const path = `${directory}/${ETCD_DATA_FILE}`;
  const text = readTextIfThere(files, path);
  const file = text === undefined ? undefined : readEtcdData(text);
  const known = file && storeOf(kernel, disk, file);
  if (text !== undefined && !known) throw new InvalidDatabase(path);
  const store = known ?? new Store(kernel);
  const held = file && 'held' in file.data ? file.data.held : `${hostname}:${directory}:${startedAt}`;
  disk.set(held, store);
  const term = file ? file.term + (isResumed ? 0 : 1) : FIRST_TERM;
  for (const name of ['member/snap', 'member/wal'])
    files.mkdir(`${directory}/${name}`, { recursive: true, mode: PRIVATE });
  const restored = file?.restored;
  files.writeText(path, writeEtcdData({ term, ...(restored && { restored }), data: { held } }), { mode: 0o600 });
  return { store, term, isOld: file !== undefined, ...(restored && { restored }) };
}

function storeOf(kernel: Kernel, disk: EtcdDisk, { data }: EtcdDataFile): Store | undefined {
  return 'held' in data ? disk.get(data.held) : new Store(kernel, data.snapshot as StoreSnapshot);
}
