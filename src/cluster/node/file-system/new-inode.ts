import type { Content } from './content.ts';
import type { Attributes, ComputedFile, Directory, File, Inode, Special, Symlink } from './inode.ts';

/*
 * Inodes before they are entered anywhere. A cluster has hundreds of thousands: each kind is made in one place with all its members, which
 * is what engines keep small and find fast.
 */

export function newFile({ number, mode, uid, gid, mtime, ctime }: Attributes, device: number, content: Content): File {
  const kind = 'file';
  return {
    kind,
    number,
    device,
    mode,
    uid,
    gid,
    mtime,
    ctime,
    parent: undefined,
    name: '',
    others: undefined,
    watchers: undefined,
    content,
  };
}

export function newDirectory(
  { number, mode, uid, gid, mtime, ctime }: Attributes,
  device: number,
  entries: Map<string, Inode>,
): Directory {
  const kind = 'directory';
  return {
    kind,
    number,
    device,
    mode,
    uid,
    gid,
    mtime,
    ctime,
    parent: undefined,
    name: '',
    others: undefined,
    watchers: undefined,
    entries,
  };
}

export function newSymlink(
  { number, mode, uid, gid, mtime, ctime }: Attributes,
  device: number,
  target: string,
): Symlink {
  const kind = 'symlink';
  return {
    kind,
    number,
    device,
    mode,
    uid,
    gid,
    mtime,
    ctime,
    parent: undefined,
    name: '',
    others: undefined,
    watchers: undefined,
    target,
  };
}

export function newSpecial(
  { number, mode, uid, gid, mtime, ctime }: Attributes,
  device: number,
  kind: Special['kind'],
): Special {
  return {
    kind,
    number,
    device,
    mode,
    uid,
    gid,
    mtime,
    ctime,
    parent: undefined,
    name: '',
    others: undefined,
    watchers: undefined,
  };
}

export function newComputedFile(
  { number, mode, uid, gid, mtime, ctime }: Attributes,
  device: number,
  read: () => string,
  write: ((data: string) => void) | undefined,
): ComputedFile {
  const kind = 'computed';
  return {
    kind,
    number,
    device,
    mode,
    uid,
    gid,
    mtime,
    ctime,
    parent: undefined,
    name: '',
    others: undefined,
    watchers: undefined,
    read,
    write,
  };
}
