import type { Kernel } from '#kernel/kernel.ts';
import { type EntryData, EntryReader, EntryWriter } from './entry-data.ts';
import { Volume } from './volume.ts';

/** A volume as plain JSON. */
export interface VolumeData {
  readonly device: number;
  readonly nextInode: number;
  readonly attributes: EntryWriter['attributes'];
  readonly root: EntryData;
}

/** All but computed files and watchers. */
export function snapshotVolume(volume: Volume): VolumeData {
  const writer = new EntryWriter();
  const [root] = writer.entry('', volume.root);
  if (!root) throw new Error('a volume has a root');
  return { device: volume.device, nextInode: volume.nextInode, attributes: writer.attributes, root };
}

export function restoreVolume(kernel: Kernel, data: VolumeData): Volume {
  return Volume.restored(kernel, data.device, data.nextInode, (volume) => {
    const root = new EntryReader(volume, data.attributes).inode(data.root);
    if (root.kind !== 'directory') throw new Error('the root of a volume is a directory');
    return root;
  });
}
