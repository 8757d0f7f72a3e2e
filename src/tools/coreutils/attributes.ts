import { parseTime } from '#kernel/calendar.ts';
import { FsError } from '#machine/file-system.ts';
import { groupsOf, usersOf } from '#machine/users.ts';
import { parseDate } from './date-input.ts';
import { readMode } from './mode.ts';
import { forEach, type Invocation, immediate } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

export const touch = immediate(
  { flags: 'acmh', values: 'drt', long: { 'no-create': 'c', 'date=': 'd', 'reference=': 'r' } },
  (invocation) => {
    const { operands, has, value, process, complain } = invocation;
    const { files, kernel } = process;
    if (value('t') !== undefined) {
      complain('-t is not simulated here');
      return 2;
    }
    if (operands.length === 0) return refuseUsage(invocation, 'missing file operand');
    const text = value('d');
    const reference = value('r');
    const time =
      text === undefined
        ? reference === undefined
          ? undefined
          : files.stat(reference).mtime
        : (parseDate(text, kernel.now) ?? parseTime(text));
    if (time !== undefined && Number.isNaN(time)) {
      complain(`invalid date format '${text}'`);
      return 1;
    }
    return forEach(
      operands,
      (path) => {
        if (!files.exists(path)) {
          if (has('c')) return;
          files.writeFile(path, '');
        }
        files.utimes(path, time);
      },
      (path, { message }) => complainAs(invocation, `cannot touch '${path}': ${message}`, `${path}: ${message}`),
    );
  },
);

/** Each path, and with -R all below it, symlinks not followed. */
function eachPath(invocation: Invocation, path: string, action: (path: string) => void): void {
  action(path);
  const { files } = invocation.process;
  if (!invocation.has('R') || files.lstat(path).kind !== 'directory') return;
  for (const name of files.readdir(path)) eachPath(invocation, `${path.replace(/\/$/, '')}/${name}`, action);
}

export const chmod = immediate(
  { flags: 'Rvcf', long: { recursive: 'R', verbose: 'v' }, operand: /^-[rwxXst]+$/ },
  (invocation) => {
    const { operands, process, complain, has } = invocation;
    const [text, ...paths] = operands;
    if (text === undefined) return refuseUsage(invocation, 'missing operand');
    if (paths.length === 0) return refuseUsage(invocation, `missing operand after '${text}'`);
    const missing = ['v', 'c'].find((letter) => has(letter));
    if (missing !== undefined) {
      complain(`-${missing} is not simulated here`);
      return 2;
    }
    const mode = readMode(text, process.files.umask);
    if (!mode) {
      if (invocation.dialect === 'gnu') return refuseUsage(invocation, `invalid mode: '${text}'`);
      complain(`invalid mode '${text}'`);
      return 1;
    }
    const { files } = process;
    return forEach(
      paths,
      (path) =>
        eachPath(invocation, path, (each) => {
          if (each !== path && files.lstat(each).kind === 'symlink') return;
          files.chmod(each, mode(files.stat(each)));
        }),
      (path, { code, message }) =>
        complainAs(
          invocation,
          code === 'EPERM' ? `changing permissions of '${path}': ${message}` : `cannot access '${path}': ${message}`,
          `${path}: ${message}`,
        ),
    );
  },
);

