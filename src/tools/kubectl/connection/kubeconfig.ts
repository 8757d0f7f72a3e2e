import { stringify } from 'yaml';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import { readYaml, YamlError } from '#yaml/read-yaml.ts';
import { CommandError } from '../command/errors.ts';

/** A kubeconfig as it stands in a file (k8s.io/client-go/tools/clientcmd/api/v1). */
export interface Kubeconfig {
  apiVersion?: string;
  kind?: string;
  preferences?: Record<string, unknown>;
  'current-context'?: string;
  clusters?: NamedCluster[];
  contexts?: NamedContext[];
  users?: NamedUser[];
}

export interface NamedCluster {
  name: string;
  cluster: Record<string, string | boolean>;
}

export interface NamedContext {
  name: string;
  context: { cluster?: string; user?: string; namespace?: string };
}

export interface NamedUser {
  name: string;
  user: Record<string, unknown>;
}

/** Where the parts of a configuration came from, and what they are together: the first file that says something counts. */
export interface LoadedConfig {
  readonly paths: readonly string[];
  readonly config: Kubeconfig;
}

/** The files that count: --kubeconfig, or KUBECONFIG, or ~/.kube/config. */
export function configPaths(explicit: string, env: Readonly<Record<string, string>>): readonly string[] {
  if (explicit !== '') return [explicit];
  const listed = (env['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '');
  return listed.length > 0 ? listed : [`${env['HOME'] ?? ''}/.kube/config`];
}

/** @throws CommandError for an explicit file that is not there, and for what is no kubeconfig */
export function loadConfig(files: FileSystem, explicit: string, env: Readonly<Record<string, string>>): LoadedConfig {
  const paths = configPaths(explicit, env);
  const configs = paths.flatMap((path) => {
    if (!files.exists(path)) {
      if (explicit === '') return [];
      throw new CommandError(`stat ${path}: no such file or directory`);
    }
    return [readConfig(files, path)];
  });
  const [first = {}, ...rest] = configs;
  return { paths, config: rest.reduce(merged, first) };
}

/** @throws CommandError, FsError */
export function readConfig(files: FileSystem, path: string): Kubeconfig {
  const text = readTextIfThere(files, path);
  if (text === undefined)
    throw new CommandError(`error loading config file ${JSON.stringify(path)}: open ${path}: permission denied`);
  let value: unknown;
  try {
    value = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new CommandError(`error loading config file ${JSON.stringify(path)}: ${error.message}`);
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object') {
    throw new CommandError(
      `error loading config file ${JSON.stringify(path)}: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  return value as Kubeconfig;
}

export function writeConfig(files: FileSystem, path: string, config: Kubeconfig): void {
  const directory = path.slice(0, path.lastIndexOf('/'));
  if (directory !== '' && !files.exists(directory)) files.mkdir(directory, { recursive: true, mode: 0o750 });
  const ordered = Object.fromEntries(
    Object.entries({ apiVersion: 'v1', kind: 'Config', ...config }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  files.writeText(path, stringify(ordered, { lineWidth: 0, indentSeq: false, sortMapEntries: true, version: '1.1' }), {
    mode: 0o600,
  });
}

function merged(first: Kubeconfig, second: Kubeconfig): Kubeconfig {
  const join = <T extends { name: string }>(a: T[] = [], b: T[] = []) => [
    ...a,
    ...b.filter(({ name }) => !a.some((known) => known.name === name)),
  ];
  return {
    ...second,
    ...first,
    'current-context': first['current-context'] || second['current-context'] || '',
    clusters: join(first.clusters, second.clusters),
    contexts: join(first.contexts, second.contexts),
    users: join(first.users, second.users),
  };
}
