import type { Kernel } from '#kernel/kernel.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { ConnectError, type Sockets } from '#machine/sockets.ts';
import { type Connection, ConnectionError } from '../client/connection.ts';
import { fromBase64 } from '../node/kubelet/base64.ts';
import { parseManifest, YamlError } from '../node/kubelet/static-pods/manifest-yaml.ts';
import { verifyPem } from './trust.ts';

/** What a client of the API server has: where it is, whom it trusts, who it is. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  /** The authorities that it trusts, in PEM. */
  readonly authority: string;
  readonly certificate?: string;
  readonly token?: () => string;
}

interface KubeConfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, string>> }[];
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
  const { hostname, port } = splitUrl(cluster['server'] ?? '');
  const certificate = fileOr(user, 'client-certificate', files);
  const tokenFile = user['tokenFile'];
  const token = user['token'];
  return {
    host: hostname,
    port,
    authority: fileOr(cluster, 'certificate-authority', files) ?? '',
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

function fileOr(entry: Readonly<Record<string, string>>, name: string, files: FileSystem): string | undefined {
  const data = entry[`${name}-data`];
  if (data) return fromBase64(data);
  const path = entry[name];
  if (!path) return undefined;
  const text = readTextIfThere(files, path);
  if (text === undefined) throw new Error(`open ${path}: no such file or directory`);
  return text;
}

/** A connection over the network, with TLS. Each request dials, as far as the simulation goes: who is gone is noticed at once. */
export function dial(
  kernel: Kernel,
  sockets: Sockets,
  credentials: Credentials,
  resolve: (host: string) => string = (host) => host,
): Connection {
  const { host, port, authority, certificate, token } = credentials;
  return (request: HttpRequest): HttpResponse => {
    const address = resolve(host);
    const fails = (why: string) => new ConnectionError(`${attemptOf(request, host, port)}: ${why}`);
    let http: ((request: HttpRequest) => HttpResponse) | undefined;
    try {
      const { serves } = sockets.connect('tcp', address, port);
      const why = serves.certificate && complaintOf(kernel, serves.certificate(), authority, host);
      if (why !== undefined) throw fails(why);
      http = serves.http;
    } catch (error) {
      if (error instanceof ConnectError) throw fails(`dial tcp ${address}:${port}: ${error.message}`);
      throw error;
    }
    if (!http) throw fails('EOF');
    const bearer = token?.();
    return http({
      ...request,
      ...(bearer && { headers: { ...request.headers, authorization: `Bearer ${bearer}` } }),
      peer: { ...(certificate && { certificate }), address: sockets.addresses[0] ?? '127.0.0.1' },
    });
  };
}

/** `Get "https://172.18.0.2:6443/api/v1/pods?resourceVersion=0"` */
function attemptOf({ method, path, query = {} }: HttpRequest, host: string, port: number): string {
  const values = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${name}=${encodeURIComponent(each)}`),
  );
  const url = `https://${host}:${port}${path}${values.length > 0 ? `?${values.sort().join('&')}` : ''}`;
  return `${method.slice(0, 1)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`;
}

/** Go's words for a certificate that is not to be trusted. */
function complaintOf(kernel: Kernel, shown: string, authority: string, host: string): string | undefined {
  const result = verifyPem(shown, authority, kernel.now, { usages: ['ServerAuth'], host });
  return result.ok ? undefined : `tls: failed to verify certificate: ${result.message}`;
}
