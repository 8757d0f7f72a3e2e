import { calendarTime, syslogTime, timestamp } from '#kernel/calendar.ts';
import { FsError, type Stats } from '#machine/file-system.ts';
import { groupName, userName } from '#machine/users.ts';
import { modeText } from './mode.ts';
import { humanSize } from './size.ts';
import type { Invocation, Tool } from './tool.ts';
import { complainAs } from './words.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stats: Stats;
}

/** A name, and how it is shown: its colours have no width. */
interface Name {
  readonly text: string;
  readonly shown: string;
}

const USUAL_WIDTH = 80;
const SIX_MONTHS = (365.2425 * 86_400_000) / 2;

/** ls: names, and with -l all about them. */
export const ls: Tool = {
  options: {
    flags: 'laA1dRhrtSFpinsgGofUcu',
    long: {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      recursive: 'R',
      'human-readable': 'h',
      reverse: 'r',
      classify: 'F',
      inode: 'i',
      'numeric-uid-gid': 'n',
      'full-time': 'full-time',
      'color=': 'color',
      color: 'color',
      'group-directories-first': 'directories-first',
    },
  },
  *run(invocation) {
    const missing = [...'sgGofUcu', 'directories-first'].find((letter) => invocation.has(letter));
    if (missing !== undefined) {
      invocation.complain(`${missing.length > 1 ? '--group-directories-first' : `-${missing}`} is not simulated here`);
      return 2;
    }
    return new Listing(invocation).run();
  },
};

class Listing {
  readonly #invocation: Invocation;
  #status = 0;
  #isFirst = true;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  get #isLong(): boolean {
    const { has } = this.#invocation;
    return has('l') || has('n') || has('full-time');
  }

  run(): number {
    const { has, operands } = this.#invocation;
    const paths = operands.length === 0 ? ['.'] : operands;
    const entries = paths.map((path) => this.#entry(path, path)).filter((entry) => entry !== undefined);
    const directories = entries.filter((entry) => !has('d') && this.#isDirectory(entry));
    const others = this.#sorted(entries.filter((entry) => !directories.includes(entry)));
    if (others.length > 0) {
      this.#print(others);
      this.#isFirst = false;
    }
    for (const { path } of this.#sorted(directories)) this.#list(path, paths.length > 1 || has('R'));
    return this.#status;
  }

  /** A symlink to a directory is one, unless it is looked at itself. */
  #isDirectory({ path, stats }: Entry): boolean {
    if (stats.kind !== 'symlink') return stats.kind === 'directory';
    if (this.#isLong || this.#invocation.has('F')) return path.endsWith('/');
    try {
      return this.#invocation.process.files.stat(path).kind === 'directory';
    } catch {
      return false;
    }
  }

  #entry(path: string, name: string): Entry | undefined {
    const { files } = this.#invocation.process;
    try {
      return { name, path, stats: path.endsWith('/') ? files.stat(path) : files.lstat(path) };
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complainAs(this.#invocation, `cannot access '${path}': ${error.message}`, `${path}: ${error.message}`);
      this.#status = this.#invocation.dialect === 'gnu' ? 2 : 1;
      return undefined;
    }
  }

  #list(path: string, hasHeading: boolean): void {
    const { process, has, out } = this.#invocation;
    let names: readonly string[];
    try {
      names = process.files.readdir(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complainAs(
        this.#invocation,
        `cannot open directory '${path}': ${error.message}`,
        `can't open '${path}': ${error.message}`,
      );
      this.#status = this.#invocation.dialect === 'gnu' ? 2 : 1;
      return;
    }
    if (hasHeading) out(`${this.#isFirst ? '' : '\n'}${path}:\n`);
    this.#isFirst = false;
    const shown = names.filter((name) => !name.startsWith('.') || has('a') || has('A'));
    const all = has('a') ? ['.', '..', ...shown] : shown;
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const entries = this.#sorted(
      all.map((name) => this.#entry(`${prefix}${name}`, name)).filter((entry) => entry !== undefined),
    );
    if (this.#isLong) out(`total ${entries.reduce((sum, { stats }) => sum + blocksOf(stats), 0)}\n`);
    this.#print(entries);
    if (!has('R')) return;
    for (const { name, path: inner, stats } of entries)
      if (stats.kind === 'directory' && name !== '.' && name !== '..') this.#list(inner, true);
  }

  #sorted(entries: readonly Entry[]): readonly Entry[] {
    const { has } = this.#invocation;
    const byName = (one: Entry, other: Entry) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
    const compare = (one: Entry, other: Entry) => {
      if (has('t')) return other.stats.mtime - one.stats.mtime || byName(one, other);
      if (has('S')) return other.stats.size - one.stats.size || byName(one, other);
      return byName(one, other);
    };
    const sorted = [...entries].sort(compare);
    return has('r') ? sorted.reverse() : sorted;
  }

  #print(entries: readonly Entry[]): void {
    const { process, has, out } = this.#invocation;
    if (this.#isLong) {
      this.#printLong(entries);
      return;
    }
    const names = entries.map((entry) => ({
      text: `${has('i') ? `${entry.stats.inode} ` : ''}${entry.name}${this.#mark(entry)}`,
      shown: `${has('i') ? `${entry.stats.inode} ` : ''}${this.#colored(entry)}${this.#mark(entry)}`,
    }));
    const { out: size } = process.streams.terminal;
    // A terminal of no size is taken for one of the usual size.
    if (size && !has('1')) out(columns(names, size.columns || USUAL_WIDTH));
    else for (const { shown } of names) out(`${shown}\n`);
  }

  /** busybox colours on every terminal, GNU where it is asked to. */
  #colored({ name, stats }: Entry): string {
    const { process, has, value, dialect } = this.#invocation;
    const when = has('color') ? (value('color') ?? 'always') : dialect === 'busybox' ? 'auto' : 'never';
    if (when === 'never' || (when === 'auto' && !process.streams.terminal.out)) return name;
    const isBusybox = dialect === 'busybox';
    const color = (isBusybox ? busyboxColor : gnuColor)(stats);
    if (isBusybox) return `\x1b[${color}m${name}\x1b[m`;
    return color === '' ? name : `\x1b[0m\x1b[${color}m${name}\x1b[0m`;
  }

  #mark({ stats }: Entry): string {
    const { has } = this.#invocation;
    if (stats.kind === 'directory') return has('F') || has('p') ? '/' : '';
    if (!has('F')) return '';
    if (stats.kind === 'symlink') return this.#isLong ? '' : '@';
    if (stats.kind === 'fifo') return '|';
    if (stats.kind === 'socket') return '=';
    return stats.kind === 'file' && stats.mode & 0o111 ? '*' : '';
  }

  #printLong(entries: readonly Entry[]): void {
    const { process, has, out, dialect } = this.#invocation;
    const { files, kernel } = process;
    const rows = entries.map((entry) => {
      const { stats } = entry;
      const target = stats.kind === 'symlink' ? ` -> ${files.readlink(entry.path)}` : '';
      return [
        ...(has('i') ? [String(stats.inode)] : []),
        modeText(stats),
        String(stats.links),
        has('n') ? String(stats.uid) : userName(files, stats.uid),
        has('n') ? String(stats.gid) : groupName(files, stats.gid),
        has('h') ? humanSize(stats.size) : String(stats.size),
        has('full-time') ? fullTime(stats.mtime) : listTime(stats.mtime, kernel.now),
        `${this.#colored(entry)}${target}${this.#mark(entry)}`,
      ];
    });
    // Users and groups stand to the left; busybox makes some columns wide from the beginning.
    const first = has('i') ? 1 : 0;
    const minimum = (column: number) => (dialect === 'gnu' ? 0 : ([0, 5, 8, 8, 9][column - first] ?? 0));
    const widths =
      rows[0]?.map((_, column) => Math.max(minimum(column), ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    for (const row of rows) {
      const cells = row.map((cell, column) => {
        if (column === row.length - 1) return cell;
        const isLeft = column - first === 2 || column - first === 3;
        return isLeft ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
      });
      out(`${cells.join(' ')}\n`);
    }
  }
}

