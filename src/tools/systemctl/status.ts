import { calendarTime, timestamp } from '#kernel/calendar.ts';
import type { UnitStatus } from '#machine/units.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MARKS: Readonly<Record<UnitStatus['activeState'], string>> = {
  active: '●',
  activating: '●',
  deactivating: '●',
  inactive: '○',
  failed: '×',
};

/** What `systemctl status` prints of a unit. @param entries of its journal, as they are printed */
export function formatStatus(
  unit: UnitStatus,
  entries: readonly string[],
  { now, width }: { readonly now: number; readonly width: number },
): string {
  const {
    name,
    description,
    fragmentPath,
    fileState,
    dropIns,
    documentation,
    main,
    controlGroup,
    processes,
    lastExit,
    failedCondition,
  } = unit;
  const lines = [`${MARKS[unit.activeState]} ${name} - ${description}`];
  const add = (label: string, text: string) => lines.push(`${label.padStart(11)}: ${text}`);
  add('Loaded', `loaded (${fragmentPath}; ${fileState}; preset: enabled)`);
  const [firstDropIn, ...others] = dropIns;
  if (firstDropIn !== undefined) {
    const directory = firstDropIn.slice(0, firstDropIn.lastIndexOf('/'));
    add('Drop-In', directory);
    const names = [firstDropIn, ...others].map((path) => path.slice(path.lastIndexOf('/') + 1));
    lines.push(`${' '.repeat(13)}└─${names.join(', ')}`);
  }
  add('Active', activeLine(unit, now));
  if (unit.duration !== undefined && unit.activeState !== 'active')
    lines.push(`${'Duration'.padStart(11)}: ${span(unit.duration)}`);
  if (failedCondition) {
    lines.push(
      `${'Condition'.padStart(11)}: start condition unmet at ${moment(failedCondition.at)}; ${ago(now - failedCondition.at)}`,
    );
    lines.push(`${' '.repeat(13)}└─ ${failedCondition.text}`);
  }
  if (documentation.length > 0) add('Docs', documentation.join(`\n${' '.repeat(13)}`));
  if (!main && lastExit)
    add(
      'Process',
      `${lastExit.pid} ExecStart=${lastExit.command} (code=${lastExit.code}, ${lastExit.code === 'exited' ? `status=${lastExit.status}/${lastExit.name}` : `signal=${lastExit.name}`})`,
    );
  if (main) add('Main PID', `${main.pid} (${main.name})`);
  else if (lastExit)
    add(
      'Main PID',
      `${lastExit.pid} (code=${lastExit.code}, ${lastExit.code === 'exited' ? `status=${lastExit.status}${lastExit.status === 0 ? '/SUCCESS' : `/${lastExit.name}`}` : `signal=${lastExit.name}`})`,
    );
  if (processes.length > 0) {
    add('Tasks', String(processes.length * 12));
    add('CGroup', controlGroup);
    processes.forEach(({ pid, command }, index) => {
      const branch = index === processes.length - 1 ? '└─' : '├─';
      lines.push(`${' '.repeat(13)}${branch}${pid} ${command}`);
    });
  }
  const shown = [...lines, ...(entries.length > 0 ? ['', ...entries] : [])];
  const cut = shown.map((line) => (line.length > width ? ellipsized(line, width) : line));
  const isCut = cut.some((line, index) => line !== shown[index]);
  return `${cut.join('\n')}\n${isCut ? 'Hint: Some lines were ellipsized, use -l to show in full.\n' : ''}`;
}

function ellipsized(line: string, width: number): string {
  return `${line.slice(0, Math.max(0, width - 1))}…`;
}

function activeLine({ activeState, subState, since, result }: UnitStatus, now: number): string {
  const why = result === 'success' ? '' : ` (Result: ${result})`;
  const state =
    activeState === 'failed' || (activeState === 'activating' && subState === 'auto-restart')
      ? `${activeState}${activeState === 'failed' ? '' : ` (${subState})`}${why}`
      : `${activeState} (${subState})`;
  const when = since === undefined ? '' : ` since ${moment(since)}; ${ago(now - since)}`;
  return state + when;
}

/** `Mon 2026-11-23 03:52:53 UTC` */
function moment(milliseconds: number): string {
  const iso = timestamp(milliseconds);
  return `${WEEKDAYS[calendarTime(milliseconds).weekday]} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `10min ago`, `1h 2min ago`, as systemd says it (FORMAT_TIMESTAMP_RELATIVE). */
function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600), Math.floor(seconds / 86_400)];
  if (days >= 60) return `${Math.floor(days / 30)} months ago`;
  if (days >= 14) return `${Math.floor(days / 7)} weeks ${days % 7 === 0 ? '' : `${days % 7} days `}ago`;
  if (days >= 2) return `${days} days ago`;
  if (hours >= 24) return `1 day ${hours % 24}h ago`;
  if (hours >= 1) return minutes % 60 === 0 ? `${hours}h ago` : `${hours}h ${minutes % 60}min ago`;
  if (minutes >= 5) return `${minutes}min ago`;
  if (minutes >= 1) return seconds % 60 === 0 ? `${minutes}min ago` : `${minutes}min ${seconds % 60}s ago`;
  if (seconds > 0) return `${seconds}s ago`;
  return `${Math.max(0, Math.floor(milliseconds))}ms ago`;
}

/** `1min 2.345s` */
function span(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = `${(seconds % 60).toFixed(3).replace(/\.?0+$/, '')}s`;
  return [...(hours > 0 ? [`${hours}h`] : []), ...(minutes > 0 ? [`${minutes}min`] : []), rest].join(' ');
}
