import { type FileSystem, FsError } from '#machine/file-system.ts';
import { type Invocation, immediate } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

/** The operands, with the path that each gets at its target; undefined when they make no sense, which was told. */
function destinations(invocation: Invocation): readonly (readonly [from: string, to: string])[] | undefined {
  const { operands, has, value, process, complain } = invocation;
  const directory = value('t');
  const [last = ''] = directory === undefined ? operands.slice(-1) : [directory];
  const sources = directory === undefined ? operands.slice(0, -1) : operands;
  if (operands.length === 0) {
    refuseUsage(invocation, 'missing file operand');
    return undefined;
  }
  if (sources.length === 0) {
    refuseUsage(invocation, `missing destination file operand after '${last}'`);
    return undefined;
  }
  const isDirectory = !has('T') && process.files.exists(last) && process.files.stat(last).kind === 'directory';
  if (sources.length > 1 && !isDirectory) {
    complain(`target '${last}'${process.files.exists(last) ? ' is not a directory' : ': No such file or directory'}`);
    return undefined;
  }
  return sources.map((source) => [source, isDirectory ? join(last, nameOf(source)) : last]);
}

function nameOf(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? path;
}

function join(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

const COPY_OPTIONS = {
  flags: 'rRapfvdnTiuLP',
  values: 't',
  long: {
    recursive: 'r',
    archive: 'a',
    force: 'f',
    verbose: 'v',
    'no-clobber': 'n',
    'target-directory=': 't',
    'no-target-directory': 'T',
  },
};

export const cp = immediate(COPY_OPTIONS, (invocation) => {
  const { has, complain } = invocation;
  const missing = ['i', 'u', 'L', 'P'].find((letter) => has(letter));
  if (missing !== undefined) {
    complain(`-${missing} is not simulated here`);
    return 2;
  }
  const pairs = destinations(invocation);
  if (!pairs) return 1;
  let status = 0;
  for (const [from, to] of pairs) if (!copyOne(invocation, from, to)) status = 1;
  return status;
});

/** @returns false when something of it failed, which was told */
function copyOne(invocation: Invocation, from: string, to: string): boolean {
  const { process, has, out, complain } = invocation;
  const { files } = process;
  const isRecursive = has('r') || has('R') || has('a');
  try {
    const stats = has('a') || has('d') || isRecursive ? files.lstat(from) : files.stat(from);
    if (stats.kind === 'directory' && !isRecursive) {
      complainAs(invocation, `-r not specified; omitting directory '${from}'`, `omitting directory '${from}'`);
      return false;
    }
    if (files.exists(to)) {
      const target = files.stat(to);
      if (target.inode === stats.inode && target.device === stats.device) {
        complain(`'${from}' and '${to}' are the same file`);
        return false;
      }
      if (target.kind === 'directory' && stats.kind !== 'directory') {
        complain(`cannot overwrite directory '${to}' with non-directory`);
        return false;
      }
      if (target.kind !== 'directory' && stats.kind === 'directory') {
        complain(`cannot overwrite non-directory '${to}' with directory '${from}'`);
        return false;
      }
      if (has('n')) return true;
    }
    if (has('v')) out(`'${from}' -> '${to}'\n`);
    if (stats.kind === 'directory') return copyDirectory(invocation, from, to);
    if (stats.kind === 'symlink') {
      if (isThere(files, to)) files.unlink(to);
      files.symlink(files.readlink(from), to);
    } else copyFile(invocation, from, to);
    return true;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const doing =
      error.path === to
        ? `cannot create regular file '${to}'`
        : `cannot ${error.code === 'EACCES' ? 'open' : 'stat'} '${from}'`;
    const busybox =
      error.path === to ? `can't create '${to}'` : `can't ${error.code === 'EACCES' ? 'open' : 'stat'} '${from}'`;
    complainAs(
      invocation,
      `${doing}${error.code === 'EACCES' && error.path !== to ? ' for reading' : ''}: ${error.message}`,
      `${busybox}: ${error.message}`,
    );
    return false;
  }
}

function copyDirectory(invocation: Invocation, from: string, to: string): boolean {
  const { files } = invocation.process;
  if (`${files.realpath(parentOf(to))}/`.startsWith(`${files.realpath(from)}/`)) {
    invocation.complain(`cannot copy a directory, '${from}', into itself, '${to}'`);
    return false;
  }
  const names = files.readdir(from);
  if (!files.exists(to)) files.mkdir(to);
  let isDone = true;
  for (const name of names) isDone = copyOne(invocation, join(from, name), join(to, name)) && isDone;
  copyAttributes(invocation, from, to);
  return isDone;
}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const slash = trimmed.lastIndexOf('/');
  return slash < 0 ? '.' : trimmed.slice(0, slash) || '/';
}

function copyFile(invocation: Invocation, from: string, to: string): void {
  const { files } = invocation.process;
  const data = files.readFile(from);
  const { mode } = files.stat(from);
  if (invocation.has('f') && isThere(files, to)) {
    try {
      files.access(to, 'w');
    } catch {
      files.unlink(to);
    }
  }
  files.writeFile(to, data, { mode: mode & 0o777 });
  copyAttributes(invocation, from, to);
}

