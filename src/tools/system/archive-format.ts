/** The blocks of a tar archive (POSIX ustar, as GNU tar writes it). Contents are binary strings. */

const BLOCK = 512;
/** GNU tar ends archives at a multiple of it. */
const RECORD = 20 * BLOCK;

export interface Member {
  /** Without a slash at the end. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly target: string;
  readonly data: string;
}

/** What is no archive. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const TYPES = { file: '0', symlink: '2', directory: '5' } as const;

function field(text: string, length: number): string {
  return text.slice(0, length).padEnd(length, '\0');
}

function octal(number: number, length: number): string {
  return `${number.toString(8).padStart(length - 1, '0')}\0`;
}

/** @throws ArchiveError for a name that is too long */
export function writeMember({ name, kind, mode, uid, gid, mtime, target, data }: Member): string {
  const full = kind === 'directory' ? `${name}/` : name;
  const split = full.length <= 100 ? -1 : full.indexOf('/', full.length - 101);
  if (full.length > 100 && (split < 0 || split > 155))
    throw new ArchiveError(`${name}: names so long are not simulated here`);
  const [prefix, own] = split < 0 ? ['', full] : [full.slice(0, split), full.slice(split + 1)];
  const size = kind === 'file' ? data.length : 0;
  const before =
    field(own, 100) +
    octal(mode & 0o7777, 8) +
    octal(uid, 8) +
    octal(gid, 8) +
    octal(size, 12) +
    octal(Math.floor(mtime), 12);
  const after = field(
    `${TYPES[kind]}${field(target, 100)}ustar\u000000${field('', 32)}${field('', 32)}${octal(0, 8)}${octal(0, 8)}${field(prefix, 155)}`,
    BLOCK - 156,
  );
  const sum = [...`${before}        ${after}`].reduce((total, byte) => total + byte.charCodeAt(0), 0);
  const header = `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`;
  return header + (kind === 'file' ? field(data, Math.ceil(size / BLOCK) * BLOCK) : '');
}

export function endArchive(text: string): string {
  const length = Math.ceil((text.length + 2 * BLOCK) / RECORD) * RECORD;
  return text.padEnd(length, '\0');
}

/** @throws ArchiveError */
export function readMembers(text: string): readonly Member[] {
  const members: Member[] = [];
  for (let at = 0; at + BLOCK <= text.length; ) {
    const header = text.slice(at, at + BLOCK);
    if (/^\0*$/.test(header)) break;
    const part = (from: number, length: number) => header.slice(from, from + length).replace(/\0[\s\S]*$/, '');
    if (part(257, 5) !== 'ustar') throw new ArchiveError('This does not look like a tar archive');
    const size = Number.parseInt(part(124, 12).trim() || '0', 8);
    const type = header[156];
    const prefix = part(345, 155);
    members.push({
      name: `${prefix === '' ? '' : `${prefix}/`}${part(0, 100)}`.replace(/\/$/, ''),
      kind: type === '5' ? 'directory' : type === '2' ? 'symlink' : 'file',
      mode: Number.parseInt(part(100, 8), 8),
      uid: Number.parseInt(part(108, 8), 8),
      gid: Number.parseInt(part(116, 8), 8),
      mtime: Number.parseInt(part(136, 12), 8),
      target: part(157, 100),
      data: text.slice(at + BLOCK, at + BLOCK + size),
    });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (members.length === 0 && text !== '' && !/^\0+$/.test(text.slice(0, BLOCK)))
    throw new ArchiveError('This does not look like a tar archive');
  return members;
}
