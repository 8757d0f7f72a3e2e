import { type FileSystem, FsError, readTextIfThere } from '#machine/file-system.ts';
import { installFile } from '../file-system/install.ts';

/** Files as the kubelet, which is root, uses them. Paths are absolute. */
export class KubeletFiles {
  readonly #files: FileSystem;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Undefined for what is no file. */
  read(path: string): string | undefined {
    return readTextIfThere(this.#files, path);
  }

  /** Makes the directories on its way. @param mode as 0o644, whatever the umask says */
  write(path: string, text: string, mode = 0o644): void {
    installFile(this.#files, path, text, mode);
  }

  /** A text that is made when somebody first reads it, in a directory that is there. */
  writeLater(path: string, make: () => string, mode: number): void {
    this.#files.writeLater(path, make, { mode });
    this.#files.chmod(path, mode);
  }

  makeDirectory(path: string, mode = 0o755): void {
    if (this.#files.exists(path)) return;
    this.#files.mkdir(path, { recursive: true, mode });
  }

  /** Makes the directories on its way, and nothing when there is something already. */
  symlink(target: string, path: string): void {
    if (this.#isThere(path)) return;
    this.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    this.#files.symlink(target, path);
  }

  /** With all that is in it, a symlink itself; nothing when there is none. */
  remove(path: string): void {
    if (this.#isThere(path)) this.#files.remove(path);
  }

  /** Names in a directory, sorted; undefined when there is none. */
  list(path: string): readonly string[] | undefined {
    return this.kind(path) === 'directory' ? this.#files.readdir(path) : undefined;
  }

  kind(path: string): 'file' | 'directory' | 'other' | undefined {
    if (!this.#files.exists(path)) return undefined;
    const { kind } = this.#files.stat(path);
    return kind === 'file' || kind === 'directory' ? kind : 'other';
  }

  /** Where a symlink leads; undefined for what is none. */
  linkTarget(path: string): string | undefined {
    try {
      return this.#files.readlink(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      return undefined;
    }
  }

  /** Makes a symlink, in place of another one at once. */
  setLink(target: string, path: string): void {
    const before = this.linkTarget(path);
    if (before === target) return;
    if (before === undefined) {
      this.#files.symlink(target, path);
      return;
    }
    this.#files.symlink(target, `${path}_tmp`);
    this.#files.rename(`${path}_tmp`, path);
  }

  /** Tells of changes of what is in a directory. */
  watch(path: string, changed: () => void): { close(): void } {
    if (!this.#files.exists(path)) return { close: () => undefined };
    return this.#files.watch(path, changed);
  }

  /** A symlink that leads nowhere too. */
  #isThere(path: string): boolean {
    if (this.#files.exists(path)) return true;
    try {
      this.#files.lstat(path);
      return true;
    } catch (error) {
      if (error instanceof FsError) return false;
      throw error;
    }
  }
}
