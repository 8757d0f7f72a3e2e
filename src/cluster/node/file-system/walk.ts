import { type Credentials, FsError } from '#machine/file-system.ts';
import { utf8Encode } from '#machine/utf8.ts';
import type { Directory } from './inode.ts';
import type { Location, Mount, MountTable } from './mounts.ts';
import { demand, EXECUTE } from './permissions.ts';

/** Linux: MAXSYMLINKS, PATH_MAX, NAME_MAX. */
const MAX_LINKS = 40;
const MAX_PATH = 4096;
const MAX_NAME = 255;

/** From the root to what is meant, one location a name; `..` takes the last away. */
export type Trail = readonly [Location, ...Location[]];

/** Who walks, and from where. */
export interface Walker {
  readonly mounts: MountTable;
  readonly credentials: Credentials;
  /** The working directory. */
  readonly base: Trail;
}

/** All of a path but its last name, which need not exist. */
export interface Last extends Omit<LastEntry, 'mount'> {
  readonly parent: Trail;
}

export interface LastEntry {
  readonly mount: Mount;
  readonly directory: Directory;
  /** Empty for the root itself. */
  readonly name: string;
  readonly hasTrailingSlash: boolean;
}

/** How far symlinks may still be followed; one count a call. */
export interface Patience {
  links: number;
}

export function rootOf(mounts: MountTable): Trail {
  return [mounts.cross({ mount: mounts.root, inode: mounts.root.root, name: '' })];
}

export function end(trail: Trail): Location {
  return trail.at(-1) ?? trail[0];
}

export function pathOf(trail: Trail): string {
  const names = trail.slice(1).map(({ name }) => name);
  return `/${names.join('/')}`;
}

/**
 * Where a path leads.
 *
 * @throws FsError ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG
 */
export function walk(walker: Walker, path: string, { follow = true, patience = { links: 0 } } = {}): Trail {
  const last = walkToLast(walker, path, patience);
  if (last.name === '') return last.parent;
  const trail = step(walker, last.parent, last.name, path);
  const { inode } = end(trail);
  if (inode.kind === 'symlink' && (follow || last.hasTrailingSlash)) {
    const found = followLink(walker, last.parent, inode.target, path, patience);
    if (last.hasTrailingSlash && end(found).inode.kind !== 'directory') throw new FsError('ENOTDIR', path);
    return found;
  }
  if (last.hasTrailingSlash && inode.kind !== 'directory') throw new FsError('ENOTDIR', path);
  return trail;
}

/**
 * Where an absolute path leads root, if nothing on the way is out of the ordinary: most paths are walked by the machine's own programs, again
 * and again. Undefined leaves it to `walk`.
 */
export function glance(walker: Walker, path: string): Location | 'nothing' | undefined {
  if (walker.credentials.uid !== 0 || !path.startsWith('/') || path.length >= MAX_NAME) return undefined;
  const { mounts } = walker;
  let mount = mounts.over(mounts.root, mounts.root.root) ?? mounts.root;
  let inode = mount.root;
  let name = '';
  for (let start = 1; start < path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    name = path.slice(start, end);
    start = end + 1;
    if (inode.kind !== 'directory' || name === '' || name === '.' || name === '..') return undefined;
    const found = inode.entries.get(name);
    if (!found) return 'nothing';
    const over = mounts.over(mount, found);
    mount = over ?? mount;
    inode = over?.root ?? found;
  }
  return inode.kind === 'symlink' || (path.endsWith('/') && path !== '/') ? undefined : { mount, inode, name };
}

/** As `walkToLast`, when only the directory itself matters and not the way to it: as quick as `glance` where that is enough. */
export function findLast(walker: Walker, path: string): LastEntry {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  // The root's own entries are few.
  if (slash > 0 && name !== '' && name !== '.' && name !== '..' && !isTooLong(name)) {
    const seen = glance(walker, path.slice(0, slash));
    if (seen !== undefined && seen !== 'nothing' && seen.inode.kind === 'directory' && !path.includes('\0'))
      return { mount: seen.mount, directory: seen.inode, name, hasTrailingSlash: false };
  }
  const last = walkToLast(walker, path);
  return { ...last, mount: end(last.parent).mount };
}

/** Leads to the directory that the last name of a path belongs to, which may be searched. */
export function walkToLast(walker: Walker, path: string, patience: Patience = { links: 0 }): Last {
  if (path === '') throw new FsError('ENOENT', path);
  if (path.includes('\0')) throw new FsError('EINVAL', path);
  if (path.length >= MAX_PATH) throw new FsError('ENAMETOOLONG', path);
  const names = path.split('/').filter((name) => name !== '');
  const name = names.pop() ?? '';
  let parent = path.startsWith('/') ? rootOf(walker.mounts) : walker.base;
  for (const middle of names) {
    const before = parent;
    parent = step(walker, before, middle, path);
    const { inode } = end(parent);
    if (inode.kind === 'symlink') parent = followLink(walker, before, inode.target, path, patience);
  }
  const { inode } = end(parent);
  if (inode.kind !== 'directory') throw new FsError('ENOTDIR', path);
  if (name !== '') demand(walker.credentials, inode, EXECUTE, path);
  if (isTooLong(name)) throw new FsError('ENAMETOOLONG', path);
  return { parent, directory: inode, name, hasTrailingSlash: name !== '' && path.endsWith('/') };
}

/** The symlink itself was found in `parent`; what it points to. */
function followLink(walker: Walker, parent: Trail, target: string, path: string, patience: Patience): Trail {
  patience.links += 1;
  if (patience.links > MAX_LINKS) throw new FsError('ELOOP', path);
  try {
    return walk({ ...walker, base: parent }, target, { patience });
  } catch (error) {
    throw error instanceof FsError ? new FsError(error.code, path) : error;
  }
}

/** One name further. */
function step(walker: Walker, trail: Trail, name: string, path: string): Trail {
  const { mount, inode } = end(trail);
  if (inode.kind !== 'directory') throw new FsError('ENOTDIR', path);
  demand(walker.credentials, inode, EXECUTE, path);
  if (name === '.') return trail;
  if (name === '..') {
    const [root, ...rest] = trail;
    return [root, ...rest.slice(0, -1)];
  }
  const found = inode.entries.get(name);
  if (!found) {
    throw new FsError(isTooLong(name) ? 'ENAMETOOLONG' : 'ENOENT', path);
  }
  return [...trail, walker.mounts.cross({ mount, inode: found, name })];
}

function isTooLong(name: string): boolean {
  // At most three bytes a unit of UTF-16.
  return name.length * 3 > MAX_NAME && utf8Encode(name).length > MAX_NAME;
}
