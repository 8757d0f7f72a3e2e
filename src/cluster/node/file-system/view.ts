import {
  type Credentials,
  type FileEvent,
  type FileSystem,
  FsError,
  type OpenOptions,
  type Stats,
  type WriteOptions,
} from '#machine/file-system.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { changeMode, changeOwner, changeTime } from './attributes.ts';
import {
  create,
  demandNewEntry,
  link,
  makeDirectories,
  newOwnership,
  removeTree,
  rename,
  rmdir,
  unlink,
} from './entries.ts';
import { globPaths } from './glob.ts';
import type { Directory, Inode, Watcher } from './inode.ts';
import { type Location, type Mount, MountTable } from './mounts.ts';
import { OpenInode, statsOf } from './open-file.ts';
import { demand, EXECUTE, READ, ROOT, WRITE } from './permissions.ts';
import type { Volume } from './volume.ts';
import { end, findLast, glance, pathOf, rootOf, type Trail, walk, walkToLast } from './walk.ts';

export interface ViewOptions {
  readonly credentials?: Credentials;
  readonly umask?: number;
  readonly base?: Trail;
}

/** Files as the processes of a node or of a container see them; `as` makes views for others of what is mounted here. */
export class FileSystemView implements FileSystem {
  readonly credentials: Credentials;
  readonly umask: number;
  readonly mounts: MountTable;
  readonly base: Trail;

  constructor(mounts: MountTable, { credentials = ROOT, umask = 0o022, base = rootOf(mounts) }: ViewOptions = {}) {
    this.mounts = mounts;
    this.credentials = credentials;
    this.umask = umask;
    this.base = base;
  }

  /** A volume alone, as root. */
  static of(volume: Volume): FileSystemView {
    return new FileSystemView(new MountTable(volume));
  }

  get workingDirectory(): string {
    return pathOf(this.base);
  }

  as(who: { credentials?: Credentials; umask?: number; workingDirectory?: string }): FileSystemView {
    const { credentials = this.credentials, umask = this.umask, workingDirectory } = who;
    const moved = new FileSystemView(this.mounts, { credentials, umask, base: this.base });
    if (workingDirectory === undefined) return moved;
    const base = walk(moved, workingDirectory);
    const { inode } = end(base);
    if (inode.kind !== 'directory') throw new FsError('ENOTDIR', workingDirectory);
    demand(credentials, inode, EXECUTE, workingDirectory);
    return new FileSystemView(this.mounts, { credentials, umask, base });
  }

  /**
   * Shows a file or a directory of another view (of this one, too) at a path, which exists and is of the same kind: a bind mount, without
   * what is mounted below the source.
   */
  bind(source: FileSystemView, sourcePath: string, path: string, { isReadOnly = false } = {}): void {
    const from = source.#find(sourcePath);
    const point = this.#find(path);
    if ((from.inode.kind === 'directory') !== (point.inode.kind === 'directory')) throw new FsError('ENOTDIR', path);
    this.mounts.add(point, from, this.realpath(path), isReadOnly || from.mount.isReadOnly);
  }

  /** @throws FsError EINVAL for what is no mount, EBUSY while something is mounted on it */
  unmount(path: string): void {
    const { mount, inode } = end(walk(this, path));
    if (mount.root !== inode || mount === this.mounts.root) throw new FsError('EINVAL', path);
    if (this.mounts.isBusy(mount)) throw new FsError('EBUSY', path);
    this.mounts.remove(mount);
  }

