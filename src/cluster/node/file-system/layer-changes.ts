import { byName, type EntryData, EntryReader, EntryWriter } from './entry-data.ts';
import { addPlace, type Directory, type Inode } from './inode.ts';
import { LayeredEntries } from './layer.ts';
import type { Volume } from './volume.ts';

/** A directory of the layer below in which something changed. */
interface ChangedDirectory {
  readonly name: string;
  /** Index of its attributes, when they changed. */
  readonly attributes?: number;
  readonly gone?: readonly string[];
  /** What is new, or in place of what was below. */
  readonly entries?: readonly EntryData[];
  readonly directories?: readonly ChangedDirectory[];
}

/** What makes a volume different from the layer that it began with, as plain JSON. */
export interface LayerChanges extends ChangedDirectory {
  readonly nextInode: number;
  readonly table: EntryWriter['attributes'];
}

/** What was changed in a volume that `volumeOver` made. */
export function changesOf(volume: Volume, layer: Volume): LayerChanges {
  const writer = new EntryWriter();
  const changed = changesIn('', volume.root, layer.root, writer) ?? { name: '' };
  return { ...changed, nextInode: volume.nextInode, table: writer.attributes };
}

function changesIn(name: string, own: Directory, below: Directory, writer: EntryWriter): ChangedDirectory | undefined {
  const layered = own.entries instanceof LayeredEntries ? own.entries : undefined;
  const entries: EntryData[] = [];
  const directories: ChangedDirectory[] = [];
  const isTouched = !hasSameAttributes(own, below);
  const attributes = isTouched ? writer.attributesOf(own) : undefined;
  for (const [entry, inode] of [...(layered?.looked() ?? own.entries)].sort(byName)) {
    const before = below.entries.get(entry);
    if (inode.kind === 'directory' && before?.kind === 'directory' && inode.entries instanceof LayeredEntries) {
      const inner = changesIn(entry, inode, before, writer);
      if (inner) directories.push(inner);
    } else if (!before || !isSame(inode, before)) entries.push(...writer.entry(entry, inode));
  }
  const gone = [...(layered?.removed() ?? [])].filter((entry) => !own.entries.has(entry)).sort();
  if (!isTouched && entries.length + directories.length + gone.length === 0) return undefined;
  return {
    name,
    ...(attributes !== undefined && { attributes }),
    ...(gone.length > 0 && { gone }),
    ...(entries.length > 0 && { entries }),
    ...(directories.length > 0 && { directories }),
  };
}

function isSame(inode: Inode, below: Inode): boolean {
  if (inode.kind !== below.kind || inode.others || !hasSameAttributes(inode, below)) return false;
  if (inode.kind === 'file' && below.kind === 'file') return inode.content.read() === below.content.read();
  return inode.kind !== 'symlink' || below.kind !== 'symlink' || inode.target === below.target;
}

function hasSameAttributes(a: Inode, b: Inode): boolean {
  return (
    a.number === b.number &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.mtime === b.mtime &&
    a.ctime === b.ctime
  );
}

/** Makes of a volume over a layer what it was when `changesOf` was asked. */
export function applyChanges(volume: Volume, changes: LayerChanges): void {
  volume.continueAfter(changes.nextInode);
  applyIn(volume.root, changes, new EntryReader(volume, changes.table));
}

function applyIn(directory: Directory, changed: ChangedDirectory, reader: EntryReader): void {
  if (changed.attributes !== undefined) Object.assign(directory, reader.attributes(changed.attributes));
  for (const name of changed.gone ?? []) directory.entries.delete(name);
  for (const entry of changed.entries ?? []) {
    const [name] = entry;
    const inode = reader.inode(entry);
    directory.entries.set(name, inode);
    addPlace(inode, directory, name);
  }
  for (const inner of changed.directories ?? []) {
    const found = directory.entries.get(inner.name);
    if (found?.kind === 'directory') applyIn(found, inner, reader);
  }
}
