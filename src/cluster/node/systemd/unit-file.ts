import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';

/** A unit as its files describe it (systemd.syntax(7)); drop-ins are already applied. */
export interface UnitFile {
  readonly name: string;
  readonly path: string;
  readonly dropIns: readonly string[];
  /** The last value of a setting, as `value('Service', 'Restart')`. */
  value(section: string, key: string): string | undefined;
  /** Every value of a setting that may stand more than once; an empty one takes those before it back. */
  values(section: string, key: string): readonly string[];
}

/** Where units of the administrator, of programs at run time and of packages are: the first wins. */
const DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

/** Undefined when there is no such unit. */
export function loadUnit(files: FileSystem, name: string): UnitFile | undefined {
  const path = DIRECTORIES.map((directory) => `${directory}/${name}`).find((candidate) => files.exists(candidate));
  if (path === undefined) return undefined;
  const dropIns = dropInsOf(files, name);
  const settings = [path, ...dropIns].flatMap((file) => parseSettings(readTextIfThere(files, file) ?? ''));
  const values = (section: string, key: string) => {
    let found: string[] = [];
    for (const setting of settings) {
      if (setting.section !== section || setting.key !== key) continue;
      found = setting.value === '' ? [] : [...found, setting.value];
    }
    return found;
  };
  return { name, path, dropIns, values, value: (section, key) => values(section, key).at(-1) };
}

/** The names of all services that have a file. */
export function serviceNames(files: FileSystem): readonly string[] {
  const names = DIRECTORIES.flatMap((directory) => (files.exists(directory) ? files.readdir(directory) : []));
  return [...new Set(names)].filter((name) => name.endsWith('.service')).sort();
}

/** By the order of their names, wherever they lie. */
function dropInsOf(files: FileSystem, name: string): readonly string[] {
  const byName = new Map<string, string>();
  for (const directory of DIRECTORIES) {
    const folder = `${directory}/${name}.d`;
    if (!files.exists(folder)) continue;
    for (const file of files.readdir(folder)) {
      if (file.endsWith('.conf') && !byName.has(file)) byName.set(file, `${folder}/${file}`);
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

function parseSettings(text: string): readonly Setting[] {
  const settings: Setting[] = [];
  let section = '';
  // A backslash at its end continues a line.
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const header = /^\[(?<name>[^\]]+)\]$/.exec(trimmed)?.groups?.['name'];
    if (header !== undefined) section = header;
    else {
      const equals = trimmed.indexOf('=');
      if (equals > 0)
        settings.push({ section, key: trimmed.slice(0, equals).trim(), value: trimmed.slice(equals + 1).trim() });
    }
  }
  return settings;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  sec: 1000,
  ms: 1,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
};

/** `10`, `1s`, `1min 30s` in milliseconds (systemd.time(7)); undefined for what is no span. */
export function timeSpan(text: string): number | undefined {
  let total = 0;
  for (const part of text.matchAll(/(?<amount>\d+(?:\.\d+)?)\s*(?<unit>[a-z]*)|\S/g)) {
    const { amount, unit = '' } = part.groups ?? {};
    const scale = UNITS[unit];
    if (amount === undefined || scale === undefined) return undefined;
    total += Number(amount) * scale;
  }
  return total;
}