export const chown = immediate(
  { flags: 'Rvhf', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' } },
  (invocation) => changeOwner(invocation, (text) => readOwner(invocation, text)),
);

export const chgrp = immediate(
  { flags: 'Rvhf', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' } },
  (invocation) => changeOwner(invocation, (text) => readOwner(invocation, `:${text}`)),
);

type Owner = readonly [uid: number, gid: number];

function changeOwner(invocation: Invocation, read: (text: string) => Owner | undefined): number {
  const { operands, process, has, complain } = invocation;
  const [text, ...paths] = operands;
  if (has('v')) {
    complain('-v is not simulated here');
    return 2;
  }
  if (text === undefined) return refuseUsage(invocation, 'missing operand');
  if (paths.length === 0) return refuseUsage(invocation, `missing operand after '${text}'`);
  const owner = read(text);
  if (!owner) return 1;
  const [uid, gid] = owner;
  const { files } = process;
  return forEach(
    paths,
    (path) => {
      const isLink = (each: string) => files.lstat(each).kind === 'symlink';
      eachPath(invocation, path, (each) =>
        files.chown(each, uid, gid, { follow: !has('h') && !(each !== path && isLink(each)) }),
      );
    },
    (path, { code, message }) =>
      complainAs(
        invocation,
        code === 'EPERM'
          ? `changing ${uid < 0 ? 'group' : 'ownership'} of '${path}': ${message}`
          : `cannot access '${path}': ${message}`,
        `${path}: ${message}`,
      ),
  );
}

/** `user`, `user:group`, `:group`, `1000:1000`; undefined when there is no such one, which was told. */
function readOwner(invocation: Invocation, text: string): Owner | undefined {
  const { files } = invocation.process;
  const [user = '', group] = text.split(/[:.]/);
  const known = usersOf(files).find(({ name }) => name === user);
  const uid = user === '' ? -1 : (known?.uid ?? (/^\d+$/.test(user) ? Number(user) : undefined));
  if (uid === undefined) {
    complainAs(invocation, `invalid user: '${text}'`, `unknown user ${user}`);
    return undefined;
  }
  if (group === undefined) return [uid, -1];
  // A colon alone stands for the user's own group.
  if (group === '') return [uid, known?.gid ?? -1];
  const gid =
    groupsOf(files).find(({ name }) => name === group)?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined);
  if (gid === undefined) {
    complainAs(invocation, `invalid group: '${user === '' ? group : text}'`, `unknown group ${group}`);
    return undefined;
  }
  return [uid, gid];
}

export const readlink = immediate({ flags: 'femnq', long: { canonicalize: 'f', 'no-newline': 'n' } }, (invocation) => {
  const { operands, has, process, out } = invocation;
  const { files } = process;
  if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
  let status = 0;
  for (const path of operands) {
    try {
      const found = has('f') || has('e') || has('m') ? canonical(invocation, path) : files.readlink(path);
      out(`${found}${has('n') ? '' : '\n'}`);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      status = 1;
    }
  }
  return status;
});

/** The last name need not be there. @throws FsError */
function canonical({ process, has }: Invocation, path: string): string {
  const { files } = process;
  if (files.exists(path) || has('e')) return files.realpath(path);
  const trimmed = path.replace(/\/+$/, '');
  const slash = trimmed.lastIndexOf('/');
  const parent = files.realpath(slash < 0 ? '.' : trimmed.slice(0, slash) || '/');
  return `${parent === '/' ? '' : parent}/${trimmed.slice(slash + 1)}`;
}

export const realpath = immediate({ flags: 'esm' }, (invocation) => {
  const { operands, out, complain } = invocation;
  if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
  return forEach(
    operands,
    (path) => out(`${canonical(invocation, path)}\n`),
    (path, { message }) => complain(`${path}: ${message}`),
  );
});

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const mktemp = immediate(
  { flags: 'duqt', values: 'p', long: { directory: 'd' } },
  ({ operands, has, value, process, out, complain }) => {
    const { files, kernel, env } = process;
    const [template] = operands;
    const directory = value('p') ?? env['TMPDIR'] ?? '/tmp';
    const path =
      template === undefined
        ? `${directory}/tmp.XXXXXXXXXX`
        : has('t') || has('p')
          ? `${directory}/${template}`
          : template;
    if (!/X{3,}$/.test(path)) {
      complain(`too few X's in template '${template}'`);
      return 1;
    }
    const made = path.replace(/X+$/, (marks) => Array.from(marks, () => kernel.random.pick([...LETTERS])).join(''));
    try {
      if (has('d')) files.mkdir(made, { mode: 0o700 });
      else if (!has('u')) files.writeFile(made, '', { exclusive: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`failed to create ${has('d') ? 'directory' : 'file'} via template '${path}': ${error.message}`);
      return 1;
    }
    out(`${made}\n`);
    return 0;
  },
);
