import { type FileKind, FsError, type Stats } from '#machine/file-system.ts';
import { groupName, userName } from '#machine/users.ts';
import { blocksOf, fullTime } from './ls.ts';
import { modeText } from './mode.ts';
import { humanSize } from './size.ts';
import { forEach, type Invocation, immediate, type Tool } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

const KINDS: Readonly<Record<FileKind, string>> = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  socket: 'socket',
  fifo: 'fifo',
  character: 'character special file',
};

function kindText({ kind, size }: Stats): string {
  return kind === 'file' && size === 0 ? 'regular empty file' : KINDS[kind];
}

export const stat = immediate(
  { flags: 'L', values: 'c', long: { dereference: 'L', 'format=': 'c', 'printf=': 'printf' } },
  (invocation) => {
    const { operands, has, value, process, out } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    const { files } = process;
    const format = value('c');
    const printf = value('printf');
    return forEach(
      operands,
      (path) => {
        const stats = has('L') ? files.stat(path) : files.lstat(path);
        if (format !== undefined) out(`${formatted(invocation, path, stats, format)}\n`);
        else if (printf !== undefined)
          out(formatted(invocation, path, stats, printf.replaceAll('\\n', '\n').replaceAll('\\t', '\t')));
        else out(described(invocation, path, stats));
      },
      (path, { message }) =>
        complainAs(invocation, `cannot statx '${path}': ${message}`, `can't stat '${path}': ${message}`),
    );
  },
);

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function described({ process }: Invocation, path: string, stats: Stats): string {
  const { files } = process;
  const name = stats.kind === 'symlink' ? `${path} -> ${files.readlink(path)}` : path;
  const owner = (id: number, text: string) => `(${String(id).padStart(5)}/${text.padStart(8)})`;
  return [
    `  File: ${name}`,
    `  Size: ${String(stats.size).padEnd(10)}\tBlocks: ${String(blocksOf(stats) * 2).padEnd(10)} IO Block: 4096   ${kindText(stats)}`,
    `Device: 0,${stats.device}\tInode: ${String(stats.inode).padEnd(11)} Links: ${stats.links}`,
    `Access: (${octal(stats.mode)}/${modeText(stats)})  Uid: ${owner(stats.uid, userName(files, stats.uid))}   Gid: ${owner(stats.gid, groupName(files, stats.gid))}`,
    `Access: ${fullTime(stats.mtime)}`,
    `Modify: ${fullTime(stats.mtime)}`,
    `Change: ${fullTime(stats.ctime)}`,
    ' Birth: -',
    '',
  ].join('\n');
}

function formatted({ process }: Invocation, path: string, stats: Stats, format: string): string {
  const { files } = process;
  const seconds = (time: number) => String(Math.floor(time / 1000));
  const values: Readonly<Record<string, () => string>> = {
    n: () => path,
    N: () => `'${path}'${stats.kind === 'symlink' ? ` -> '${files.readlink(path)}'` : ''}`,
    s: () => String(stats.size),
    a: () => stats.mode.toString(8),
    A: () => modeText(stats),
    u: () => String(stats.uid),
    U: () => userName(files, stats.uid),
    g: () => String(stats.gid),
    G: () => groupName(files, stats.gid),
    F: () => kindText(stats),
    h: () => String(stats.links),
    i: () => String(stats.inode),
    d: () => String(stats.device),
    b: () => String(blocksOf(stats) * 2),
    B: () => '512',
    o: () => '4096',
    x: () => fullTime(stats.mtime),
    y: () => fullTime(stats.mtime),
    z: () => fullTime(stats.ctime),
    X: () => seconds(stats.mtime),
    Y: () => seconds(stats.mtime),
    Z: () => seconds(stats.ctime),
    '%': () => '%',
  };
  return format.replace(/%(.)/g, (whole, letter: string) => values[letter]?.() ?? whole);
}

export const du: Tool = {
  options: {
    flags: 'shacbkm',
    values: 'd',
    long: { summarize: 's', 'human-readable': 'h', all: 'a', total: 'c', bytes: 'b', 'max-depth=': 'd' },
  },
  *run(invocation) {
    const { operands, has, value, out } = invocation;
    const limit = has('s') ? 0 : Number(value('d') ?? Number.POSITIVE_INFINITY);
    let [total, status] = [0, 0];
    const show = (size: number, path: string) => {
      const shown = has('h') ? humanSize(has('b') ? size : size * 1024) : has('m') ? Math.ceil(size / 1024) : size;
      out(`${shown}\t${path}\n`);
    };
    for (const path of operands.length === 0 ? ['.'] : operands) {
      try {
        total += usage(invocation, path, 0, limit, show);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        complainAs(invocation, `cannot access '${path}': ${error.message}`, `${path}: ${error.message}`);
        status = 1;
      }
    }
    if (has('c')) show(total, 'total');
    return status;
  },
};

/** In KiB, or bytes with -b. @throws FsError for the path itself */
function usage(
  invocation: Invocation,
  path: string,
  depth: number,
  limit: number,
  show: (size: number, path: string) => void,
): number {
  const { process, has, complain } = invocation;
  const { files } = process;
  const stats = files.lstat(path);
  let size = has('b') ? (stats.kind === 'directory' ? 4096 : stats.size) : blocksOf(stats);
  if (stats.kind === 'directory') {
    let names: readonly string[] = [];
    try {
      names = files.readdir(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`cannot read directory '${path}': ${error.message}`);
    }
    for (const name of names) size += usage(invocation, `${path.replace(/\/$/, '')}/${name}`, depth + 1, limit, show);
  }
  if (depth <= limit && (stats.kind === 'directory' || depth === 0 || has('a'))) show(size, path);
  return size;
}

/** The disk is not simulated: it is as large as a node's, and a tenth of it is used. */
export const df = immediate(
  { flags: 'hTkPai', long: { 'human-readable': 'h' } },
  ({ has, complain, out, operands }) => {
    const missing = ['T', 'a', 'i'].find((letter) => has(letter));
    if (missing !== undefined) {
      complain(`-${missing} is not simulated here`);
      return 2;
    }
    const [size, used] = [61_202_244, 6_120_224];
    const shown = (kibibytes: number) => (has('h') ? humanSize(kibibytes * 1024) : String(kibibytes));
    const heading = has('h') ? 'Size  Used Avail Use%' : '1K-blocks    Used Available Use%';
    out(`Filesystem     ${has('h') ? ' ' : ''}${heading} Mounted on\n`);
    const widths = has('h') ? [5, 5, 5] : [9, 7, 9];
    const numbers = [size, used, size - used].map((number, index) => shown(number).padStart(widths[index] ?? 0));
    out(`overlay        ${has('h') ? '' : ' '}${numbers.join(' ')}  10% ${operands.length > 0 ? '/' : '/'}\n`);
    return 0;
  },
);
