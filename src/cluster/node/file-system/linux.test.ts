import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { Random } from '#kernel/random.ts';
import { type Credentials, FsError } from '#machine/file-system.ts';
import { FileSystemView } from './view.ts';
import { Volume } from './volume.ts';

/** Random operations, on Linux's own file system and on ours: the same results, the same errors, the same tree. */

const NAMES = ['a', 'b', 'c', 'd'];
const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) fs.rmSync(directory, { recursive: true, force: true });
});

function scratch(): string {
  const directory = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'file-system-')));
  fs.chmodSync(directory, 0o777);
  made.push(directory);
  // Some way down, so that a mistake in a path of this test stays in its own directory.
  const root = join(directory, 'some', 'way', 'down');
  fs.mkdirSync(root, { recursive: true });
  fs.chmodSync(root, 0o777);
  return root;
}

/** What a step comes to: a value, or the code of its error. */
function outcome(step: () => unknown): unknown {
  try {
    return step() ?? 'done';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('E')) return error.code;
    throw error;
  }
}

interface Step {
  readonly text: string;
  real(root: string): unknown;
  ours(files: FileSystemView): unknown;
}

function statLine(mode: number, uid: number, gid: number, size: number, links: number, isDirectory: boolean): string {
  return `${(mode & 0o7777).toString(8)} ${uid} ${gid} ${isDirectory ? '' : size} ${isDirectory ? '' : links}`;
}

