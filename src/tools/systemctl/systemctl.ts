import type { Routine } from '#kernel/coroutine.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import { formatEntry, type Journal } from '#machine/journal.ts';
import type { Program, Signal } from '#machine/program.ts';
import { UnitError, type UnitStatus, type Units } from '#machine/units.ts';
import { type Invocation, programOf } from '../coreutils/tool.ts';
import { formatStatus } from './status.ts';

/** What systemctl asks: systemd of its machine, and the journal for the last lines of a status. */
export interface SystemctlOptions {
  readonly units: Units;
  readonly journal: Journal;
}

const CHANGES = [
  'start',
  'stop',
  'restart',
  'reload',
  'try-restart',
  'reload-or-restart',
  'enable',
  'disable',
  'reenable',
  'mask',
  'unmask',
  'kill',
  'daemon-reload',
  'reset-failed',
  'set-default',
  'isolate',
  'edit',
];

/** systemctl: says how services are, and starts and stops them (systemd). */
export function systemctl({ units, journal }: SystemctlOptions): Program {
  return programOf(
    {
      options: {
        flags: 'alqr',
        values: 'nopst',
        long: {
          'no-pager': 'no-pager',
          now: 'now',
          all: 'a',
          full: 'l',
          quiet: 'q',
          'no-legend': 'no-legend',
          plain: 'plain',
          failed: 'failed',
          force: 'force',
          'no-block': 'no-block',
          'lines=': 'n',
          'output=': 'o',
          'property=': 'p',
          'signal=': 's',
          'type=': 't',
          'state=': 'state',
          value: 'value',
          version: 'version',
        },
      },
      *run(invocation) {
        const { operands, has, out, process } = invocation;
        if (has('version')) {
          out('systemd 257 (257.9-1~deb13u1)\n');
          return 0;
        }
        const [verb = 'list-units', ...names] = operands;
        if (CHANGES.includes(verb) && process.files.credentials.uid !== 0) {
          process.streams.error(refusal(verb, names[0] ?? ''));
          return verb === 'start' || verb === 'stop' || verb === 'restart' ? 4 : 1;
        }
        try {
          return yield* act(invocation, verb, names, units, journal);
        } catch (error) {
          if (!(error instanceof UnitError)) throw error;
          process.streams.error(`${prefixOf(verb, names[0] ?? '')}${error.message}\n`);
          return verb === 'status' ? 4 : 5;
        }
      },
    },
    'gnu',
  );
}

/** Without root systemd would ask for a password, which nobody can give here. */
function refusal(verb: string, name: string): string {
  const unit = name === '' || name.includes('.') ? name : `${name}.service`;
  if (verb === 'daemon-reload') return 'Failed to reload daemon: Access denied\n';
  if (verb === 'enable' || verb === 'disable') return `Failed to ${verb} unit: Access denied\n`;
  return `Failed to ${verb} ${unit}: Access denied\nSee system logs and 'systemctl status ${unit}' for details.\n`;
}

function prefixOf(verb: string, name: string): string {
  const unit = name.includes('.') ? name : `${name}.service`;
  return ['start', 'stop', 'restart'].includes(verb) ? `Failed to ${verb} ${unit}: ` : '';
}

function* act(
  invocation: Invocation,
  verb: string,
  names: readonly string[],
  units: Units,
  journal: Journal,
): Routine<number> {
  const { has, value, out, complain, process } = invocation;
  const needsNames = () => {
    if (names.length > 0) return true;
    process.streams.error('Too few arguments.\n');
    return false;
  };
  switch (verb) {
    case 'status':
      return status(invocation, names, units, journal);
    case 'start':
    case 'stop':
    case 'restart':
      if (!needsNames()) return 1;
      return yield* control(invocation, verb, names, units);
    case 'try-restart':
    case 'reload-or-restart':
      if (!needsNames()) return 1;
      for (const name of names)
        if (verb !== 'try-restart' || units.status(name).activeState === 'active') yield* units.restart(name);
      return 0;
    case 'reload':
      process.streams.error(
        `Failed to reload ${full(names[0] ?? '')}: Job type reload is not applicable for unit ${full(names[0] ?? '')}.\n`,
      );
      return 1;
    case 'daemon-reload':
      units.reload();
      return 0;
    case 'reset-failed':
      return 0;
    case 'kill':
      if (!needsNames()) return 1;
      for (const name of names) units.kill(name, (value('s') ?? 'TERM').replace(/^SIG/, '') as Signal);
      return 0;
    case 'enable':
    case 'disable':
      if (!needsNames()) return 1;
      for (const name of names) {
        const lines = verb === 'enable' ? units.enable(name) : units.disable(name);
        for (const line of lines) process.streams.error(`${line}\n`);
        if (has('now')) yield* verb === 'enable' ? units.start(name) : units.stop(name);
      }
      return 0;
    case 'is-active':
    case 'is-failed':
    case 'is-enabled':
      if (!needsNames()) return 1;
      return ask(invocation, verb, names, units);
    case 'cat':
      if (!needsNames()) return 1;
      for (const name of names) out(catUnit(process.files, units.status(name)));
      return 0;
    case 'show':
      for (const name of names) out(show(units.status(name), value('p'), has('value')));
      return 0;
    case 'list-units':
      out(
        listUnits(units.list(), {
          showsAll: has('a'),
          isFailed: has('failed'),
          state: value('state'),
          hasLegend: !has('no-legend'),
        }),
      );
      return 0;
    case 'list-unit-files': {
      const rows = units
        .list()
        .map(
          ({ name, fileState }) =>
            `${name.padEnd(30)} ${fileState.padEnd(8)} ${fileState === 'static' ? '-' : 'enabled'}\n`,
        );
      out(
        `${has('no-legend') ? '' : `${'UNIT FILE'.padEnd(30)} STATE    PRESET\n`}${rows.join('')}${has('no-legend') ? '' : `\n${rows.length} unit files listed.\n`}`,
      );
      return 0;
    }
    default:
      complain(`${verb} is not simulated here`);
      return 1;
  }
}

