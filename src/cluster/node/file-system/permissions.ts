import { type Credentials, FsError } from '#machine/file-system.ts';
import type { Directory, Inode } from './inode.ts';

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

export const SET_USER_ID = 0o4000;
export const SET_GROUP_ID = 0o2000;
const STICKY = 0o1000;

export const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };

/** Linux generic_permission: the class that one belongs to decides alone; root may do all but execute what nobody may. */
export function isAllowed(who: Credentials, inode: Inode, wanted: number): boolean {
  if (who.uid === 0) return (wanted & EXECUTE) === 0 || inode.kind === 'directory' || (inode.mode & 0o111) !== 0;
  const shift = who.uid === inode.uid ? 6 : isMember(who, inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & wanted) === wanted;
}

export function isMember(who: Credentials, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** @throws FsError EACCES */
export function demand(who: Credentials, inode: Inode, wanted: number, path: string): void {
  if (!isAllowed(who, inode, wanted)) throw new FsError('EACCES', path);
}

/** Whether an entry may go: in a sticky directory only its owner's, the directory's owner and root may take one out. */
export function demandRemoval(who: Credentials, directory: Directory, entry: Inode, path: string): void {
  demand(who, directory, WRITE | EXECUTE, path);
  if ((directory.mode & STICKY) === 0 || who.uid === 0) return;
  if (entry.uid !== who.uid && directory.uid !== who.uid) throw new FsError('EPERM', path);
}

/** Who may change mode and times. @throws FsError EPERM */
export function demandOwner(who: Credentials, inode: Inode, path: string): void {
  if (who.uid !== 0 && who.uid !== inode.uid) throw new FsError('EPERM', path);
}

/** What is left of a mode when a file changes hands or contents; without the group's x set-group-ID means locking and stays. */
export function withoutSetBits(mode: number): number {
  return mode & ~SET_USER_ID & ((mode & 0o010) === 0 ? 0o7777 : ~SET_GROUP_ID);
}
