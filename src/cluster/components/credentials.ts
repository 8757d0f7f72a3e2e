import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import { YamlError } from '#yaml/read-yaml.ts';
import type { Credentials } from '../client/dial.ts';
import { fromBase64 } from '../node/kubelet/base64.ts';
import { parseManifest } from '../node/kubelet/static-pods/manifest-text.ts';

type Entry = Readonly<Record<string, string | boolean>>;

interface KubeConfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: Entry }[];
  readonly users?: readonly { readonly name: string; readonly user: Entry }[];
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly 'current-context'?: string;
}

/**
 * Reads a kubeconfig file.
 *
 * @throws Error with client-go's words for one that is not there, is no YAML, or says too little
 */
export function readKubeconfigFile(files: FileSystem, path: string): Credentials {
  const text = readTextIfThere(files, path);
  if (text === undefined) throw new Error(`stat ${path}: no such file or directory`);
  try {
    return readKubeconfig(text, files);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new Error(`error loading config file ${JSON.stringify(path)}: ${error.message}`);
  }
}

/**
 * Reads a kubeconfig.
 *
 * @param files what it names is there
 * @throws Error for one that says too little
 */
export function readKubeconfig(text: string, files: FileSystem): Credentials {
  const config = parseManifest(text) as KubeConfig | null;
  const context = config?.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config?.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config?.users?.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user)
    throw new Error(
      'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    );
  const { hostname, port } = splitUrl(textOf(cluster, 'server') ?? '');
  const certificate = fileOr(user, 'client-certificate', files);
  const tokenFile = textOf(user, 'tokenFile');
  const token = textOf(user, 'token');
  return {
    host: hostname,
    port,
    authority: fileOr(cluster, 'certificate-authority', files) ?? '',
    ...(cluster['insecure-skip-tls-verify'] === true && { isBlind: true }),
    ...(certificate && { certificate }),
    ...(tokenFile && { token: () => (readTextIfThere(files, tokenFile) ?? '').trim() }),
    ...(token && { token: () => token }),
  };
}

function splitUrl(url: string): { readonly hostname: string; readonly port: number } {
  const match = /^https:\/\/(?<hostname>[^:/]+)(?::(?<port>\d+))?/.exec(url)?.groups;
  if (!match) throw new Error(`parse ${JSON.stringify(url)}: no address of an API server`);
  return { hostname: match['hostname'] ?? '', port: Number(match['port'] ?? 443) };
}

function fileOr(entry: Entry, name: string, files: FileSystem): string | undefined {
  const data = textOf(entry, `${name}-data`);
  if (data) return fromBase64(data);
  const path = textOf(entry, name);
  if (!path) return undefined;
  const text = readTextIfThere(files, path);
  if (text === undefined) throw new Error(`open ${path}: no such file or directory`);
  return text;
}

function textOf(entry: Entry, name: string): string | undefined {
  const value = entry[name];
  return typeof value === 'string' ? value : undefined;
}