  stat(path: string): Stats {
    return statsOf(this.#find(path).inode);
  }

  lstat(path: string): Stats {
    return statsOf(this.#find(path, false).inode);
  }

  exists(path: string): boolean {
    const seen = glance(this, path);
    if (seen) return seen !== 'nothing';
    try {
      this.#find(path);
      return true;
    } catch {
      return false;
    }
  }

  access(path: string, permissions: string): void {
    const { mount, inode } = this.#find(path);
    const wanted =
      (permissions.includes('r') ? READ : 0) |
      (permissions.includes('w') ? WRITE : 0) |
      (permissions.includes('x') ? EXECUTE : 0);
    demand(this.credentials, inode, wanted, path);
    if ((wanted & WRITE) !== 0 && isWritten(inode) && mount.isReadOnly) throw new FsError('EROFS', path);
  }

  realpath(path: string): string {
    const seen = glance(this, path);
    return seen !== undefined && seen !== 'nothing' ? path : pathOf(walk(this, path));
  }

  glob(pattern: string): readonly string[] {
    return globPaths(this, pattern);
  }

  open(path: string, options: OpenOptions = {}): OpenInode {
    const { access = 'read', create: creates = false, truncate = false } = options;
    const opened = creates ? this.#openOrCreate(path, options) : { ...this.#find(path), isNew: false };
    const { mount, inode, isNew } = opened;
    const writes = access !== 'read' || truncate;
    if (inode.kind === 'symlink') throw new FsError('ELOOP', path);
    if (inode.kind === 'directory' && (writes || creates)) throw new FsError('EISDIR', path);
    if (!isNew) {
      const wanted = (access === 'write' ? 0 : READ) | (writes ? WRITE : 0);
      if (writes && isWritten(inode) && mount.isReadOnly) throw new FsError('EROFS', path);
      demand(this.credentials, inode, wanted, path);
    }
    if (inode.kind === 'socket' || (inode.kind === 'fifo' && access === 'write')) throw new FsError('ENXIO', path);
    const file = new OpenInode(mount.volume, inode, path, options, this.credentials.uid);
    if (truncate && !isNew) file.truncate(0);
    return file;
  }

  readFile(path: string): string {
    return this.open(path).read(0);
  }

  readText(path: string): string {
    return utf8Decode(this.readFile(path));
  }

  writeFile(path: string, data: string, { append = false, exclusive = false, mode = 0o666 }: WriteOptions = {}): void {
    this.open(path, { access: 'write', create: true, truncate: !append, append, exclusive, mode }).write(data);
  }

  writeText(path: string, text: string, options?: WriteOptions): void {
    this.writeFile(path, utf8Encode(text), options);
  }

  writeLater(path: string, make: () => string, { mode = 0o666 }: Pick<WriteOptions, 'mode'> = {}): void {
    this.open(path, { access: 'write', create: true, truncate: true, mode }).writeLater(make);
  }

  truncate(path: string, length: number): void {
    if (!(length >= 0)) throw new FsError('EINVAL', path);
    const { mount, inode } = this.#find(path);
    if (inode.kind === 'directory') throw new FsError('EISDIR', path);
    if (inode.kind !== 'file' && inode.kind !== 'computed') throw new FsError('EINVAL', path);
    if (mount.isReadOnly) throw new FsError('EROFS', path);
    demand(this.credentials, inode, WRITE, path);
    new OpenInode(mount.volume, inode, path, { access: 'write' }, this.credentials.uid).truncate(length);
  }

  readdir(path: string): readonly string[] {
    const { inode } = this.#find(path);
    if (inode.kind !== 'directory') throw new FsError('ENOTDIR', path);
    demand(this.credentials, inode, READ, path);
    return [...inode.entries.keys()].sort();
  }

  mkdir(path: string, { mode = 0o777, recursive = false } = {}): void {
    if (recursive) makeDirectories(this, path, mode);
    else create(this, path, (volume, ownership) => volume.newDirectory(ownership), mode, true);
  }

  rmdir(path: string): void {
    rmdir(this, path);
  }

  unlink(path: string): void {
    unlink(this, path);
  }

  remove(path: string): void {
    removeTree(this, path);
  }

  rename(from: string, to: string): void {
    rename(this, from, to);
  }

  link(existing: string, path: string): void {
    link(this, existing, path);
  }

  symlink(target: string, path: string): void {
    if (target === '') throw new FsError('ENOENT', path);
    create(this, path, (volume, ownership) => volume.newSymlink({ ...ownership, mode: 0o777 }, target), 0o777);
  }

  readlink(path: string): string {
    const { inode } = this.#find(path, false);
    if (inode.kind !== 'symlink') throw new FsError('EINVAL', path);
    return inode.target;
  }

  mknod(path: string, kind: 'socket' | 'fifo' | 'character', mode = 0o666): void {
    if (kind === 'character' && this.credentials.uid !== 0) throw new FsError('EPERM', path);
    create(this, path, (volume, ownership) => volume.newSpecial(ownership, kind), mode);
  }

  /** A file whose bytes are made when it is read: /proc, /sys. It is not kept in snapshots. */
  serve(path: string, read: () => string, { mode = 0o444, write }: ServeOptions = {}): void {
    create(this, path, (volume, ownership) => volume.newComputedFile({ ...ownership, mode }, read, write), mode);
  }

  chmod(path: string, mode: number): void {
    changeMode(this, this.#find(path), mode, path);
  }

  chown(path: string, uid: number, gid: number, { follow = true } = {}): void {
    changeOwner(this, this.#find(path, follow), uid, gid, path);
  }

  utimes(path: string, mtime?: number): void {
    changeTime(this, this.#find(path), mtime, path);
  }

  watch(path: string, listener: (event: FileEvent) => void): { close(): void } {
    const { inode } = this.#find(path);
    demand(this.credentials, inode, READ, path);
    const watcher: Watcher = { tell: listener };
    inode.watchers ??= new Set();
    const { watchers } = inode;
    watchers.add(watcher);
    return { close: () => watchers.delete(watcher) };
  }

  #find(path: string, follow = true): Location {
    const seen = glance(this, path);
    if (seen === 'nothing') throw new FsError('ENOENT', path);
    if (seen) return seen;
    return end(walk(this, path, { follow }));
  }

  #openOrCreate(path: string, options: OpenOptions): { mount: Mount; inode: Inode; isNew: boolean } {
    const { exclusive = false, mode = 0o666 } = options;
    const seen = glance(this, path);
    if (seen !== undefined && seen !== 'nothing') {
      if (exclusive) throw new FsError('EEXIST', path);
      return { mount: seen.mount, inode: seen.inode, isNew: false };
    }
    if (seen === 'nothing') {
      const { mount, directory, name, hasTrailingSlash } = findLast(this, path);
      if (!hasTrailingSlash && name !== '') return this.#create(mount, directory, name, mode, path);
    }
    const patience = { links: 0 };
    for (let target = path, base = this.base; ; ) {
      const last = walkToLast({ mounts: this.mounts, credentials: this.credentials, base }, target, patience);
      const { parent, directory, name } = last;
      const { mount } = end(parent);
      if (name === '' || name === '.' || name === '..') {
        throw new FsError(exclusive ? 'EEXIST' : 'EISDIR', path);
      }
      if (last.hasTrailingSlash) throw new FsError('EISDIR', path);
      const entry = directory.entries.get(name);
      if (!entry) return this.#create(mount, directory, name, mode, path);
      if (exclusive) throw new FsError('EEXIST', path);
      const found = this.mounts.cross({ mount, inode: entry, name });
      if (found.inode.kind !== 'symlink') return { ...found, isNew: false };
      patience.links += 1;
      if (patience.links > 40) throw new FsError('ELOOP', path);
      target = found.inode.target;
      base = parent;
    }
  }

  #create(mount: Mount, directory: Directory, name: string, mode: number, path: string) {
    demandNewEntry(this, mount, directory, path);
    const inode = mount.volume.newFile(newOwnership(this, directory, mode, false));
    mount.volume.enter(directory, name, inode);
    return { mount, inode, isNew: true };
  }
}

export interface ServeOptions {
  readonly mode?: number;
  readonly write?: (data: string) => void;
}

/** What a read-only mount protects: devices, sockets and FIFOs are written elsewhere. */
function isWritten(inode: Inode): boolean {
  return inode.kind === 'file' || inode.kind === 'computed' || inode.kind === 'directory';
}
