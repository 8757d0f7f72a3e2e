import { FsError } from '#machine/file-system.ts';
import type { Directory, Inode } from './inode.ts';
import type { Mount } from './mounts.ts';
import { demand, demandRemoval, EXECUTE, isAllowed, READ, SET_GROUP_ID, SET_USER_ID, WRITE } from './permissions.ts';
import type { Ownership, Volume } from './volume.ts';
import {
  end,
  findLast,
  glance,
  type Last,
  type LastEntry,
  pathOf,
  type Trail,
  type Walker,
  walk,
  walkToLast,
} from './walk.ts';

/** Entries of directories come and go: fs/namei.c of Linux, whose order of checks decides which error wins. */

export interface Maker extends Walker {
  readonly umask: number;
}

/** Who owns something new, with which mode: below a directory with set-group-ID the group is the directory's. */
export function newOwnership(maker: Maker, directory: Directory, mode: number, isDirectory: boolean): Ownership {
  const inherits = (directory.mode & SET_GROUP_ID) !== 0;
  const { uid, gid } = maker.credentials;
  const bits = mode & ~maker.umask & 0o7777;
  return {
    uid,
    gid: inherits ? directory.gid : gid,
    mode: isDirectory ? (bits & 0o1777) | (inherits ? SET_GROUP_ID : 0) : bits,
  };
}

/** Makes an entry that was not there. */
export function create(
  maker: Maker,
  path: string,
  make: (volume: Volume, ownership: Ownership) => Inode,
  mode: number,
  isDirectory = false,
): void {
  const { mount, directory, name, hasTrailingSlash } = findLast(maker, path);
  if (name === '' || name === '.' || name === '..' || directory.entries.has(name)) throw new FsError('EEXIST', path);
  if (hasTrailingSlash && !isDirectory) throw new FsError('ENOENT', path);
  demandNewEntry(maker, mount, directory, path);
  const inode = make(mount.volume, newOwnership(maker, directory, mode, isDirectory));
  mount.volume.enter(directory, name, inode);
}

export function demandNewEntry(maker: Walker, mount: Mount, directory: Directory, path: string): void {
  if (mount.isReadOnly) throw new FsError('EROFS', path);
  if (isDead(directory, mount)) throw new FsError('ENOENT', path);
  demand(maker.credentials, directory, WRITE | EXECUTE, path);
}

/** A directory that somebody is in although it was removed. */
function isDead(directory: Directory, mount: Mount): boolean {
  return directory.parent === undefined && directory !== mount.volume.root;
}

export function link(maker: Maker, existing: string, path: string): void {
  const { mount, inode } = end(walk(maker, existing, { follow: false }));
  const last = walkToLast(maker, path);
  const { directory, name } = last;
  if (name === '' || name === '.' || name === '..' || directory.entries.has(name)) throw new FsError('EEXIST', path);
  if (last.hasTrailingSlash) throw new FsError('ENOENT', path);
  const { mount: target } = end(last.parent);
  if (target.isReadOnly) throw new FsError('EROFS', path);
  if (target !== mount) throw new FsError('EXDEV', path);
  if (!mayBeLinked(maker, inode)) throw new FsError('EPERM', path);
  demandNewEntry(maker, target, directory, path);
  if (inode.kind === 'directory') throw new FsError('EPERM', path);
  mount.volume.enter(directory, name, inode);
}

/** Debian's fs.protected_hardlinks: others than the owner link plain files only, which they may read and write. */
function mayBeLinked({ credentials }: Walker, inode: Inode): boolean {
  if (credentials.uid === 0 || credentials.uid === inode.uid) return true;
  const { kind, mode } = inode;
  const runsAsGroup = (mode & SET_GROUP_ID) !== 0 && (mode & 0o010) !== 0;
  if (kind !== 'file' || (mode & SET_USER_ID) !== 0 || runsAsGroup) return false;
  return isAllowed(credentials, inode, READ | WRITE);
}

export function unlink(walker: Walker, path: string): void {
  const last = findLast(walker, path);
  if (last.name === '' || last.name === '.' || last.name === '..') throw new FsError('EISDIR', path);
  const { mount } = last;
  const entry = leaving(last, path);
  if (last.hasTrailingSlash) throw new FsError(entry.kind === 'directory' ? 'EISDIR' : 'ENOTDIR', path);
  demandRemoval(walker.credentials, last.directory, entry, path);
  if (entry.kind === 'directory') throw new FsError('EISDIR', path);
  if (walker.mounts.isPoint(mount, entry)) throw new FsError('EBUSY', path);
  mount.volume.leave(last.directory, last.name);
}

