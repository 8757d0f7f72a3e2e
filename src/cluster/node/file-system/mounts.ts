import type { Directory, Inode } from './inode.ts';
import type { Volume } from './volume.ts';

/** A file or a directory of a volume that is seen at a place of another. */
export interface Mount {
  readonly volume: Volume;
  readonly root: Inode;
  /** Where it lies, and on which mount; none for the root. */
  readonly point: Inode | undefined;
  readonly parent: Mount | undefined;
  readonly isReadOnly: boolean;
  /** The path at which it was mounted. */
  readonly path: string;
}

/** A step of a path: what was found by a name, and through which mount. */
export interface Location {
  readonly mount: Mount;
  readonly inode: Inode;
  readonly name: string;
}

/** What is mounted where, for the processes of a node or of one container (mount_namespaces(7)). */
export class MountTable {
  readonly root: Mount;
  readonly #mounts: Mount[] = [];
  /** By their points, the newest last. */
  readonly #at = new Map<Inode, Mount[]>();

  constructor(volume: Volume, root: Directory = volume.root, isReadOnly = false) {
    this.root = { volume, root, point: undefined, parent: undefined, isReadOnly, path: '/' };
  }

  /** The root first, the others in the order of mounting. */
  get mounts(): readonly Mount[] {
    return [this.root, ...this.#mounts];
  }

  add(point: Location, source: Location, path: string, isReadOnly: boolean): void {
    const { volume } = source.mount;
    const mount: Mount = { volume, root: source.inode, point: point.inode, parent: point.mount, isReadOnly, path };
    this.#mounts.push(mount);
    const here = this.#at.get(point.inode);
    if (here) here.push(mount);
    else this.#at.set(point.inode, [mount]);
  }

  remove(mount: Mount): void {
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    if (!mount.point) return;
    const rest = (this.#at.get(mount.point) ?? []).filter((other) => other !== mount);
    if (rest.length > 0) this.#at.set(mount.point, rest);
    else this.#at.delete(mount.point);
  }

  /** What is seen at a place: the place itself, or the root of what is mounted on it. */
  cross(place: Location): Location {
    const over = this.over(place.mount, place.inode);
    return over ? { mount: over, inode: over.root, name: place.name } : place;
  }

  /** The uppermost of what is mounted on a place, if anything is. */
  over(mount: Mount, inode: Inode): Mount | undefined {
    if (this.#at.size === 0) return undefined;
    let over: Mount | undefined;
    for (let [at, on] = [inode, mount]; ; ) {
      const next = this.#at.get(at)?.findLast(({ parent }) => parent === on);
      if (!next) return over;
      over = next;
      [at, on] = [next.root, next];
    }
  }

  isPoint(mount: Mount, inode: Inode): boolean {
    return this.#at.get(inode)?.some(({ parent }) => parent === mount) ?? false;
  }

  /** Whether something is mounted on a mount itself (`umount: target is busy`). */
  isBusy(mount: Mount): boolean {
    return this.#mounts.some(({ parent }) => parent === mount);
  }
}
