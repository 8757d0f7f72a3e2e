import { calendarTime } from '#kernel/calendar.ts';
import { ExpansionError } from '../control.ts';
import type { Shell } from '../shell.ts';

const FLAGS: readonly (readonly [flag: string, option: string])[] = [
  ['a', 'allexport'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['h', 'hashall'],
  ['i', 'interactive'],
  ['n', 'noexec'],
  ['u', 'nounset'],
  ['v', 'verbose'],
  ['x', 'xtrace'],
  ['B', 'braceexpand'],
  ['C', 'noclobber'],
  ['s', 'stdin'],
  ['c', 'command'],
];

/** The text of a parameter that has one; undefined when it is not set. `@` and `*` are not asked for here. */
export function parameterValue(shell: Shell, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? shell.name : shell.positional[Number(name) - 1];
  return special(shell, name) ?? shell.variables.get(name) ?? dynamic(shell, name);
}

function special(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '#':
      return String(shell.positional.length);
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.rootPid);
    case '!':
      return shell.lastBackground === undefined ? undefined : String(shell.lastBackground);
    case '-':
      return FLAGS.filter(([, option]) => shell.options.has(option))
        .map(([flag]) => flag)
        .join('');
    case 'LINENO':
      return String(shell.line);
    default:
      return undefined;
  }
}

/** Variables of bash that say something else each time. */
function dynamic(shell: Shell, name: string): string | undefined {
  const { kernel, files, pid } = shell.process;
  if (name === 'PPID')
    return String(shell.process.processes.rows().find((row) => row.pid === shell.rootPid)?.parent ?? 0);
  if (shell.flavor === 'dash') return undefined;
  if (name === 'RANDOM') return String(kernel.random.int(32_768));
  if (shell.flavor !== 'bash') return undefined;
  switch (name) {
    case 'SECONDS':
      return String(Math.floor((kernel.now - shell.startedAt) / 1000));
    case 'EPOCHSECONDS':
      return String(Math.floor(kernel.now / 1000));
    case 'EPOCHREALTIME':
      return `${Math.floor(kernel.now / 1000)}.${String(calendarTime(kernel.now).millisecond).padStart(3, '0')}000`;
    case 'BASHPID':
      return String(pid);
    case 'UID':
    case 'EUID':
      return String(files.credentials.uid);
    case 'HOSTNAME':
      return shell.process.hostname;
    case 'FUNCNAME':
      return shell.functionNames[0];
    case 'PIPESTATUS':
      return String(shell.pipeStatus[0] ?? 0);
    default:
      return undefined;
  }
}

/** Elements of an array with their keys; a plain variable is its only element. */
export function elementsOf(shell: Shell, name: string): ReadonlyMap<string, string> {
  if (name === 'PIPESTATUS') return numbered(shell.pipeStatus.map(String));
  if (name === 'FUNCNAME') return numbered(shell.functionNames);
  const variable = shell.variables.find(name);
  if (variable?.elements) return variable.elements;
  const value = parameterValue(shell, name);
  return value === undefined ? new Map() : new Map([['0', value]]);
}

function numbered(values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(values.map((value, index) => [String(index), value]));
}

/** @throws ExpansionError under `set -u` */
export function demandSet(shell: Shell, name: string, value: string | undefined): string {
  if (value === undefined && shell.options.has('nounset') && name !== '@' && name !== '*')
    throw new ExpansionError(
      `${/^\d+$/.test(name) && shell.flavor === 'bash' ? `$${name}` : name}: ${shell.sentences.unset}`,
      'unset',
    );
  return value ?? '';
}

/** What separates the parts of `"$*"`. */
export function separator(shell: Shell): string {
  const fieldSeparators = shell.variables.get('IFS');
  return fieldSeparators === undefined ? ' ' : fieldSeparators.slice(0, 1);
}
