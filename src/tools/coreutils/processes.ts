import { calendarTime, syslogTime, timestamp } from '#kernel/calendar.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext, ProcessRow, Signal } from '#machine/program.ts';
import { userName } from '#machine/users.ts';
import { commandName, processTable } from './process-columns.ts';
import { signalOf } from './signal-name.ts';
import { type Invocation, immediate } from './tool.ts';

/** ps: busybox shows everything in four columns; Debian's shows what it is asked for. */
export const ps = immediate(
  { flags: 'efAxauwl', values: 'op', long: { 'no-headers': 'bare' }, operand: /^$/ },
  (invocation) => {
    const { process, operands, has, out, complain, dialect, given } = invocation;
    if (has('l') || has('bare')) {
      complain(`${has('l') ? '-l' : '--no-headers'} is not simulated here`);
      return 2;
    }
    const unknown = operands.find((word) => !/^[auxwef]+$/.test(word));
    if (unknown !== undefined) {
      complain(`${unknown} is not simulated here`);
      return 2;
    }
    const all = [...process.processes.rows()].sort((one, other) => one.pid - other.pid);
    const pids = given.flatMap(([option, list = '']) => (option === 'p' ? list.split(/[, ]+/).map(Number) : []));
    const rows = pids.length > 0 ? all.filter(({ pid }) => pids.includes(pid)) : all;
    const format = given.flatMap(([option, list = '']) => (option === 'o' ? [list] : [])).join(',');
    if (format !== '') {
      const isAll = dialect === 'busybox' || pids.length > 0 || has('e') || has('A') || operands.length > 0;
      return showColumns(invocation, format, isAll ? rows : own(invocation, rows)) || (rows.length > 0 ? 0 : 1);
    }
    if (dialect === 'busybox') showShortly(invocation, rows);
    else if (operands.some((word) => word.includes('u'))) showForUsers(invocation, rows);
    else if (has('f')) showFully(invocation, has('e') || has('A') || pids.length > 0 ? rows : own(invocation, rows));
    else {
      out('    PID TTY          TIME CMD\n');
      for (const row of has('e') || has('A') || pids.length > 0 ? rows : own(invocation, rows))
        out(`${String(row.pid).padStart(7)} ${terminalOf(invocation).padEnd(8)} 00:00:00 ${commandName(row)}\n`);
    }
    return 0;
  },
);

function showColumns({ process, out, complain }: Invocation, format: string, rows: readonly ProcessRow[]): number {
  const lines = processTable(format, rows, { files: process.files, now: process.kernel.now });
  if ('unknown' in lines) {
    complain(`-o ${lines.unknown} is not simulated here`);
    return 2;
  }
  for (const line of lines) out(`${line}\n`);
  return 0;
}

/** Those of the terminal: the process, what started it, and so on. */
function own({ process }: Invocation, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const pids = new Set<number>();
  for (let pid = process.pid; pid !== 0 && !pids.has(pid); pid = rows.find((row) => row.pid === pid)?.parent ?? 0)
    pids.add(pid);
  return rows.filter(({ pid }) => pids.has(pid));
}

function terminalOf({ process }: Invocation): string {
  return process.streams.terminal.in ? 'pts/0' : '?';
}

function showShortly({ process, out }: Invocation, rows: readonly ProcessRow[]): void {
  out('PID   USER     TIME  COMMAND\n');
  for (const { pid, uid, argv } of rows)
    out(`${String(pid).padStart(5)} ${userName(process.files, uid).padEnd(8)}  0:00 ${argv.join(' ')}\n`);
}

function showForUsers(invocation: Invocation, rows: readonly ProcessRow[]): void {
  const { process, out } = invocation;
  out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
  for (const row of rows) {
    const user = userName(process.files, row.uid).padEnd(8);
    out(
      `${user} ${String(row.pid).padStart(7)}  0.0  0.0      0     0 ${terminalOf(invocation).padEnd(8)} S    ${startText(row, process.kernel.now)}   0:00 ${row.argv.join(' ')}\n`,
    );
  }
}

