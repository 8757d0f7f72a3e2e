import { calendarTime, parseTime, timestamp } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import {
  formatEntry,
  JOURNAL_FORMATS,
  type Journal,
  type JournalEntry,
  type JournalFormat,
  type JournalQuery,
} from '#machine/journal.ts';
import type { Program } from '#machine/program.ts';
import { type Invocation, programOf } from '../coreutils/tool.ts';
import { mayRead } from '../systemctl/systemctl.ts';

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
/** What -f begins with, and -e jumps to. */
const LAST = 10;
const NEAR_THE_END = 1_000;

/** journalctl: prints what services wrote (systemd). */
export function journalctl(journal: Journal): Program {
  return programOf(
    {
      options: {
        flags: 'afrexqkmlb',
        values: 'nuotpSUg',
        long: {
          'unit=': 'u',
          follow: 'f',
          'lines=': 'n',
          'output=': 'o',
          'identifier=': 't',
          'priority=': 'p',
          'since=': 'S',
          'until=': 'U',
          'grep=': 'g',
          reverse: 'r',
          'pager-end': 'e',
          catalog: 'x',
          quiet: 'q',
          'no-pager': 'no-pager',
          'no-hostname': 'no-hostname',
          'no-tail': 'no-tail',
          dmesg: 'k',
          boot: 'b',
          all: 'a',
          full: 'l',
          utc: 'utc',
          'list-boots': 'list-boots',
          'disk-usage': 'disk-usage',
        },
      },
      *run(invocation) {
        const { has, value, given, out, complain, process, operands } = invocation;
        if (!mayRead(process.files)) {
          process.streams.error(
            "Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.\nNo journal files were opened due to insufficient permissions.\n",
          );
          return 1;
        }
        for (const option of ['list-boots', 'disk-usage'])
          if (has(option)) {
            complain(`--${option} is not simulated here`);
            return 1;
          }
        const format = value('o') ?? 'short';
        if (!JOURNAL_FORMATS.some((known) => known === format)) {
          complain(
            /^(?:verbose|export|json-pretty|json-sse|with-unit|short-unix|short-monotonic|short-iso-precise)$/.test(
              format,
            )
              ? `--output=${format} is not simulated here`
              : `Unknown output format '${format}'.`,
          );
          return 1;
        }
        const [match] = operands;
        if (match !== undefined && !/^[A-Z_]+=/.test(match)) {
          complain(`Failed to add match '${match}': Invalid argument`);
          return 1;
        }
        const query = readQuery(invocation);
        if (typeof query === 'string') {
          complain(query);
          return 1;
        }
        const units = given.filter(([name]) => name === 'u').map(([, text]) => unitName(text ?? ''));
        const pattern = value('g');
        const filter = pattern === undefined ? undefined : new RegExp(pattern, /[A-Z]/.test(pattern) ? '' : 'i');
        const print = (entry: JournalEntry) => {
          if (filter && !filter.test(entry.message)) return;
          if (has('k')) return;
          const line = formatEntry(entry, format as JournalFormat);
          out(`${has('no-hostname') ? line.replace(` ${entry.host} `, ' ') : line}\n`);
        };
        const lines = linesOf(invocation);
        const wanted: JournalQuery = {
          ...query,
          ...(units.length > 0 && { units }),
          ...(lines !== undefined && { lines }),
        };
        const entries = journal.query(wanted);
        for (const entry of has('r') ? entries.toReversed() : entries) print(entry);
        if (!has('f')) {
          if (entries.length === 0 && !has('q')) out('-- No entries --\n');
          return 0;
        }
        return yield* follow(process.onExit, journal, wanted, print);
      },
    },
    'gnu',
  );
}

function follow(
  onExit: (handler: () => void) => void,
  journal: Journal,
  query: JournalQuery,
  print: (entry: JournalEntry) => void,
): Routine<number> {
  const { lines: _all, ...rest } = query;
  const stop = journal.follow(rest, print);
  onExit(stop);
  // Until it is interrupted.
  return wait<number>(() => stop);
}

function unitName(text: string): string {
  return text.includes('.') ? text : `${text}.service`;
}

function linesOf({ has, value }: Invocation): number | undefined {
  if (has('n')) {
    const text = value('n') ?? '';
    return text === 'all' ? undefined : Number(text.replace(/^\+/, ''));
  }
  if (has('f') && !has('no-tail')) return LAST;
  return has('e') ? NEAR_THE_END : undefined;
}

/** @returns what is wrong with it */
function readQuery({ value, given, process }: Invocation): JournalQuery | string {
  const now = process.kernel.now;
  const [since, until] = [value('S'), value('U')];
  const from = since === undefined ? undefined : readTime(since, now);
  const to = until === undefined ? undefined : readTime(until, now);
  if (from !== undefined && Number.isNaN(from)) return `Failed to parse timestamp: ${since}`;
  if (to !== undefined && Number.isNaN(to)) return `Failed to parse timestamp: ${until}`;
  const level = value('p');
  const priority =
    level === undefined
      ? undefined
      : /^\d$/.test(level)
        ? Number(level)
        : PRIORITIES.indexOf(level === 'error' ? 'err' : level);
  if (priority !== undefined && priority < 0) return `Unknown log level ${level}`;
  const identifiers = given.filter(([name]) => name === 't').map(([, text]) => text ?? '');
  return {
    ...(from !== undefined && { since: from * 1000 }),
    ...(to !== undefined && { until: to * 1000 }),
    ...(priority !== undefined && { priority }),
    ...(identifiers.length > 0 && { identifiers }),
  };
}

const SPANS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
};

/** `10 min ago`, `-1h`, `today`, `2026-11-23 12:00:00`, `12:00`, in milliseconds; NaN for what is no time (systemd.time(7)). */
function readTime(text: string, now: number): number {
  const today = parseTime(`${timestamp(now).slice(0, 10)}T00:00:00Z`);
  const word = text.trim().toLowerCase();
  if (word === 'now') return now;
  if (word === 'today') return today;
  if (word === 'yesterday') return today - 86_400_000;
  const {
    sign = '',
    parts = '',
    back,
  } = /^(?<sign>[-+]?)(?<parts>(?:\d+\s*[a-z]+\s*)+?)(?<back>\s*ago)?$/.exec(word)?.groups ?? {};
  if (parts !== '') {
    let seconds = 0;
    for (const [, number = '', unit = ''] of parts.matchAll(/(\d+)\s*([a-z]+)/g))
      seconds += Number(number) * (SPANS[unit] ?? SPANS[unit.replace(/s$/, '')] ?? Number.NaN);
    return now + (sign === '-' || back !== undefined ? -1000 : 1000) * seconds;
  }
  const clock = /^(?<h>\d{1,2}):(?<m>\d{2})(?::(?<s>\d{2}))?$/.exec(word)?.groups;
  if (clock) return today + (Number(clock['h']) * 3_600 + Number(clock['m']) * 60 + Number(clock['s'] ?? 0)) * 1000;
  const date = /^(?<d>\d{4}-\d{2}-\d{2})(?:[ t](?<t>\d{2}:\d{2}(?::\d{2})?))?(?: utc|z)?$/.exec(word)?.groups;
  if (!date) return Number.NaN;
  const time = date['t'] ?? '00:00';
  const parsed = parseTime(`${date['d']}T${time.length === 5 ? `${time}:00` : time}Z`);
  return calendarTime(parsed).year > 0 ? parsed : Number.NaN;
}
