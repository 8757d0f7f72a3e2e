import { type FileSystem, FsError } from './file-system.ts';

/**
 * Where a command is (execvp(3), Go's exec.LookPath): a name with a slash is a path, any other is looked for in the directories of PATH.
 *
 * @throws FsError ENOENT when no directory has it; EACCES, EISDIR, ENOENT for a path
 */
export function lookUp(files: FileSystem, command: string, path: string): string {
  if (command.includes('/')) {
    if (files.stat(command).kind === 'directory') throw new FsError('EISDIR', command);
    files.access(command, 'x');
    return command;
  }
  for (const directory of path.split(':')) {
    const candidate = `${directory || '.'}/${command}`;
    if (isExecutable(files, candidate)) return candidate;
  }
  throw new FsError('ENOENT', command);
}

function isExecutable(files: FileSystem, path: string): boolean {
  try {
    if (files.stat(path).kind !== 'file') return false;
    files.access(path, 'x');
    return true;
  } catch {
    return false;
  }
}
