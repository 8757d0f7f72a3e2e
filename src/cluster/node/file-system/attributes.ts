import { FsError } from '#machine/file-system.ts';
import type { Location } from './mounts.ts';
import { demandOwner, isAllowed, isMember, SET_GROUP_ID, WRITE, withoutSetBits } from './permissions.ts';
import type { Walker } from './walk.ts';

/** Owner, mode and times: fs/attr.c of Linux. */

export function changeMode({ credentials }: Walker, { mount, inode }: Location, mode: number, path: string): void {
  if (mount.isReadOnly) throw new FsError('EROFS', path);
  demandOwner(credentials, inode, path);
  const mayKeepGroupBit = credentials.uid === 0 || isMember(credentials, inode.gid);
  inode.mode = mode & 0o7777 & (mayKeepGroupBit ? 0o7777 : ~SET_GROUP_ID);
  mount.volume.attributesChanged(inode);
}

/** -1 leaves the user or the group as it is. */
export function changeOwner(
  { credentials }: Walker,
  { mount, inode }: Location,
  uid: number,
  gid: number,
  path: string,
): void {
  if (mount.isReadOnly) throw new FsError('EROFS', path);
  if (credentials.uid !== 0) {
    const isOwner = credentials.uid === inode.uid;
    const mayUser = uid === -1 || (isOwner && uid === inode.uid);
    const mayGroup = gid === -1 || (isOwner && (gid === inode.gid || isMember(credentials, gid)));
    if (!mayUser || !mayGroup) throw new FsError('EPERM', path);
  }
  const mode = inode.kind === 'directory' ? inode.mode : withoutSetBits(inode.mode);
  if (mode !== inode.mode) demandOwner(credentials, inode, path);
  if (uid !== -1) inode.uid = uid;
  if (gid !== -1) inode.gid = gid;
  inode.mode = mode;
  mount.volume.attributesChanged(inode);
}

export function changeTime(
  { credentials }: Walker,
  { mount, inode }: Location,
  mtime: number | undefined,
  path: string,
): void {
  if (mount.isReadOnly) throw new FsError('EROFS', path);
  const isOwner = credentials.uid === 0 || credentials.uid === inode.uid;
  if (!isOwner) {
    // To say that it changed just now, it is enough to be able to change it.
    if (mtime !== undefined) throw new FsError('EPERM', path);
    if (!isAllowed(credentials, inode, WRITE)) throw new FsError('EACCES', path);
  }
  inode.mtime = mtime ?? mount.volume.kernel.now;
  mount.volume.attributesChanged(inode);
}