/** Of 1024 bytes, on a file system whose blocks have four of them. */
export function blocksOf({ kind, size }: Stats): number {
  if (kind === 'directory') return 4;
  return kind === 'file' ? Math.ceil(size / 4096) * 4 : 0;
}

/** `Nov 23 06:00`; the year in place of the time when that is long ago or to come. */
function listTime(time: number, now: number): string {
  const { year, day } = calendarTime(time);
  const month = syslogTime(time).slice(0, 3);
  const isNear = time > now - SIX_MONTHS && time <= now + 3_600_000;
  return `${month} ${String(day).padStart(2)} ${isNear ? timestamp(time).slice(11, 16) : String(year).padStart(5)}`;
}

export function fullTime(time: number): string {
  const fraction = String(Math.floor(time % 1000)).padStart(3, '0');
  return `${timestamp(time).slice(0, 19).replace('T', ' ')}.${fraction}000000 +0000`;
}

/** Names in columns, as wide as they must be, each filled from the top. */
function columns(names: readonly Name[], width: number): string {
  if (names.length === 0) return '';
  for (let count = names.length; count > 0; count -= 1) {
    const rows = Math.ceil(names.length / count);
    const groups = Array.from({ length: Math.ceil(names.length / rows) }, (_, index) =>
      names.slice(index * rows, (index + 1) * rows),
    );
    const widths = groups.map((group) => Math.max(...group.map(({ text }) => [...text].length)) + 2);
    if (count > 1 && widths.reduce((sum, each) => sum + each, -2) >= width) continue;
    return Array.from({ length: rows }, (_, row) => {
      const cells = groups.flatMap((group, index) => {
        const name = group[row];
        if (!name) return [];
        const isLast = groups[index + 1]?.[row] === undefined;
        return [name.shown + ' '.repeat(isLast ? 0 : (widths[index] ?? 0) - [...name.text].length)];
      });
      return `${cells.join('')}\n`;
    }).join('');
  }
  return '';
}

function gnuColor({ kind, mode }: Stats): string {
  if (kind === 'directory') return mode & 0o1000 ? '30;42' : '01;34';
  if (kind === 'symlink') return '01;36';
  if (kind === 'socket') return '01;35';
  if (kind === 'fifo') return '40;33';
  if (kind === 'character') return '40;33;01';
  return mode & 0o111 ? '01;32' : '';
}

function busyboxColor({ kind, mode }: Stats): string {
  if (kind === 'file') return mode & 0o111 ? '1;32' : '0;0';
  return { directory: '1;34', symlink: '1;36', socket: '1;35', fifo: '0;33', character: '1;33' }[kind];
}