export function rmdir(walker: Walker, path: string): void {
  const last = findLast(walker, path);
  if (last.name === '') throw new FsError('EBUSY', path);
  if (last.name === '.') throw new FsError('EINVAL', path);
  if (last.name === '..') throw new FsError('ENOTEMPTY', path);
  const { mount } = last;
  const entry = leaving(last, path);
  demandRemoval(walker.credentials, last.directory, entry, path);
  if (entry.kind !== 'directory') throw new FsError('ENOTDIR', path);
  if (walker.mounts.isPoint(mount, entry)) throw new FsError('EBUSY', path);
  if (entry.entries.size > 0) throw new FsError('ENOTEMPTY', path);
  mount.volume.leave(last.directory, last.name);
}

/** With all that is in it: as rm -r, it stops at the first that may not be removed. */
export function removeTree(walker: Walker, path: string): void {
  const { inode } = end(walk(walker, path, { follow: false }));
  if (inode.kind !== 'directory') {
    unlink(walker, path);
    return;
  }
  if (inode.entries.size > 0) demand(walker.credentials, inode, READ, path);
  for (const name of [...inode.entries.keys()].sort()) removeTree(walker, `${path}/${name}`);
  rmdir(walker, path);
}

export function rename(walker: Walker, from: string, to: string): void {
  const old = walkToLast(walker, from);
  const target = walkToLast(walker, to);
  const { mount } = end(old.parent);
  if (end(target.parent).mount !== mount) throw new FsError('EXDEV', from);
  for (const { name } of [old, target]) {
    if (name === '' || name === '.' || name === '..') throw new FsError('EBUSY', from);
  }
  const entry = leaving({ ...old, mount }, from);
  const replaced = target.directory.entries.get(target.name);
  const isDirectory = entry.kind === 'directory';
  if (!isDirectory && (old.hasTrailingSlash || target.hasTrailingSlash)) throw new FsError('ENOTDIR', from);
  if (isWithin(target.parent, entry)) throw new FsError('EINVAL', from);
  if (replaced && isWithin(old.parent, replaced)) throw new FsError('ENOTEMPTY', to);
  if (entry === replaced) return;
  demandRename(walker, old, target, entry, replaced, to);
  if (walker.mounts.isPoint(mount, entry) || (replaced && walker.mounts.isPoint(mount, replaced))) {
    throw new FsError('EBUSY', from);
  }
  if (replaced?.kind === 'directory' && replaced.entries.size > 0) throw new FsError('ENOTEMPTY', to);
  const { volume } = mount;
  if (replaced) volume.leave(target.directory, target.name, 'replaced');
  volume.leave(old.directory, old.name, 'moved-from');
  volume.enter(target.directory, target.name, entry, 'moved-to');
}

function demandRename(
  { credentials }: Walker,
  old: Last,
  target: Last,
  entry: Inode,
  replaced: Inode | undefined,
  path: string,
): void {
  demandRemoval(credentials, old.directory, entry, path);
  const isDirectory = entry.kind === 'directory';
  if (replaced) {
    demandRemoval(credentials, target.directory, replaced, path);
    if (isDirectory && replaced.kind !== 'directory') throw new FsError('ENOTDIR', path);
    if (!isDirectory && replaced.kind === 'directory') throw new FsError('EISDIR', path);
  } else {
    demand(credentials, target.directory, WRITE | EXECUTE, path);
  }
  // Its `..` is to be written.
  if (isDirectory && old.directory !== target.directory) demand(credentials, entry, WRITE, path);
}

/** What is to leave its directory, on a mount that may be written. */
function leaving({ mount, directory, name }: Omit<LastEntry, 'hasTrailingSlash'>, path: string): Inode {
  if (mount.isReadOnly) throw new FsError('EROFS', path);
  const entry = directory.entries.get(name);
  if (!entry) throw new FsError('ENOENT', path);
  return entry;
}

function isWithin(trail: Trail, inode: Inode): boolean {
  return trail.some((location) => location.inode === inode);
}

/** mkdir -p: each directory on the way, as tools do it: one that is there is passed by. */
export function makeDirectories(maker: Maker, path: string, mode: number): void {
  const missing: string[] = [];
  for (let sofar = path.replace(/\/+$/, ''); sofar !== '' && !isThere(maker, sofar); ) {
    missing.push(sofar);
    sofar = sofar.slice(0, Math.max(0, sofar.lastIndexOf('/'))).replace(/\/+$/, '');
  }
  for (const sofar of missing.reverse()) {
    try {
      create(maker, sofar, (volume, ownership) => volume.newDirectory(ownership), mode, true);
    } catch (error) {
      if (!(error instanceof FsError) || !isThere(maker, sofar)) throw error;
    }
  }
  const seen = glance(maker, path);
  if (seen !== undefined && seen !== 'nothing' && seen.inode.kind === 'directory') return;
  const found = end(walk(maker, path));
  if (found.inode.kind !== 'directory') throw new FsError('EEXIST', pathOf(walk(maker, path)));
}

function isThere(walker: Walker, path: string): boolean {
  const seen = glance(walker, path);
  if (seen) return seen !== 'nothing';
  try {
    walk(walker, path);
    return true;
  } catch {
    return false;
  }
}
