import type { Kernel } from '#kernel/kernel.ts';
import { Content } from './content.ts';
import { addPlace, type Directory, type Inode } from './inode.ts';
import { newComputedFile, newDirectory, newFile, newSpecial, newSymlink } from './new-inode.ts';
import { Volume } from './volume.ts';

/**
 * A volume that begins with what another one holds, as an overlay on an image: entries are copied when somebody looks at them, so that
 * hundreds of containers of one image cost what they touch. The volume below must not change any more.
 */
export function volumeOver(below: Volume, kernel: Kernel, device: number): Volume {
  return Volume.restored(kernel, device, below.nextInode, (volume) => copyDirectory(below.root, volume));
}

function copyDirectory(original: Directory, volume: Volume): Directory {
  const entries = new LayeredEntries(volume, original.entries);
  const copy = newDirectory(original, volume.device, entries);
  entries.directory = copy;
  return copy;
}

function copyInode(original: Inode, volume: Volume): Inode {
  const { device } = volume;
  switch (original.kind) {
    case 'directory':
      return copyDirectory(original, volume);
    case 'file':
      return newFile(original, device, new Content(original.content.read()));
    case 'symlink':
      return newSymlink(original, device, original.target);
    case 'computed':
      return newComputedFile(original, device, original.read, original.write);
    default:
      return newSpecial(original, device, original.kind);
  }
}

/** The entries of a directory, of which those that nobody looked at are still below. */
export class LayeredEntries extends Map<string, Inode> {
  readonly #volume: Volume;
  /** Undefined once all is copied. */
  #below: ReadonlyMap<string, Inode> | undefined;
  /** Names of what was removed although it is below. */
  #removed: Set<string> | undefined;
  directory: Directory | undefined;

  constructor(volume: Volume, below: ReadonlyMap<string, Inode>) {
    super();
    this.#volume = volume;
    this.#below = below;
  }

  /** What is here, without what nobody looked at. */
  looked(): MapIterator<[string, Inode]> {
    return super.entries();
  }

  /** Names of what is below, and was taken away or replaced. */
  removed(): ReadonlySet<string> {
    return this.#removed ?? new Set();
  }

  override get(name: string): Inode | undefined {
    return super.get(name) ?? this.#copy(name);
  }

  override has(name: string): boolean {
    return super.has(name) || (!this.#removed?.has(name) && (this.#below?.has(name) ?? false));
  }

  override delete(name: string): boolean {
    const was = this.has(name);
    super.delete(name);
    if (this.#below?.has(name)) {
      this.#removed ??= new Set();
      this.#removed.add(name);
    }
    return was;
  }

  override get size(): number {
    this.#copyAll();
    return super.size;
  }

  override keys(): MapIterator<string> {
    this.#copyAll();
    return super.keys();
  }

  override values(): MapIterator<Inode> {
    this.#copyAll();
    return super.values();
  }

  override entries(): MapIterator<[string, Inode]> {
    this.#copyAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, Inode]> {
    return this.entries();
  }

  #copy(name: string): Inode | undefined {
    const original = this.#removed?.has(name) ? undefined : this.#below?.get(name);
    if (!original || !this.directory) return undefined;
    const inode = copyInode(original, this.#volume);
    addPlace(inode, this.directory, name);
    this.set(name, inode);
    return inode;
  }

  #copyAll(): void {
    if (!this.#below) return;
    for (const name of this.#below.keys()) this.get(name);
    this.#below = undefined;
  }
}
