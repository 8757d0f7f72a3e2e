import type { Kernel } from '#kernel/kernel.ts';
import { Content } from './content.ts';
import type { Directory, Inode } from './inode.ts';
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
  const { device } = volume;
  const copy: Directory = { ...original, device, places: [], watchers: undefined, entries };
  entries.directory = copy;
  return copy;
}

function copyInode(original: Inode, volume: Volume): Inode {
  if (original.kind === 'directory') return copyDirectory(original, volume);
  const own = { device: volume.device, places: [], watchers: undefined };
  if (original.kind === 'file') return { ...original, ...own, content: new Content(original.content.read()) };
  return { ...original, ...own };
}

/** The entries of a directory, of which those that nobody looked at are still below. */
class LayeredEntries extends Map<string, Inode> {
  readonly #volume: Volume;
  /** Undefined once all is copied. */
  #below: ReadonlyMap<string, Inode> | undefined;
  /** Names that are no longer as below: copied, replaced or removed. */
  readonly #settled = new Set<string>();
  directory: Directory | undefined;

  constructor(volume: Volume, below: ReadonlyMap<string, Inode>) {
    super();
    this.#volume = volume;
    this.#below = below;
  }

  override get(name: string): Inode | undefined {
    return super.get(name) ?? this.#copy(name);
  }

  override has(name: string): boolean {
    return super.has(name) || (!this.#settled.has(name) && (this.#below?.has(name) ?? false));
  }

  override set(name: string, inode: Inode): this {
    this.#settled.add(name);
    return super.set(name, inode);
  }

  override delete(name: string): boolean {
    const was = this.has(name);
    this.#settled.add(name);
    super.delete(name);
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
    const original = this.#settled.has(name) ? undefined : this.#below?.get(name);
    if (!original || !this.directory) return undefined;
    const inode = copyInode(original, this.#volume);
    inode.places = [{ directory: this.directory, name }];
    this.set(name, inode);
    return inode;
  }

  #copyAll(): void {
    if (!this.#below) return;
    for (const name of this.#below.keys()) this.#copy(name);
    this.#below = undefined;
  }
}
