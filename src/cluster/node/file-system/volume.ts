import type { Kernel } from '#kernel/kernel.ts';
import type { FileEvent } from '#machine/file-system.ts';
import { Content } from './content.ts';
import {
  type Attributes,
  addPlace,
  type ComputedFile,
  type Directory,
  type File,
  type Inode,
  removePlace,
  type Special,
  type Symlink,
  type Watcher,
} from './inode.ts';
import { newComputedFile, newDirectory, newFile, newSpecial, newSymlink } from './new-inode.ts';

export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One file system: its inodes, from a root on. It checks nothing; see `FileSystemView`. Changes reach watchers as tasks of the kernel. */
export class Volume {
  readonly device: number;
  readonly root: Directory;
  readonly kernel: Kernel;
  /** As on ext4 the root is number 2. */
  #nextInode = 2;

  /**
   * @param device numbers a volume in `stat`
   * @param makeRoot makes what it begins with, by default an empty directory
   */
  constructor(kernel: Kernel, device: number, makeRoot?: (volume: Volume) => Directory) {
    this.kernel = kernel;
    this.device = device;
    this.root = makeRoot?.(this) ?? this.newDirectory({ mode: 0o755, uid: 0, gid: 0 });
  }

  static restored(kernel: Kernel, device: number, nextInode: number, makeRoot: (volume: Volume) => Directory): Volume {
    const volume = new Volume(kernel, device, makeRoot);
    volume.#nextInode = nextInode;
    return volume;
  }

  /** Numbers of inodes go on from there. */
  continueAfter(nextInode: number): void {
    this.#nextInode = nextInode;
  }

  get nextInode(): number {
    return this.#nextInode;
  }

  newFile(ownership: Ownership, data = ''): File {
    return newFile(this.#attributes(ownership), this.device, new Content(data));
  }

  newComputedFile(ownership: Ownership, read: () => string, write?: (data: string) => void): ComputedFile {
    return newComputedFile(this.#attributes(ownership), this.device, read, write);
  }

  newDirectory(ownership: Ownership, entries: Map<string, Inode> = new Map()): Directory {
    return newDirectory(this.#attributes(ownership), this.device, entries);
  }

  newSymlink(ownership: Ownership, target: string): Symlink {
    return newSymlink(this.#attributes(ownership), this.device, target);
  }

  newSpecial(ownership: Ownership, kind: Special['kind']): Special {
    return newSpecial(this.#attributes(ownership), this.device, kind);
  }

  /** Enters an inode into a directory, in place of what is there. */
  enter(directory: Directory, name: string, inode: Inode, event: 'create' | 'moved-to' = 'create'): void {
    directory.entries.set(name, inode);
    addPlace(inode, directory, name);
    inode.ctime = this.kernel.now;
    this.#touch(directory);
    if (directory.watchers) this.#tell(directory, { type: event, name });
  }

  /** Takes an entry out of a directory. */
  leave(directory: Directory, name: string, event: 'delete' | 'moved-from' | 'replaced' = 'delete'): void {
    const inode = directory.entries.get(name);
    if (!inode) return;
    directory.entries.delete(name);
    removePlace(inode, directory, name);
    inode.ctime = this.kernel.now;
    this.#touch(directory);
    if (event === 'moved-from') this.#tell(inode, { type: 'move-self', name: '' });
    else if (inode.parent === undefined) this.#tell(inode, { type: 'delete-self', name: '' });
    // The entry of a file that another is renamed to never vanishes: inotify tells of `moved-to` alone.
    if (event !== 'replaced') this.#tell(directory, { type: event, name });
  }

  /** Its bytes changed. */
  modified(inode: Inode): void {
    inode.mtime = this.kernel.now;
    inode.ctime = this.kernel.now;
    this.tellOf(inode, 'modify');
  }

  /** Owner, mode or times changed. */
  attributesChanged(inode: Inode): void {
    inode.ctime = this.kernel.now;
    this.tellOf(inode, 'attrib');
  }

  tellOf(inode: Inode, type: 'modify' | 'attrib'): void {
    if (inode.watchers) this.#tell(inode, { type, name: '' });
    const { parent, name, others } = inode;
    if (parent?.watchers) this.#tell(parent, { type, name });
    if (others) for (const place of others) this.#tell(place.directory, { type, name: place.name });
  }

  #touch(directory: Directory): void {
    directory.mtime = this.kernel.now;
    directory.ctime = this.kernel.now;
  }

  #tell(inode: Inode, event: FileEvent): void {
    const { watchers } = inode;
    if (!watchers) return;
    for (const watcher of watchers) {
      this.kernel.soon(() => {
        if (isWatching(inode, watcher)) watcher.tell(event);
      });
    }
  }

  #attributes({ mode, uid, gid }: Ownership): Attributes {
    const number = this.#nextInode;
    this.#nextInode += 1;
    const { now } = this.kernel;
    return { number, mode, uid, gid, mtime: now, ctime: now };
  }
}

function isWatching(inode: Inode, watcher: Watcher): boolean {
  return inode.watchers?.has(watcher) ?? false;
}
