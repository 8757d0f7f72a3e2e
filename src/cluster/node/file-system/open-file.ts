import { FsError, type OpenFile, type OpenOptions, type Stats } from '#machine/file-system.ts';
import { Content } from './content.ts';
import { type Inode, kindOf, linksOf, sizeOf } from './inode.ts';
import { withoutSetBits } from './permissions.ts';
import type { Volume } from './volume.ts';

export function statsOf(inode: Inode): Stats {
  const { number, device, mode, uid, gid, mtime, ctime } = inode;
  return {
    kind: kindOf(inode),
    inode: number,
    device,
    mode,
    uid,
    gid,
    links: linksOf(inode),
    size: sizeOf(inode),
    mtime,
    ctime,
  };
}

/** An inode that was opened; who may open it was checked before. */
export class OpenInode implements OpenFile {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #path: string;
  readonly #mayRead: boolean;
  readonly #mayWrite: boolean;
  readonly #appends: boolean;
  /** Writes of others than root take the set-user-ID and set-group-ID bits away. */
  readonly #keepsBits: boolean;
  #position = 0;
  #isOpen = true;

  constructor(
    volume: Volume,
    inode: Inode,
    path: string,
    { access = 'read', append = false }: OpenOptions,
    uid: number,
  ) {
    this.#volume = volume;
    this.#inode = inode;
    this.#path = path;
    this.#mayRead = access !== 'write';
    this.#mayWrite = access !== 'read';
    this.#appends = append;
    this.#keepsBits = uid === 0;
  }

  read(offset: number, length?: number): string {
    if (!this.#isOpen || !this.#mayRead) throw new FsError('EBADF', this.#path);
    const inode = this.#inode;
    if (inode.kind === 'directory') throw new FsError('EISDIR', this.#path);
    if (inode.kind === 'file') return inode.content.read(offset, length);
    if (inode.kind === 'computed') {
      return inode.read().slice(offset, length === undefined ? undefined : offset + length);
    }
    return '';
  }

  write(data: string): void {
    this.#demandWrite();
    const inode = this.#inode;
    if (inode.kind === 'computed') inode.write?.(data);
    if (inode.kind !== 'file' || data === '') return;
    const offset = this.#appends ? inode.content.length : this.#position;
    inode.content.write(offset, data);
    this.#position = offset + data.length;
    this.#modified(inode);
  }

  /** In place of what is there. */
  writeLater(make: () => string): void {
    this.#demandWrite();
    const inode = this.#inode;
    if (inode.kind === 'computed') inode.write?.(make());
    if (inode.kind !== 'file') return;
    inode.content = Content.later(make);
    this.#modified(inode);
  }

  truncate(length: number): void {
    if (!(length >= 0)) throw new FsError('EINVAL', this.#path);
    this.#demandWrite();
    const inode = this.#inode;
    if (inode.kind !== 'file') return;
    inode.content.truncate(length);
    this.#modified(inode);
  }

  stat(): Stats {
    if (!this.#isOpen) throw new FsError('EBADF', this.#path);
    return statsOf(this.#inode);
  }

  close(): void {
    this.#isOpen = false;
  }

  #demandWrite(): void {
    if (!this.#isOpen || !this.#mayWrite) throw new FsError('EBADF', this.#path);
  }

  #modified(inode: Inode): void {
    if (!this.#keepsBits) inode.mode = withoutSetBits(inode.mode);
    this.#volume.modified(inode);
  }
}
