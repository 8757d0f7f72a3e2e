import type { FileSystem } from '#machine/file-system.ts';

/** Puts a text where it belongs, as install(1): with the directories on the way, and its mode whatever the umask says. */
export function installFile(files: FileSystem, path: string, text: string, mode = 0o644): void {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!files.exists(directory)) files.mkdir(directory, { recursive: true });
  files.writeText(path, text);
  if (files.stat(path).mode !== mode) files.chmod(path, mode);
}