function full(name: string): string {
  return name.includes('.') ? name : `${name}.service`;
}

function* control(
  { process }: Invocation,
  verb: 'start' | 'stop' | 'restart',
  names: readonly string[],
  units: Units,
): Routine<number> {
  for (const name of names) {
    const before = units.status(name);
    yield* units[verb](name);
    const { activeState, result, name: unit } = units.status(name);
    if (verb !== 'stop' && activeState === 'failed' && before.result !== result) {
      process.streams.error(
        `Job for ${unit} failed because the control process exited with error code.\nSee "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`,
      );
      return 1;
    }
  }
  return 0;
}

function status(
  { has, value, out, process }: Invocation,
  names: readonly string[],
  units: Units,
  journal: Journal,
): number {
  const wanted = names.length > 0 ? names : units.list().map(({ name }) => name);
  let code = 0;
  const lines = Number(value('n') ?? 10);
  const { out: terminal } = process.streams.terminal;
  // Where nobody looks, and with -l, lines stay whole.
  const width = has('l') || !terminal ? Number.POSITIVE_INFINITY : terminal.columns;
  for (const [index, name] of wanted.entries()) {
    const unit = units.status(name);
    const entries = lines > 0 && mayRead(process.files) ? journal.query({ units: [unit.name], lines }) : [];
    out(
      (index > 0 ? '\n' : '') +
        formatStatus(
          unit,
          entries.map((entry) => formatEntry(entry, 'short')),
          { now: process.kernel.now, width },
        ),
    );
    if (!mayRead(process.files))
      out('\nWarning: some journal files were not opened due to insufficient permissions.\n');
    if (unit.activeState !== 'active' && unit.activeState !== 'activating') code = 3;
  }
  return code;
}

/** Root and the groups of the journal may read it. */
export function mayRead({ credentials }: FileSystem): boolean {
  return credentials.uid === 0 || credentials.groups.includes(999) || credentials.groups.includes(4);
}

function ask({ has, out }: Invocation, verb: string, names: readonly string[], units: Units): number {
  let isAny = false;
  const say = (text: string) => {
    if (!has('q')) out(`${text}\n`);
  };
  for (const name of names) {
    let unit: UnitStatus | undefined;
    try {
      unit = units.status(name);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
    }
    const state = verb === 'is-enabled' ? (unit?.fileState ?? 'not-found') : (unit?.activeState ?? 'inactive');
    say(state);
    const holds =
      verb === 'is-enabled'
        ? state === 'enabled' || state === 'static'
        : state === (verb === 'is-failed' ? 'failed' : 'active');
    isAny ||= holds;
  }
  if (verb === 'is-failed') return isAny ? 0 : 1;
  if (isAny) return 0;
  return verb === 'is-enabled' ? 1 : 3;
}

function catUnit(files: FileSystem, { fragmentPath, dropIns }: UnitStatus): string {
  return [fragmentPath, ...dropIns].map((path) => `# ${path}\n${readTextIfThere(files, path) ?? ''}`).join('\n');
}

function show(unit: UnitStatus, property: string | undefined, valueOnly: boolean): string {
  const all: Readonly<Record<string, string>> = {
    Id: unit.name,
    Description: unit.description,
    LoadState: 'loaded',
    ActiveState: unit.activeState,
    SubState: unit.subState,
    UnitFileState: unit.fileState,
    FragmentPath: unit.fragmentPath,
    DropInPaths: unit.dropIns.join(' '),
    Result: unit.result,
    NRestarts: String(unit.restarts),
    MainPID: String(unit.main?.pid ?? 0),
    ControlGroup: unit.controlGroup,
  };
  const names = property === undefined ? Object.keys(all) : property.split(',');
  return names
    .filter((name) => name in all)
    .map((name) => (valueOnly ? `${all[name]}\n` : `${name}=${all[name]}\n`))
    .join('');
}

interface ListOptions {
  readonly showsAll: boolean;
  readonly isFailed: boolean;
  readonly state: string | undefined;
  readonly hasLegend: boolean;
}

function listUnits(all: readonly UnitStatus[], { showsAll, isFailed, state, hasLegend }: ListOptions): string {
  const wanted = all.filter(({ activeState, subState }) => {
    if (isFailed) return activeState === 'failed';
    if (state !== undefined) return state.split(',').some((each) => each === activeState || each === subState);
    return showsAll || activeState !== 'inactive';
  });
  const width = Math.max(4, ...wanted.map(({ name }) => name.length));
  const subWidth = Math.max(3, ...wanted.map(({ subState }) => subState.length));
  const activeWidth = Math.max(6, ...wanted.map(({ activeState }) => activeState.length));
  const rows = wanted.map(
    ({ name, activeState, subState, description }) =>
      `${activeState === 'failed' ? '●' : ' '} ${name.padEnd(width)} loaded ${activeState.padEnd(activeWidth)} ${subState.padEnd(subWidth)} ${description}\n`,
  );
  if (!hasLegend) return rows.join('');
  const head = `  ${'UNIT'.padEnd(width)} LOAD   ${'ACTIVE'.padEnd(activeWidth)} ${'SUB'.padEnd(subWidth)} DESCRIPTION\n`;
  return `${rows.length > 0 ? head : ''}${rows.join('')}\n${rows.length > 0 ? 'LOAD: was its file read. ACTIVE: does it run. SUB: in which state exactly.\n\n' : ''}${rows.length} loaded units listed.\n`;
}
