import type { FileEvent, FileKind } from '#machine/file-system.ts';
import type { Content } from './content.ts';

export interface Watcher {
  readonly tell: (event: FileEvent) => void;
}

/** An entry of a directory. */
export interface Place {
  readonly directory: Directory;
  readonly name: string;
}

/** What a copy of an inode keeps. */
export interface Attributes {
  readonly number: number;
  /** Permissions with the special bits. */
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  ctime: number;
}

interface InodeBase extends Attributes {
  readonly device: number;
  /** Where it is entered; undefined before it is, and once it was removed. */
  parent: Directory | undefined;
  name: string;
  /** Where else, for hard links. */
  others: readonly Place[] | undefined;
  watchers: Set<Watcher> | undefined;
}

export interface File extends InodeBase {
  readonly kind: 'file';
  content: Content;
}

/** A file whose bytes are made when it is read, as those of /proc; it is no part of snapshots. */
export interface ComputedFile extends InodeBase {
  readonly kind: 'computed';
  readonly read: () => string;
  readonly write: ((data: string) => void) | undefined;
}

export interface Directory extends InodeBase {
  readonly kind: 'directory';
  readonly entries: Map<string, Inode>;
}

export interface Symlink extends InodeBase {
  readonly kind: 'symlink';
  readonly target: string;
}

/** Character devices swallow what is written and read as empty, as /dev/null does. */
export interface Special extends InodeBase {
  readonly kind: 'socket' | 'fifo' | 'character';
}

export type Inode = File | ComputedFile | Directory | Symlink | Special;

/** Remembers that an inode is entered somewhere. */
export function addPlace(inode: Inode, directory: Directory, name: string): void {
  if (inode.parent) {
    inode.others = [...(inode.others ?? []), { directory, name }];
    return;
  }
  inode.parent = directory;
  inode.name = name;
}

export function removePlace(inode: Inode, directory: Directory, name: string): void {
  const others = inode.others ?? [];
  if (inode.parent !== directory || inode.name !== name) {
    const rest = others.filter((place) => place.directory !== directory || place.name !== name);
    inode.others = rest.length > 0 ? rest : undefined;
    return;
  }
  const [next, ...rest] = others;
  inode.parent = next?.directory;
  inode.name = next?.name ?? '';
  inode.others = rest.length > 0 ? rest : undefined;
}

export function kindOf(inode: Inode): FileKind {
  return inode.kind === 'computed' ? 'file' : inode.kind;
}

export function sizeOf(inode: Inode): number {
  switch (inode.kind) {
    case 'file':
      return inode.content.length;
    case 'symlink':
      return inode.target.length;
    // As a directory of ext4 that was never large.
    case 'directory':
      return 4096;
    default:
      return 0;
  }
}

/** Entries of a directory refer to it: itself, its parent, and one for each directory in it. */
export function linksOf(inode: Inode): number {
  if (inode.kind !== 'directory') return (inode.parent ? 1 : 0) + (inode.others?.length ?? 0);
  let links = 2;
  for (const entry of inode.entries.values()) if (entry.kind === 'directory') links += 1;
  return links;
}
