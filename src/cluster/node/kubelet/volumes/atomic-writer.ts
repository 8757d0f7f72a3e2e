import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { KubeletFiles } from '../files.ts';

/** A file of a volume. */
export interface VolumeFile {
  /** In the volume; may lie in directories of it. */
  readonly path: string;
  /** A function makes it when somebody first reads the file, and is the same one as long as the text is. */
  readonly text: string | (() => string);
  /** As 0o644. */
  readonly mode: number;
}

const DATA = '..data';

/**
 * Fills a volume so that its files change all at once (pkg/volume/util/atomic_writer.go): they are in a directory named by the time, `..data`
 * is a symlink to that, and what a container sees are symlinks into `..data`.
 *
 * @param known what was written there last
 */
export function writeAtomically(
  files: KubeletFiles,
  kernel: Kernel,
  volume: string,
  content: readonly VolumeFile[],
  known: readonly VolumeFile[] = [],
): void {
  files.makeDirectory(volume, 0o777);
  const before = files.linkTarget(`${volume}/${DATA}`);
  if (before !== undefined && isSame(files, `${volume}/${before}`, content, known)) return;
  const time = timestamp(kernel.now).slice(0, 19).replace(/[-T:]/g, '_');
  const directory = `..${time}.${kernel.random.int(0x1_0000_0000)}`;
  files.makeDirectory(`${volume}/${directory}`, 0o755);
  for (const { path, text, mode } of content) {
    const target = `${volume}/${directory}/${path}`;
    if (typeof text === 'string') files.write(target, text, mode);
    else files.writeLater(target, text, mode);
  }
  files.setLink(directory, `${volume}/${DATA}`);
  const names = new Set(content.map(({ path }) => path.split('/')[0] ?? ''));
  for (const name of names) files.setLink(`${DATA}/${name}`, `${volume}/${name}`);
  for (const name of files.list(volume) ?? [])
    if (!name.startsWith('..') && !names.has(name)) files.remove(`${volume}/${name}`);
  if (before !== undefined) files.remove(`${volume}/${before}`);
}

function isSame(
  files: KubeletFiles,
  directory: string,
  content: readonly VolumeFile[],
  known: readonly VolumeFile[],
): boolean {
  // To look at a text that nobody has read yet would be to make it.
  if (content.some(({ text }) => typeof text !== 'string'))
    return (
      known.length === content.length &&
      content.every(({ path, text }) => known.some((file) => file.path === path && file.text === text))
    );
  return (
    listFiles(files, directory).length === content.length &&
    content.every(({ path, text }) => files.read(`${directory}/${path}`) === text)
  );
}

/** Files under a directory, by their paths in it. */
function listFiles(files: KubeletFiles, directory: string): readonly string[] {
  return (files.list(directory) ?? []).flatMap((name) =>
    files.kind(`${directory}/${name}`) === 'directory'
      ? listFiles(files, `${directory}/${name}`).map((path) => `${name}/${path}`)
      : [name],
  );
}