function showFully(invocation: Invocation, rows: readonly ProcessRow[]): void {
  const { process, out } = invocation;
  out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
  for (const row of rows) {
    const user = userName(process.files, row.uid).padEnd(8);
    const numbers = `${String(row.pid).padStart(7)} ${String(row.parent).padStart(7)}`;
    out(
      `${user} ${numbers}  0 ${startText(row, process.kernel.now)} ${terminalOf(invocation).padEnd(8)} 00:00:00 ${row.argv.join(' ')}\n`,
    );
  }
}

/** `06:00` today, `Nov23` before. */
function startText({ startedAt }: ProcessRow, now: number): string {
  const isToday = timestamp(startedAt).slice(0, 10) === timestamp(now).slice(0, 10);
  if (isToday) return timestamp(startedAt).slice(11, 16);
  return `${syslogTime(startedAt).slice(0, 3)}${String(calendarTime(startedAt).day).padStart(2, '0')}`;
}

/** kill, as a program: shells have it built in. */
export const kill = immediate({ operand: /^-/ }, (invocation) => {
  const { operands, process, complain } = invocation;
  const [first = '', ...others] = operands;
  const isNamed = first === '-s';
  const hasSignal = first.startsWith('-');
  const text = isNamed ? (others[0] ?? '') : hasSignal ? first.slice(1) : 'TERM';
  const targets = isNamed ? others.slice(1) : hasSignal ? others : operands;
  const signal = signalOf(text);
  if (!signal && text !== '0') {
    complain(`bad signal name '${text}'`);
    return 1;
  }
  if (targets.length === 0) {
    complain('you need to specify whom to kill');
    return 1;
  }
  let status = 0;
  for (const target of targets) {
    const failure = killFailure(process, target, signal);
    if (failure === undefined) continue;
    complain(failure);
    status = 1;
  }
  return status;
});

/** Why a process cannot be signalled; undefined when it was. Without a signal it is only looked for. */
function killFailure(process: ProcessContext, target: string, signal: Signal | undefined): string | undefined {
  if (!/^\d+$/.test(target)) return `invalid number '${target}'`;
  const pid = Number(target);
  try {
    const { processes } = process;
    const isThere = signal ? processes.kill(pid, signal) : processes.rows().some((row) => row.pid === pid);
    return isThere ? undefined : `can't kill pid ${pid}: No such process`;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return `can't kill pid ${pid}: ${error.message}`;
  }
}

/** Processes by the name of their command. */
function named({ process, operands, has }: Invocation): readonly ProcessRow[] {
  const [pattern = ''] = operands;
  const expression = new RegExp(pattern);
  return process.processes
    .rows()
    .filter((row) => row.pid !== process.pid && expression.test(has('f') ? row.argv.join(' ') : commandName(row)));
}

export const pgrep = immediate({ flags: 'flax' }, (invocation) => {
  const { has, out, complain } = invocation;
  if (has('x')) {
    complain('-x is not simulated here');
    return 2;
  }
  const rows = named(invocation);
  for (const row of rows)
    out(`${row.pid}${has('l') ? ` ${commandName(row)}` : has('a') ? ` ${row.argv.join(' ')}` : ''}\n`);
  return rows.length > 0 ? 0 : 1;
});

export const pkill = immediate({ flags: 'f', operand: /^-[A-Z0-9]+$/ }, (invocation) => {
  const [first = ''] = invocation.operands;
  const signal = first.startsWith('-') ? signalOf(first.slice(1)) : 'TERM';
  if (!signal) return 2;
  const operands = first.startsWith('-') ? invocation.operands.slice(1) : invocation.operands;
  const rows = named({ ...invocation, operands });
  for (const { pid } of rows) invocation.process.processes.kill(pid, signal);
  return rows.length > 0 ? 0 : 1;
});

export const pidof = immediate({ flags: 's' }, ({ process, operands, has, out }) => {
  const pids = process.processes
    .rows()
    .filter((row) => operands.includes(commandName(row)))
    .map(({ pid }) => pid)
    .toReversed();
  if (pids.length === 0) return 1;
  out(`${(has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`);
  return 0;
});
