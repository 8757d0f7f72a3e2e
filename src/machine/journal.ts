import { calendarTime, syslogTime, timestamp } from '#kernel/calendar.ts';

/** A line, or a few, that something on a machine wrote (systemd-journald). */
export interface JournalEntry {
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  /** Who wrote it, as it calls itself: `kubelet`, `systemd`. */
  readonly identifier: string;
  readonly pid: number;
  /** The unit that it belongs to, or that systemd speaks of. */
  readonly unit?: string;
  /** Of syslog: 3 error, 4 warning, 5 notice, 6 info. */
  readonly priority: number;
  readonly message: string;
}

/** Which entries are wanted; all of what is given must hold. */
export interface JournalQuery {
  /** Any of these units. */
  readonly units?: readonly string[];
  readonly identifiers?: readonly string[];
  /** This priority and more urgent ones. */
  readonly priority?: number;
  /** Microseconds since the epoch, both ends included. */
  readonly since?: number;
  readonly until?: number;
  /** The last ones alone. */
  readonly lines?: number;
}

/** The journal of a machine. */
export interface Journal {
  /** In the order of writing. */
  query(query: JournalQuery): readonly JournalEntry[];
  /** Tells of each new entry, as it is written, until the returned function is called. */
  follow(query: JournalQuery, listener: (entry: JournalEntry) => void): () => void;
}

/** The forms of `journalctl -o` that are simulated. */
export const JOURNAL_FORMATS = ['short', 'short-precise', 'short-iso', 'short-full', 'cat', 'json'] as const;

export type JournalFormat = (typeof JOURNAL_FORMATS)[number];

/** An entry as journalctl prints it, without a newline at its end. */
export function formatEntry(entry: JournalEntry, format: JournalFormat): string {
  const { host, identifier, pid, message } = entry;
  if (format === 'cat') return message;
  if (format === 'json') return JSON.stringify(fieldsOf(entry));
  const head = `${timeOf(entry, format)} ${host} ${identifier}[${pid}]: `;
  // Further lines of a message stand below its first.
  return head + message.replaceAll('\n', `\n${' '.repeat(head.length)}`);
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function timeOf({ at }: JournalEntry, format: JournalFormat): string {
  const milliseconds = Math.floor(at / 1000);
  if (format === 'short-iso') return timestamp(milliseconds).replace('Z', '+0000');
  if (format === 'short-precise') return `${syslogTime(milliseconds)}.${String(at % 1_000_000).padStart(6, '0')}`;
  if (format === 'short-full') {
    const iso = timestamp(milliseconds);
    return `${WEEKDAYS[calendarTime(milliseconds).weekday]} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  }
  return syslogTime(milliseconds);
}

/** Fields of a journal (systemd.journal-fields(7)), as far as they are known here. */
function fieldsOf({ at, host, identifier, pid, unit, priority, message }: JournalEntry): object {
  const isManager = identifier === 'systemd';
  return {
    __REALTIME_TIMESTAMP: `${at}`,
    _HOSTNAME: host,
    PRIORITY: `${priority}`,
    SYSLOG_FACILITY: '3',
    SYSLOG_IDENTIFIER: identifier,
    _PID: `${pid}`,
    _UID: '0',
    _GID: '0',
    _TRANSPORT: isManager ? 'journal' : 'stdout',
    ...(isManager ? { _SYSTEMD_UNIT: 'init.scope', ...(unit && { UNIT: unit }) } : unit && { _SYSTEMD_UNIT: unit }),
    MESSAGE: message,
  };
}
