/** Files as processes see them. Contents are binary strings, one character a byte; the ...Text functions speak UTF-8. Times are milliseconds since the epoch. */

/** The C library's words (strerror) of each error that a file operation ends in. */
export const ERROR_WORDS = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ENXIO: 'No such device or address',
  ENOEXEC: 'Exec format error',
  EBADF: 'Bad file descriptor',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EXDEV: 'Invalid cross-device link',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  EROFS: 'Read-only file system',
  ENAMETOOLONG: 'File name too long',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
} as const;

export type FsErrorCode = keyof typeof ERROR_WORDS;

/** Why an operation failed; the message is the C library's, without the path: each tool puts it into a sentence of its own. */
export class FsError implements Error {
  readonly name = 'FsError';
  readonly message: string;
  readonly code: FsErrorCode;
  readonly path: string;

  constructor(code: FsErrorCode, path: string) {
    this.message = ERROR_WORDS[code];
    this.code = code;
    this.path = path;
  }
}

// An Error without a stack: to look for a file that is not there is no fault, and a stack for each costs more than the looking.
Object.setPrototypeOf(FsError.prototype, Error.prototype);

/** As whom a process acts. User 0 may do everything but write what is mounted read-only. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export type FileKind = 'file' | 'directory' | 'symlink' | 'socket' | 'fifo' | 'character';

export interface Stats {
  readonly kind: FileKind;
  readonly inode: number;
  readonly device: number;
  /** Permission bits with set-user-ID, set-group-ID and sticky: 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Bytes. */
  readonly size: number;
  readonly mtime: number;
  readonly ctime: number;
}

export interface OpenOptions {
  /** Default: read only. `read-write` neither makes nor empties the file unless asked to. */
  readonly access?: 'read' | 'write' | 'read-write';
  readonly create?: boolean;
  /** With `create`: fails with EEXIST when something is there, a symlink too. */
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  /** Every write goes to the end. */
  readonly append?: boolean;
  /** Of a new file, before the umask; 0o666 by default. */
  readonly mode?: number;
}

export type WriteOptions = Pick<OpenOptions, 'append' | 'exclusive' | 'mode'>;

/** An open file: it stays readable when the file is renamed or removed. Operations throw FsError, EBADF when it was not opened for them. */
export interface OpenFile {
  /** What stands there, from a byte on; empty at the end. */
  read(offset: number, length?: number): string;
  /** At the end for files opened to append, else where the last write ended. */
  write(data: string): void;
  truncate(length: number): void;
  stat(): Stats;
  close(): void;
}

/** What happened, as inotify(7) tells it. `name` is that of the entry of a watched directory; empty for the watched file itself. */
export interface FileEvent {
  readonly type: 'create' | 'modify' | 'delete' | 'moved-from' | 'moved-to' | 'attrib' | 'delete-self' | 'move-self';
  readonly name: string;
}

/**
 * A tree of files as one process sees it: its root, what is mounted, its working directory, its credentials and umask. Every operation
 * checks permissions and throws FsError, with the code that Linux answers with.
 */
export interface FileSystem {
  readonly credentials: Credentials;
  readonly umask: number;
  readonly workingDirectory: string;
  /** The same tree for somebody else, somewhere else. */
  as(who: { credentials?: Credentials; umask?: number; workingDirectory?: string }): FileSystem;

  stat(path: string): Stats;
  /** As stat, of the symlink itself. */
  lstat(path: string): Stats;
  /** False also for what cannot be reached. */
  exists(path: string): boolean;
  /** Throws EACCES unless all of it is allowed; `access('f', 'rx')`. */
  access(path: string, permissions: string): void;
  realpath(path: string): string;
  /** Paths that match, sorted by byte; none is no error. `*`, `?`, `[a-z]`, `[!a]`; hidden names only by an explicit dot. */
  glob(pattern: string): readonly string[];

  open(path: string, options?: OpenOptions): OpenFile;
  readFile(path: string): string;
  readText(path: string): string;
  /** Makes or empties the file, unless it is to be appended to. */
  writeFile(path: string, data: string, options?: WriteOptions): void;
  writeText(path: string, text: string, options?: WriteOptions): void;
  /** As writeFile, of bytes that are made when somebody first looks at them or asks how many they are. */
  writeLater(path: string, make: () => string, options?: Pick<WriteOptions, 'mode'>): void;
  truncate(path: string, length: number): void;

  /** Names, sorted by byte, without `.` and `..`. */
  readdir(path: string): readonly string[];
  /** With `recursive` directories on the way are made, and one that is there is no error. */
  mkdir(path: string, options?: { readonly mode?: number; readonly recursive?: boolean }): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  /** With all that is in it, symlinks not followed; nothing there is an error (ENOENT). */
  remove(path: string): void;
  /** Replaces what is there, at once. */
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  /** A socket, a FIFO or a device (only root makes devices). */
  mknod(path: string, kind: 'socket' | 'fifo' | 'character', mode?: number): void;

  chmod(path: string, mode: number): void;
  /** -1 leaves as it is. `follow` false changes a symlink itself. */
  chown(path: string, uid: number, gid: number, options?: { readonly follow?: boolean }): void;
  /** Undefined is now. */
  utimes(path: string, mtime?: number): void;

  /** Tells of changes to a file or to the entries of a directory, each in a task of the kernel, until it is closed. */
  watch(path: string, listener: (event: FileEvent) => void): { close(): void };
}

/** The text of a file; undefined for what is no file that may be read. */
export function readTextIfThere(files: FileSystem, path: string): string | undefined {
  try {
    return files.readText(path);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
