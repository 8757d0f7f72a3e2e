import { type FileSystem, FsError } from '#machine/file-system.ts';
import type { Program } from '#machine/program.ts';

/** Programs by what their executable files hold in place of machine code. */
export type Programs = (name: string) => Program | undefined;

/** An executable file, made runnable. */
export interface Executable {
  readonly program: Program;
  /** With the interpreter of a script before the script. */
  readonly argv: readonly string[];
}

const MAGIC = '\x7fELF\x02\x01\x01\0';
/** Scripts whose interpreters are scripts (Linux, fs/exec.c). */
const MAX_INTERPRETERS = 4;

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The bytes of an executable file: it is told apart by its beginning, as any, and names its program. */
export function executable(name: string): string {
  return `${MAGIC}${name}\0`;
}

/**
 * Makes a program of an executable file (execve(2)).
 *
 * @throws FsError ENOENT, EACCES, ENOEXEC, ELOOP
 */
export function loadExecutable(
  files: FileSystem,
  path: string,
  argv: readonly string[],
  programs: Programs,
  depth = 0,
): Executable {
  if (files.stat(path).kind !== 'file') throw new FsError('EACCES', path);
  files.access(path, 'x');
  // Root may execute what it may not read; nobody here has such files.
  const bytes = files.open(path).read(0, 256);
  if (bytes.startsWith(MAGIC)) {
    const program = programs(bytes.slice(MAGIC.length, bytes.indexOf('\0', MAGIC.length)));
    if (!program) throw new FsError('ENOEXEC', path);
    return { program, argv };
  }
  const { interpreter, argument } =
    /^#! *(?<interpreter>\S+)(?: +(?<argument>\S.*?))? *(?:\n|$)/.exec(bytes)?.groups ?? {};
  if (interpreter === undefined) throw new FsError('ENOEXEC', path);
  if (depth >= MAX_INTERPRETERS) throw new FsError('ELOOP', path);
  const words = [interpreter, ...(argument === undefined ? [] : [argument]), path, ...argv.slice(1)];
  return loadExecutable(files, interpreter, words, programs, depth + 1);
}
