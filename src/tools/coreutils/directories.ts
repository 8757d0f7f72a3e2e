import { type FileSystem, FsError } from '#machine/file-system.ts';
import { readMode } from './mode.ts';
import { forEach, type Invocation, immediate } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

export const mkdir = immediate(
  { flags: 'pv', values: 'm', long: { parents: 'p', verbose: 'v', 'mode=': 'm' } },
  (invocation) => {
    const { operands, has, value, process, out, name } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    const text = value('m');
    const mode = text === undefined ? undefined : readMode(text, process.files.umask);
    if (text !== undefined && !mode) {
      invocation.complain(`invalid mode '${text}'`);
      return 1;
    }
    return forEach(
      operands,
      (path) => {
        const { files } = process;
        const isThere = files.exists(path);
        files.mkdir(path, { recursive: has('p') });
        if (mode && !isThere) files.chmod(path, mode({ ...files.stat(path), mode: 0o777 }));
        if (has('v') && !isThere) out(`${name}: created directory '${path}'\n`);
      },
      (path, { message }) =>
        complainAs(
          invocation,
          `cannot create directory '${path}': ${message}`,
          `can't create directory '${path}': ${message}`,
        ),
    );
  },
);

export const rmdir = immediate({ flags: 'p', long: { parents: 'p' } }, (invocation) => {
  const { operands, has, process } = invocation;
  if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
  return forEach(
    operands,
    (path) => {
      process.files.rmdir(path);
      if (!has('p')) return;
      for (let parent = parentOf(path); parent !== '.' && parent !== '/'; parent = parentOf(parent))
        process.files.rmdir(parent);
    },
    (path, { message }) => complainAs(invocation, `failed to remove '${path}': ${message}`, `'${path}': ${message}`),
  );
});

function parentOf(path: string): string {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash) || '/';
}

export const rm = immediate(
  { flags: 'rRfvdi', long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' } },
  (invocation) => {
    const { operands, has, complain } = invocation;
    if (has('i')) {
      complain('-i is not simulated here');
      return 2;
    }
    if (operands.length === 0) return has('f') ? 0 : refuseUsage(invocation, 'missing operand');
    return forEach(
      operands,
      (path) => removeOne(invocation, path),
      (path, { code, message }) => {
        if (code === 'EISDIR' && invocation.dialect === 'busybox') complain(`'${path}' is a directory`);
        else complainAs(invocation, `cannot remove '${path}': ${message}`, `can't remove '${path}': ${message}`);
      },
    );
  },
);

/** @throws FsError */
function removeOne({ process, has, out, complain }: Invocation, path: string): void {
  const { files } = process;
  const last = path.replace(/\/+$/, '').split('/').at(-1);
  if (last === '.' || last === '..') {
    complain(`refusing to remove '.' or '..' directory: skipping '${path}'`);
    throw new FsError('EINVAL', path);
  }
  let kind: ReturnType<FileSystem['lstat']>['kind'];
  try {
    ({ kind } = files.lstat(path));
  } catch (error) {
    if (error instanceof FsError && has('f') && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return;
    throw error;
  }
  const isDirectory = kind === 'directory';
  if (isDirectory && !has('r') && !has('R')) {
    if (!has('d')) throw new FsError('EISDIR', path);
    files.rmdir(path);
    if (has('v')) out(`removed directory '${path}'\n`);
  } else
    removeTree(files, path, (removed) => {
      if (has('v')) out(`removed ${removed}\n`);
    });
}

/** What is in it first. @throws FsError */
function removeTree(files: FileSystem, path: string, tell: (removed: string) => void): void {
  if (files.lstat(path).kind !== 'directory') {
    files.unlink(path);
    tell(`'${path}'`);
    return;
  }
  for (const name of files.readdir(path)) removeTree(files, `${path.replace(/\/$/, '')}/${name}`, tell);
  files.rmdir(path);
  tell(`directory '${path}'`);
}
