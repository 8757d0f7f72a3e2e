import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import type { UnitFile } from './unit-file.ts';

/** What Environment= and EnvironmentFile= of a service set, later ones over earlier ones. A file with `-` before it may be missing. */
export function environmentOf(files: FileSystem, unit: UnitFile): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const line of unit.values('Service', 'Environment')) {
    for (const assignment of splitWords(line)) assign(environment, assignment);
  }
  for (const path of unit.values('Service', 'EnvironmentFile')) {
    const text = readTextIfThere(files, path.replace(/^-/, '')) ?? '';
    for (const line of text.split('\n')) {
      const trimmed = line.trim();
      if (trimmed === '' || trimmed.startsWith('#')) continue;
      const equals = trimmed.indexOf('=');
      if (equals > 0) assign(environment, `${trimmed.slice(0, equals)}=${unquote(trimmed.slice(equals + 1))}`);
    }
  }
  return environment;
}

function assign(environment: Record<string, string>, assignment: string): void {
  const equals = assignment.indexOf('=');
  if (equals > 0) environment[assignment.slice(0, equals)] = assignment.slice(equals + 1);
}

/** The words of ExecStart=: `$NAME` alone becomes the words of its value, `${NAME}` its value within a word (systemd.service(5)). */
export function commandLine(text: string, environment: Readonly<Record<string, string>>): readonly string[] {
  return splitWords(text).flatMap((word) => {
    const name = /^\$(?<name>[A-Za-z_]\w*)$/.exec(word)?.groups?.['name'];
    if (name !== undefined) return splitWords(environment[name] ?? '');
    return [word.replace(/\$\{(?<name>[A-Za-z_]\w*)\}/g, (_, key: string) => environment[key] ?? '')];
  });
}

/** By blanks, with both kinds of quotes around words or parts of them. */
function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map(unquote);
}

function unquote(word: string): string {
  return word.replace(
    /"(?<double>[^"]*)"|'(?<single>[^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}
