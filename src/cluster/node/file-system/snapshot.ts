import type { Kernel } from '#kernel/kernel.ts';
import { Content } from './content.ts';
import { addPlace, type Directory, type Inode, type Special } from './inode.ts';
import { newDirectory, newFile, newSpecial, newSymlink } from './new-inode.ts';
import { Volume } from './volume.ts';

/** An entry: name, inode number, index of its attributes, and what it holds: bytes, entries, a symlink's target, a kind, or nothing for a further link. */
export type EntryData =
  | readonly [
      name: string,
      inode: number,
      attributes: number,
      held: string | readonly EntryData[] | { readonly to: string } | { readonly is: Special['kind'] },
    ]
  | readonly [name: string, inode: number];

type Attributes = readonly [mode: number, uid: number, gid: number, mtime: number, ctime: number];

/** A volume as plain JSON. Attributes that many share are written once. */
export interface VolumeData {
  readonly device: number;
  readonly nextInode: number;
  readonly attributes: readonly Attributes[];
  readonly root: EntryData;
}

/** All but computed files and watchers. */
export function snapshotVolume(volume: Volume): VolumeData {
  const attributes: Attributes[] = [];
  const indexes = new Map<string, number>();
  const linked = new Set<Inode>();

  function attributesOf({ mode, uid, gid, mtime, ctime }: Inode): number {
    const shared: Attributes = [mode, uid, gid, mtime, ctime];
    const key = shared.join();
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, attributes.length);
    attributes.push(shared);
    return attributes.length - 1;
  }

  function entryOf(name: string, inode: Inode): EntryData[] {
    if (inode.kind === 'computed') return [];
    if (linked.has(inode)) return [[name, inode.number]];
    if (inode.others) linked.add(inode);
    const own = attributesOf(inode);
    if (inode.kind === 'file') return [[name, inode.number, own, inode.content.read()]];
    if (inode.kind === 'symlink') return [[name, inode.number, own, { to: inode.target }]];
    if (inode.kind === 'directory') {
      const entries = [...inode.entries].sort(byName).flatMap(([entry, found]) => entryOf(entry, found));
      return [[name, inode.number, own, entries]];
    }
    return [[name, inode.number, own, { is: inode.kind }]];
  }

  const [root] = entryOf('', volume.root);
  if (!root) throw new Error('a volume has a root');
  return { device: volume.device, nextInode: volume.nextInode, attributes, root };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function restoreVolume(kernel: Kernel, data: VolumeData): Volume {
  return Volume.restored(kernel, data.device, data.nextInode, (volume) => {
    const inodes = new Map<number, Inode>();

    function fill(directory: Directory, entries: readonly EntryData[]): void {
      for (const entry of entries) {
        const [name, number] = entry;
        const inode = inodes.get(number) ?? made(entry);
        inodes.set(number, inode);
        directory.entries.set(name, inode);
        addPlace(inode, directory, name);
      }
    }

    function made(entry: EntryData): Inode {
      const [, number, index = -1, held = ''] = entry;
      const [mode, uid, gid, mtime, ctime] = data.attributes[index] ?? [0o644, 0, 0, kernel.now, kernel.now];
      const own = { mode, uid, gid, mtime, ctime, number };
      const { device } = volume;
      if (typeof held === 'string') return newFile(own, device, new Content(held));
      if ('to' in held) return newSymlink(own, device, held.to);
      if ('is' in held) return newSpecial(own, device, held.is);
      const directory = newDirectory(own, device, new Map());
      fill(directory, held);
      return directory;
    }

    const root = made(data.root);
    if (root.kind !== 'directory') throw new Error('the root of a volume is a directory');
    return root;
  });
}
