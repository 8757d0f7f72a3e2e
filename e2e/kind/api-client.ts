import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kind that can be listed, in its group's preferred version. */
export interface ListableKind {
  /** `pods`, `deployments` */
  readonly resource: string;
  /** With the group where there is one: `deployments.apps`. */
  readonly key: string;
  /** `/apis/apps/v1/deployments` */
  readonly path: string;
}

interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly { readonly resource: string; readonly verbs: readonly string[] }[];
    }[];
  }[];
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const NAMES = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const PROXY_START = 10_000;
const ANSWER = 30_000;

/**
 * The cluster's API over one connection pool. `kubectl proxy` on a socket that only we can open does what kubeconfigs ask for
 * (certificates, tokens, plugins).
 */
export class ApiClient {
  readonly #proxy: ChildProcess;
  readonly #folder: string;
  readonly #socket: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(proxy: ChildProcess, folder: string, socket: string) {
    this.#proxy = proxy;
    this.#folder = folder;
    this.#socket = socket;
  }

  /** @throws Error when kubectl cannot be started or does not open its socket */
  static async open(kubeconfig: string): Promise<ApiClient> {
    // The folder is readable by its owner only (mkdtemp), and so is the socket in it.
    const folder = await mkdtemp(join(tmpdir(), 'clusterbook-api-'));
    const socket = join(folder, 'socket');
    const proxy = spawn('kubectl', ['--kubeconfig', kubeconfig, 'proxy', '--unix-socket', socket], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    proxy.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    let failed: string | undefined;
    proxy.on('error', (error) => {
      failed = error.message;
    });
    const client = new ApiClient(proxy, folder, socket);
    const deadline = performance.now() + PROXY_START;
    while (!existsSync(socket)) {
      if (failed !== undefined || proxy.exitCode !== null || performance.now() > deadline) {
        await client.close();
        throw new Error(`kubectl proxy did not start: ${failed ?? said.trim()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return client;
  }

  /** @throws Error when the API server does not answer, or answers with an error */
  async get<T>(path: string, accept = 'application/json'): Promise<T> {
    return JSON.parse(await this.#fetch('GET', path, accept)) as T;
  }

  /** @throws Error as `get` does */
  async delete(path: string): Promise<void> {
    await this.#fetch('DELETE', path, 'application/json');
  }

  async kinds(): Promise<ListableKind[]> {
    const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => this.get<Discovery>(path, DISCOVERY)));
    return [...(core?.items ?? []), ...(groups?.items ?? [])].flatMap((group) => {
      const name = group.metadata?.name ?? '';
      const [preferred] = group.versions;
      const base = name === '' ? `/api/${preferred?.version}` : `/apis/${name}/${preferred?.version}`;
      return (preferred?.resources ?? [])
        .filter((each) => each.verbs.includes('list'))
        .map(({ resource }) => ({
          resource,
          key: name === '' ? resource : `${resource}.${name}`,
          path: `${base}/${resource}`,
        }));
    });
  }

  /** All objects of a kind in all namespaces. `names` asks for metadata only. */
  async list<T>(path: string, what: 'whole' | 'names'): Promise<readonly T[]> {
    const { items } = await this.get<{ items?: readonly T[] }>(path, what === 'names' ? NAMES : undefined);
    return items ?? [];
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#proxy.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #fetch(method: 'GET' | 'DELETE', path: string, accept: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request(
        { socketPath: this.#socket, method, path, agent: this.#agent, headers: { Accept: accept }, timeout: ANSWER },
        (answer) => {
          let body = '';
          answer.setEncoding('utf8');
          answer.on('data', (text: string) => {
            body += text;
          });
          answer.on('end', () => {
            const status = answer.statusCode ?? 0;
            if (status < 400) resolve(body);
            else reject(new Error(`${method} ${path}: ${status} ${body.slice(0, 200)}`));
          });
          answer.on('error', reject);
        },
      );
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer within ${ANSWER / 1000} s`)));
      call.on('error', reject);
      call.end();
    });
  }
}