function copyAttributes({ process, has }: Invocation, from: string, to: string): void {
  if (!has('p') && !has('a')) return;
  const { files } = process;
  const { mode, uid, gid, mtime } = files.stat(from);
  if (files.credentials.uid === 0) files.chown(to, uid, gid);
  files.chmod(to, mode);
  files.utimes(to, mtime);
}

/** A symlink to nothing is there too. */
function isThere(files: FileSystem, path: string): boolean {
  try {
    files.lstat(path);
    return true;
  } catch {
    return false;
  }
}

export const mv = immediate(
  { flags: 'fvnTi', values: 't', long: { force: 'f', verbose: 'v', 'no-clobber': 'n', 'target-directory=': 't' } },
  (invocation) => {
    const { has, process, out, complain } = invocation;
    const { files } = process;
    if (has('i')) {
      complain('-i is not simulated here');
      return 2;
    }
    const pairs = destinations(invocation);
    if (!pairs) return 1;
    let status = 0;
    for (const [from, to] of pairs) {
      try {
        if (has('n') && isThere(files, to)) continue;
        if (has('v')) out(`renamed '${from}' -> '${to}'\n`);
        moveOne(files, from, to);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        tellOfMove(invocation, from, to, error);
        status = 1;
      }
    }
    return status;
  },
);

/** Between file systems it is copied. @throws FsError */
function moveOne(files: FileSystem, from: string, to: string): void {
  try {
    files.rename(from, to);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'EXDEV') throw error;
    copyTree(files, from, to);
    files.remove(from);
  }
}

function copyTree(files: FileSystem, from: string, to: string): void {
  const { kind, mode, uid, gid, mtime } = files.lstat(from);
  if (kind === 'symlink') {
    files.symlink(files.readlink(from), to);
    return;
  }
  if (kind === 'directory') {
    files.mkdir(to);
    for (const name of files.readdir(from)) copyTree(files, join(from, name), join(to, name));
  } else files.writeFile(to, files.readFile(from));
  if (files.credentials.uid === 0) files.chown(to, uid, gid);
  files.chmod(to, mode);
  files.utimes(to, mtime);
}

function tellOfMove(invocation: Invocation, from: string, to: string, { code, message }: FsError): void {
  const { files } = invocation.process;
  if (!isThere(files, from))
    complainAs(invocation, `cannot stat '${from}': ${message}`, `can't rename '${from}': ${message}`);
  else if (code === 'EINVAL')
    complainAs(
      invocation,
      `cannot move '${from}' to a subdirectory of itself, '${to}'`,
      `can't rename '${from}': ${message}`,
    );
  else if (code === 'ENOTDIR' || code === 'EISDIR')
    complainAs(
      invocation,
      code === 'EISDIR'
        ? `cannot overwrite directory '${to}' with non-directory`
        : `cannot overwrite non-directory '${to}' with directory '${from}'`,
      `can't rename '${from}': ${message}`,
    );
  else complainAs(invocation, `cannot move '${from}' to '${to}': ${message}`, `can't rename '${from}': ${message}`);
}

export const ln = immediate(
  { flags: 'sfnvT', long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v' } },
  (invocation) => {
    const { operands, has, process, out, complain } = invocation;
    const { files } = process;
    if (operands.length === 0) return refuseUsage(invocation, 'missing file operand');
    const pairs =
      operands.length === 1
        ? [[operands[0] ?? '', `./${nameOf(operands[0] ?? '')}`] as const]
        : linkTargets(invocation);
    if (!pairs) return 1;
    let status = 0;
    for (const [target, path] of pairs) {
      try {
        if (has('f') && isThere(files, path)) files.unlink(path);
        if (has('s')) files.symlink(target, path);
        else files.link(target, path);
        if (has('v')) out(`'${path}' -> '${target}'\n`);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        const { message, code } = error;
        if (!has('s') && code === 'ENOENT')
          complainAs(invocation, `failed to access '${target}': ${message}`, `${target}: ${message}`);
        else if (!has('s') && code === 'EPERM') complain(`${target}: hard link not allowed for directory`);
        else
          complainAs(
            invocation,
            `failed to create ${has('s') ? 'symbolic' : 'hard'} link '${path.replace(/^\.\//, has('s') ? './' : './')}': ${message}`,
            `${path}: ${message}`,
          );
        status = 1;
      }
    }
    return status;
  },
);

/** With -n a symlink to a directory is what is replaced, not where the link goes. */
function linkTargets(invocation: Invocation): readonly (readonly [from: string, to: string])[] | undefined {
  const { operands, has, process } = invocation;
  const [target = '', path = ''] = operands;
  const isLink = isThere(process.files, path) && process.files.lstat(path).kind === 'symlink';
  return operands.length === 2 && has('n') && isLink ? [[target, path]] : destinations(invocation);
}