class Steps {
  readonly #random: Random;
  #count = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.#random.int(values.length)] as T;
  }

  path(): string {
    const depth = 1 + this.#random.int(3);
    const names = Array.from({ length: depth }, () => this.pick([...NAMES, ...NAMES, ...NAMES, '.', '..']));
    // A path must not leave the scratch directory: after a symlink `..` may be nearer to its root than it looks, so one is the most.
    let level = 0;
    let hasGoneUp = false;
    const kept = names.filter((name) => {
      if (name === '..' && (level === 0 || hasGoneUp)) return false;
      if (name === '..') hasGoneUp = true;
      else if (name !== '.') level += 1;
      return true;
    });
    const path = `/${kept.join('/') || 'a'}`;
    return this.#random.int(12) === 0 ? `${path}/` : path;
  }

  next(ids: readonly number[]): Step {
    this.#count += 1;
    const path = this.path();
    const other = this.path();
    // Without dots, so that no symlink leads upwards.
    const target = `/${Array.from({ length: 1 + this.#random.int(3) }, () => this.pick(NAMES)).join('/')}`;
    const data = `${this.#count} `.repeat(1 + this.#random.int(3));
    const mode = this.pick([0o644, 0o600, 0o755, 0o777, 0o400, 0o000, 0o2755, 0o4755, 0o1777, 0o070, 0o007]);
    const length = this.#random.int(8);
    const [uid, gid] = [this.pick([-1, ...ids]), this.pick([-1, ...ids])];
    const steps: readonly Step[] = [
      step(
        `write ${path}`,
        (root) => fs.writeFileSync(root + path, data),
        (files) => files.writeFile(path, data),
      ),
      step(
        `append ${path}`,
        (root) => fs.appendFileSync(root + path, data),
        (files) => files.writeFile(path, data, { append: true }),
      ),
      step(
        `exclusive ${path}`,
        (root) => fs.writeFileSync(root + path, data, { flag: 'wx' }),
        (files) => files.writeFile(path, data, { exclusive: true }),
      ),
      step(
        `create ${path} ${mode.toString(8)}`,
        (root) => fs.writeFileSync(root + path, data, { mode }),
        (files) => files.writeFile(path, data, { mode }),
      ),
      step(
        `read ${path}`,
        (root) => fs.readFileSync(root + path, 'latin1'),
        (files) => files.readFile(path),
      ),
      step(
        `mkdir ${path}`,
        (root) => fs.mkdirSync(root + path),
        (files) => files.mkdir(path),
      ),
      step(
        `mkdir ${path} ${mode.toString(8)}`,
        (root) => fs.mkdirSync(root + path, { mode }),
        (files) => files.mkdir(path, { mode }),
      ),
      step(
        `readdir ${path}`,
        (root) => fs.readdirSync(root + path).sort(),
        (files) => files.readdir(path),
      ),
      step(
        `unlink ${path}`,
        (root) => fs.unlinkSync(root + path),
        (files) => files.unlink(path),
      ),
      step(
        `rmdir ${path}`,
        (root) => fs.rmdirSync(root + path),
        (files) => files.rmdir(path),
      ),
      step(
        `rename ${path} ${other}`,
        (root) => fs.renameSync(root + path, root + other),
        (files) => files.rename(path, other),
      ),
      step(
        `rename ${path} ${other}`,
        (root) => fs.renameSync(root + path, root + other),
        (files) => files.rename(path, other),
      ),
      step(
        `link ${path} ${other}`,
        (root) => fs.linkSync(root + path, root + other),
        (files) => files.link(path, other),
      ),
      step(
        `symlink ${target} ${path}`,
        (root) => fs.symlinkSync(root + target, root + path),
        (files) => files.symlink(target, path),
      ),
      step(
        `symlink ${target.slice(1)} ${path}`,
        (root) => fs.symlinkSync(target.slice(1), root + path),
        (files) => files.symlink(target.slice(1), path),
      ),
      step(
        `readlink ${path}`,
        (root) => fs.readlinkSync(root + path).replace(root, ''),
        (files) => files.readlink(path),
      ),
      step(
        `chmod ${path} ${mode.toString(8)}`,
        (root) => fs.chmodSync(root + path, mode),
        (files) => files.chmod(path, mode),
      ),
      step(
        `chown ${path} ${uid} ${gid}`,
        (root) => fs.chownSync(root + path, uid, gid),
        (files) => files.chown(path, uid, gid),
      ),
      step(
        `lchown ${path} ${uid} ${gid}`,
        (root) => fs.lchownSync(root + path, uid, gid),
        (files) => files.chown(path, uid, gid, { follow: false }),
      ),
      step(
        `truncate ${path} ${length}`,
        (root) => fs.truncateSync(root + path, length),
        (files) => void files.open(path, { access: 'read-write' }).truncate(length),
      ),
      step(
        `realpath ${path}`,
        (root) => fs.statSync(root + path) && (fs.realpathSync.native(root + path).slice(root.length) || '/'),
        (files) => files.realpath(path),
      ),
      step(
        `utimes ${path}`,
        (root) => fs.utimesSync(root + path, 1000, 1000),
        (files) => files.utimes(path, 1_000_000),
      ),
      step(
        `access ${path}`,
        (root) => fs.accessSync(root + path, fs.constants.R_OK | fs.constants.W_OK),
        (files) => files.access(path, 'rw'),
      ),
      step(
        `access ${path} x`,
        (root) => fs.accessSync(root + path, fs.constants.X_OK),
        (files) => files.access(path, 'x'),
      ),
      step(
        `stat ${path}`,
        (root) => realStat(fs.statSync(root + path)),
        (files) => ourStat(files.stat(path)),
      ),
      step(
        `lstat ${path}`,
        (root) => realStat(fs.lstatSync(root + path)),
        (files) => ourStat(files.lstat(path)),
      ),
    ];
    return this.pick(steps);
  }
}

function step(text: string, real: Step['real'], ours: Step['ours']): Step {
  return { text, real, ours };
}

// The size of a symlink is that of its target, which is longer where the scratch directory is part of it.
function realStat(stats: fs.Stats): string {
  const size = stats.isSymbolicLink() ? 0 : stats.size;
  return statLine(stats.mode, stats.uid, stats.gid, size, stats.nlink, stats.isDirectory());
}

