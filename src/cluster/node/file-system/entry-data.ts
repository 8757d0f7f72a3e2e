import { Content } from './content.ts';
import { type Attributes, addPlace, type Directory, type Inode, type Special } from './inode.ts';
import { newDirectory, newFile, newSpecial, newSymlink } from './new-inode.ts';
import type { Volume } from './volume.ts';

/** An entry: name, inode number, index of its attributes, and what it holds: bytes, entries, a symlink's target, a kind, or nothing for a further link. */
export type EntryData =
  | readonly [
      name: string,
      inode: number,
      attributes: number,
      held: string | readonly EntryData[] | { readonly to: string } | { readonly is: Special['kind'] },
    ]
  | readonly [name: string, inode: number];

type AttributesData = readonly [mode: number, uid: number, gid: number, mtime: number, ctime: number];

/** Writes entries as plain JSON: all but computed files and watchers. Attributes that many share are written once. */
export class EntryWriter {
  readonly attributes: AttributesData[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #linked = new Set<Inode>();

  attributesOf({ mode, uid, gid, mtime, ctime }: Inode): number {
    const shared: AttributesData = [mode, uid, gid, mtime, ctime];
    const key = shared.join();
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.attributes.length);
    this.attributes.push(shared);
    return this.attributes.length - 1;
  }

  /** None for what is no part of snapshots. */
  entry(name: string, inode: Inode): readonly EntryData[] {
    if (inode.kind === 'computed') return [];
    if (this.#linked.has(inode)) return [[name, inode.number]];
    if (inode.others) this.#linked.add(inode);
    const own = this.attributesOf(inode);
    if (inode.kind === 'file') return [[name, inode.number, own, inode.content.read()]];
    if (inode.kind === 'symlink') return [[name, inode.number, own, { to: inode.target }]];
    if (inode.kind === 'directory') {
      const entries = [...inode.entries].sort(byName).flatMap(([entry, found]) => this.entry(entry, found));
      return [[name, inode.number, own, entries]];
    }
    return [[name, inode.number, own, { is: inode.kind }]];
  }
}

/** In the order of names, whatever that of their making was. */
export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Makes inodes of what an `EntryWriter` wrote. */
export class EntryReader {
  readonly #volume: Pick<Volume, 'device' | 'kernel'>;
  readonly #table: EntryWriter['attributes'];
  readonly #inodes = new Map<number, Inode>();

  constructor(volume: Pick<Volume, 'device' | 'kernel'>, table: EntryWriter['attributes']) {
    this.#volume = volume;
    this.#table = table;
  }

  attributes(index: number): Omit<Attributes, 'number'> {
    const { now } = this.#volume.kernel;
    const [mode, uid, gid, mtime, ctime] = this.#table[index] ?? [0o644, 0, 0, now, now];
    return { mode, uid, gid, mtime, ctime };
  }

  /** Of an entry; a further link has the inode of the first. */
  inode(entry: EntryData): Inode {
    const [, number] = entry;
    const inode = this.#inodes.get(number) ?? this.#made(entry);
    this.#inodes.set(number, inode);
    return inode;
  }

  #made(entry: EntryData): Inode {
    const [, number, index = -1, held = ''] = entry;
    const own = { ...this.attributes(index), number };
    const { device } = this.#volume;
    if (typeof held === 'string') return newFile(own, device, new Content(held));
    if ('to' in held) return newSymlink(own, device, held.to);
    if ('is' in held) return newSpecial(own, device, held.is);
    const directory: Directory = newDirectory(own, device, new Map());
    for (const inner of held) {
      const [name] = inner;
      const inode = this.inode(inner);
      directory.entries.set(name, inode);
      addPlace(inode, directory, name);
    }
    return directory;
  }
}
