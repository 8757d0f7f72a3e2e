import { formatTime } from '#machine/c-library/strftime.ts';
import type { FileSystem } from '#machine/file-system.ts';
import type { ProcessRow } from '#machine/program.ts';
import { userName } from '#machine/users.ts';

/** What a column shows, of processes as somebody sees them now. */
interface Column {
  readonly heading: string;
  readonly isLeft: boolean;
  readonly width: number;
  text(row: ProcessRow, world: { readonly files: FileSystem; readonly now: number }): string;
}

function column(heading: string, width: number, text: Column['text'], isLeft = false): Column {
  return { heading, width, text, isLeft };
}

export function commandName({ argv }: ProcessRow): string {
  return (argv[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '';
}

const user = (heading: string) => column(heading, 8, ({ uid }, { files }) => userName(files, uid), true);
const args = (heading: string) => column(heading, 0, ({ argv }) => argv.join(' '), true);

/** Columns of `ps -o`, by their names. */
const COLUMNS: Readonly<Record<string, Column>> = {
  pid: column('PID', 7, ({ pid }) => String(pid)),
  ppid: column('PPID', 7, ({ parent }) => String(parent)),
  uid: column('UID', 5, ({ uid }) => String(uid)),
  user: user('USER'),
  ruser: user('RUSER'),
  comm: column('COMMAND', 15, commandName, true),
  ucmd: column('CMD', 15, commandName, true),
  args: args('COMMAND'),
  command: args('COMMAND'),
  cmd: args('CMD'),
  etime: column('ELAPSED', 11, ({ startedAt }, { now }) => elapsed(now - startedAt)),
  etimes: column('ELAPSED', 7, ({ startedAt }, { now }) => String(Math.floor((now - startedAt) / 1000))),
  start: column('STARTED', 8, ({ startedAt }) => formatTime('%H:%M:%S', startedAt)),
  lstart: column('STARTED', 24, ({ startedAt }) => formatTime('%a %b %e %H:%M:%S %Y', startedAt)),
  stat: column('STAT', 4, () => 'S', true),
  s: column('S', 1, () => 'S', true),
  tty: column('TT', 8, () => '?', true),
  time: column('TIME', 8, () => '00:00:00'),
};

/** `[[dd-]hh:]mm:ss` */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}

/** The columns of `-o pid,ppid=PARENT,comm=`, as lines; the name of the first that is not known in their place. */
export function processTable(
  format: string,
  rows: readonly ProcessRow[],
  world: { readonly files: FileSystem; readonly now: number },
): readonly string[] | { readonly unknown: string } {
  const columns: Column[] = [];
  const wanted = format.split(/[, ]+/).filter((name) => name !== '');
  for (const item of wanted) {
    const [name = '', heading] = item.split('=');
    const known = COLUMNS[name];
    if (!known) return { unknown: name };
    columns.push(heading === undefined ? known : { ...known, heading });
  }
  const lines = rows.map((row) => columns.map((each) => each.text(row, world)));
  const headings = columns.map(({ heading }) => heading);
  const all = headings.every((heading) => heading === '') ? lines : [headings, ...lines];
  return all.map((cells) =>
    cells
      .map((cell, index) => {
        const { width = 0, isLeft = false } = columns[index] ?? {};
        if (!isLeft) return cell.padStart(width);
        return index === cells.length - 1 ? cell : cell.padEnd(width);
      })
      .join(' '),
  );
}
