import type { FileKind, Stats } from '#machine/file-system.ts';

const KINDS: Readonly<Record<FileKind, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  socket: 's',
  fifo: 'p',
  character: 'c',
};

/** `-rwxr-xr-x` */
export function modeText({ kind, mode }: Stats): string {
  const triplet = (shift: number, special: boolean, letter: string) => {
    const bits = (mode >> shift) & 7;
    const isExecutable = (bits & 1) !== 0;
    const last = special ? (isExecutable ? letter : letter.toUpperCase()) : isExecutable ? 'x' : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
  };
  return `${KINDS[kind]}${triplet(6, (mode & 0o4000) !== 0, 's')}${triplet(3, (mode & 0o2000) !== 0, 's')}${triplet(0, (mode & 0o1000) !== 0, 't')}`;
}

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };
const PERMISSIONS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };

/** What `chmod` is told: `644`, `u+x,go-w`, `a=rX`. @returns undefined for what is no mode */
export function readMode(text: string, umask: number): ((stats: Stats) => number) | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    // A directory keeps its special bits unless five digits say otherwise.
    return ({ kind, mode: before }) =>
      kind === 'directory' && text.length < 5 ? mode | (before & 0o6000) : mode & 0o7777;
  }
  const clauses = text
    .split(',')
    .map((clause) => /^(?<who>[ugoa]*)(?<rest>(?:[-+=][rwxXstugo]*)+)$/.exec(clause)?.groups);
  if (clauses.some((clause) => clause === undefined)) return undefined;
  return (stats) => {
    let mode = stats.mode;
    for (const { who = '', rest = '' } of clauses.map((clause) => clause ?? {})) {
      const mask = who === '' ? 0o7777 & ~umask : [...who].reduce((all, letter) => all | (WHO[letter] ?? 0), 0);
      const all = who === '' ? 0o7777 : mask;
      for (const [, operator, letters = ''] of rest.matchAll(/([-+=])([rwxXstugo]*)/g)) {
        const bits = bitsOf(letters, mode, stats.kind === 'directory') & mask;
        if (operator === '+') mode |= bits;
        else if (operator === '-') mode &= ~bits;
        else mode = (mode & ~(all & 0o777)) | bits;
      }
    }
    return mode;
  };
}

function bitsOf(letters: string, mode: number, isDirectory: boolean): number {
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'X') bits |= isDirectory || (mode & 0o111) !== 0 ? 0o111 : 0;
    else if ('ugo'.includes(letter)) {
      const copied = (mode >> (letter === 'u' ? 6 : letter === 'g' ? 3 : 0)) & 7;
      bits |= (copied << 6) | (copied << 3) | copied;
    } else bits |= PERMISSIONS[letter] ?? 0;
  }
  return bits;
}