function ourStat(stats: ReturnType<FileSystemView['stat']>): string {
  const size = stats.kind === 'symlink' ? 0 : stats.size;
  return statLine(stats.mode, stats.uid, stats.gid, size, stats.links, stats.kind === 'directory');
}

function realTree(root: string, path = ''): string[] {
  return fs
    .readdirSync(root + path)
    .sort()
    .flatMap((name) => {
      const at = `${path}/${name}`;
      const stats = fs.lstatSync(root + at);
      const line = `${at} ${realStat(stats)}`;
      if (stats.isDirectory()) return [line, ...realTree(root, at)];
      if (stats.isSymbolicLink()) return [`${line} -> ${fs.readlinkSync(root + at).replace(root, '')}`];
      return [`${line} ${fs.readFileSync(root + at, 'latin1')}`];
    });
}

function ourTree(files: FileSystemView, path = ''): string[] {
  return files.readdir(path || '/').flatMap((name) => {
    const at = `${path}/${name}`;
    const stats = files.lstat(at);
    const line = `${at} ${ourStat(stats)}`;
    if (stats.kind === 'directory') return [line, ...ourTree(files, at)];
    if (stats.kind === 'symlink') return [`${line} -> ${files.readlink(at)}`];
    return [`${line} ${files.readFile(at)}`];
  });
}

function setUp(root: string) {
  const files = FileSystemView.of(new Volume(new Kernel({ start: 0, seed: 1 }), 1)).as({ umask: process.umask() });
  const { uid, gid } = fs.statSync(root);
  files.chown('/', uid, gid);
  files.chmod('/', 0o777);
  return files.as({ credentials: { uid, gid, groups: process.getgroups?.() ?? [] } });
}

const isRoot = process.getuid?.() === 0;

describe.runIf(process.platform === 'linux')('as Linux does', () => {
  it.each(Array.from({ length: 6 }, (_, i) => i))('random operations of one user, seed %i', (seed) => {
    const root = scratch();
    const files = setUp(root);
    const steps = new Steps(seed);
    const done: string[] = [];
    for (let count = 0; count < 400; count += 1) {
      const next = steps.next(isRoot ? [0, 1000, 1001] : [process.getuid?.() ?? 0]);
      done.push(next.text);
      expect([next.text, outcome(() => next.ours(files))], done.slice(-12).join('\n')).toEqual([
        next.text,
        outcome(() => next.real(root)),
      ]);
    }
    if (isRoot) expect(ourTree(files)).toEqual(realTree(root));
  });

  const USERS: readonly Credentials[] = [
    { uid: 0, gid: 0, groups: [] },
    { uid: 1000, gid: 1000, groups: [1001] },
    { uid: 1001, gid: 1001, groups: [] },
    { uid: 1002, gid: 1002, groups: [1000] },
  ];

  // Only root can become others.
  it.runIf(isRoot).each(Array.from({ length: 6 }, (_, i) => i + 1000))(
    'random operations of many users, seed %i',
    (seed) => {
      const root = scratch();
      const files = setUp(root);
      const steps = new Steps(seed);
      const done: string[] = [];
      for (let count = 0; count < 600; count += 1) {
        const next = steps.next([0, 1000, 1001, 1002]);
        // access(2) asks for the real user, which cannot be changed for a while from here.
        const who = next.text.startsWith('access') ? USERS[0] : steps.pick(USERS);
        if (!who) continue;
        done.push(`${who.uid}: ${next.text}`);
        const ours = outcome(() => next.ours(files.as({ credentials: who })));
        const real = asUser(who, () => outcome(() => next.real(root)));
        expect([next.text, ours], done.slice(-12).join('\n')).toEqual([next.text, real]);
      }
      expect(ourTree(files)).toEqual(realTree(root));
    },
  );
});

function asUser<T>(who: Credentials, action: () => T): T {
  if (who.uid === 0) return action();
  const before = process.getgroups?.() ?? [];
  process.setgroups?.([...who.groups]);
  process.setegid?.(who.gid);
  process.seteuid?.(who.uid);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(before);
  }
}
